"""Staff can do what their role says, and nobody gives what they do not have."""

from __future__ import annotations

import pytest

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.errors import WeakPassword
from ezcore.accounts.permissions import STAFF, STAFF_ROLES
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound
from tests.fixtures_accounts import ANN, PASSWORD

STRONG = "granite kettle seven 19"


@pytest.fixture
def hire(work):
    def make(role, email="joe@shop.example", actor=None):
        with work.write(actor) if actor else work.write() as uow:
            return accounts.make_staff(uow, email, "Joe", STRONG, role)

    return make


def actor_of(work, user):
    with work.read() as uow:
        return queries.actor_for(uow, uow.session.merge(user, load=True))


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_a_role_gives_its_permissions(work, hire, role):
    actor = actor_of(work, hire(role))
    assert (actor.kind, actor.permissions, actor.client_id) == ("staff", STAFF_ROLES[role], None)


def test_the_owner_may_do_everything_and_the_others_less():
    assert STAFF_ROLES["owner"] == STAFF
    assert STAFF_ROLES["billing"] < STAFF
    assert STAFF_ROLES["support"] < STAFF


def test_staff_log_in_with_their_password(hire, log_in):
    hire("support")
    assert log_in(email="joe@shop.example", password=STRONG)


def test_nobody_gives_a_role_that_may_do_more(work, hire):
    half = Actor("staff", user_id=7, permissions=frozenset({"accounts.manage", *STAFF_ROLES["support"]}))
    assert hire("support", "kim@shop.example", half)
    with pytest.raises(NotAllowed, match="may do more"):
        hire("owner", actor=half)


def test_nobody_disables_one_who_may_do_more(work, hire):
    owner = hire("owner")
    half = Actor("staff", user_id=7, permissions=frozenset({"accounts.manage"}))
    with pytest.raises(NotAllowed), work.write(half) as uow:
        accounts.disable_user(uow, owner.id, "coup")


def test_support_hires_nobody(work, hire):
    with pytest.raises(NotAllowed):
        hire("support", "kim@shop.example", actor_of(work, hire("support")))


@pytest.mark.parametrize("role", ["root", "", "OWNER"])
def test_there_are_no_other_roles(hire, role):
    with pytest.raises(InvalidInput):
        hire(role)


def test_an_address_is_hired_once(hire, ann):
    with pytest.raises(InvalidInput):
        hire("support", "Ann@client.example")


def test_staff_need_a_longer_password(work):
    with pytest.raises(WeakPassword, match="12"), work.write() as uow:
        accounts.make_staff(uow, "joe@shop.example", "Joe", "kQ7#vLp2!x", "support")


def test_another_role_ends_the_sessions(work, hire, log_in):
    joe = hire("support")
    token = log_in(email="joe@shop.example", password=STRONG)
    with work.write() as uow:
        accounts.change_role(uow, joe.id, "billing")
    with work.read() as uow:
        assert queries.session_of(uow, token) is None


def test_disabling_a_user_ends_everything_and_can_be_taken_back(work, ann, log_in):
    token = log_in()
    with work.write() as uow:
        accounts.disable_user(uow, ann.user.id, "fraud")
    with work.read() as uow:
        assert queries.session_of(uow, token) is None
    with work.write() as uow:
        accounts.enable_user(uow, ann.user.id, "mistake")
    assert log_in(email=ANN, password=PASSWORD)


def test_nobody_revokes_the_session_of_another(work, ann, log_in):
    token = log_in()
    with work.read() as uow:
        public_id = queries.session_of(uow, token).public_id
    stranger = Actor("client", user_id=ann.user.id + 1)
    with pytest.raises(NotFound), work.write(stranger) as uow:
        accounts.revoke_session(uow, public_id)
    with work.write(actor_of(work, ann.user)) as uow:
        accounts.revoke_session(uow, public_id)
    with work.read() as uow:
        assert queries.session_of(uow, token) is None
