"""Roles and owners: nobody gives what they lack, and of two owners who leave at once one stays."""

from __future__ import annotations

import pytest

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.models import User
from ezcore.accounts.permissions import STAFF, WORDS
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, Refused

STRONG = "granite kettle seven 19"


@pytest.fixture
def hire(work):
    def make(role, email):
        with work.write() as uow:
            return accounts.make_staff(uow, email, "Joe", STRONG, role).id

    return make


def test_every_permission_is_said_in_words():
    assert set(WORDS) == STAFF


def test_the_last_owner_is_neither_shut_out_nor_given_less(work, hire):
    one, two = hire("owner", "one@shop.example"), hire("owner", "two@shop.example")
    with work.write() as uow:
        accounts.change_role(uow, one, "support")
    for leave in (lambda uow: accounts.change_role(uow, two, "billing"),
                  lambda uow: accounts.disable_user(uow, two, "gone")):  # fmt: skip
        with pytest.raises(Refused, match="last owner"), work.write() as uow:
            leave(uow)
    with work.write() as uow:
        accounts.change_role(uow, one, "owner")
        accounts.disable_user(uow, two, "gone")


def test_a_shut_owner_does_not_count(work, hire):
    one, two = hire("owner", "one@shop.example"), hire("owner", "two@shop.example")
    with work.write() as uow:
        accounts.disable_user(uow, one, "gone")
    with pytest.raises(Refused, match="last owner"), work.write() as uow:
        accounts.disable_user(uow, two, "gone")


def test_a_role_gets_the_door_with_whatever_it_gets(work):
    with work.write() as uow:
        role = accounts.create_role(uow, "  Desk ", ("support.manage",))
    assert (role.name, role.permissions) == ("desk", ["staff.read", "support.manage"])


@pytest.mark.parametrize("name", ["", "x", "owner", "<b>", "9desk", "d" * 41])
def test_odd_or_taken_names_of_roles_are_refused(work, hire, name):
    hire("owner", "one@shop.example")
    with pytest.raises(InvalidInput), work.write() as uow:
        accounts.create_role(uow, name, ("staff.read",))


def test_unknown_permissions_are_refused(work):
    with pytest.raises(InvalidInput, match="no permission"), work.write() as uow:
        accounts.create_role(uow, "desk", ("everything",))


def test_nobody_gives_what_they_lack_nor_touches_who_may_more(work):
    half = Actor("staff", user_id=None, permissions=frozenset({"accounts.manage", "staff.read"}))
    with work.write() as uow:
        strong = accounts.create_role(uow, "strong", ("billing.manage",)).id
    with pytest.raises(NotAllowed), work.write(half) as uow:
        accounts.create_role(uow, "mine", ("billing.manage",))
    with pytest.raises(NotAllowed), work.write(half) as uow:
        accounts.change_permissions(uow, strong, ("staff.read",))
    with pytest.raises(NotAllowed), work.write(half) as uow:
        accounts.remove_role(uow, strong)


def test_a_role_counts_at_once_for_those_who_have_it(work, hire):
    with work.write() as uow:
        desk = accounts.create_role(uow, "desk", ("support.manage", "jobs.manage")).id
    joe = hire("desk", "joe@shop.example")
    with work.write() as uow:
        accounts.change_permissions(uow, desk, ("support.manage",))
    with work.read() as uow:
        actor = queries.actor_for(uow, uow.session.get_one(User, joe))
    assert actor.permissions == {"staff.read", "support.manage"}
    with pytest.raises(Refused, match="in use"), work.write() as uow:
        accounts.remove_role(uow, desk)
