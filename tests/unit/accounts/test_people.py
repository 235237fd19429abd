"""The people of a client: joined by a link that was meant for them, with what was given, and never without an owner."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.errors import LinkNotGood, WeakPassword
from ezcore.accounts.models import LoginSession, Membership, User
from ezcore.accounts.people import looking
from ezcore.accounts.people import operations as people
from ezcore.accounts.people.queries import members, open_invitations
from ezcore.accounts.permissions import GRANTS
from ezcore.audit.models import AuditRow
from ezcore.kernel.actor import VISITOR, Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.messaging.copies import operations as copies
from ezcore.messaging.copies.queries import copies_to
from ezcore.messaging.copies.rules import COPIED, MOST
from ezcore.messaging.operations import queue_mail
from tests.fixtures_accounts import ANN

BOB = "bob@client.example"
PASSWORD = "granite kettle seven 19"


@pytest.fixture
def act(work):
    """What a user may do now."""

    def actor(user_id: int, token: str | None = None) -> Actor:
        with work.read() as uow:
            if token is not None:
                return queries.session_of(uow, token).actor
            return queries.actor_for(uow, uow.session.get_one(User, user_id))

    return actor


@pytest.fixture
def owner(ann, act) -> Actor:
    return act(ann.user_id)


@pytest.fixture
def invite(work, owner, letterbox):
    """Ask somebody; the token of the link in the mail."""

    def ask(*grants: str, email: str = BOB) -> str:
        with work.write(owner) as uow:
            people.invite(uow, email, grants)
        text = letterbox.to(email)[-1][1]
        return re.search(r"/accounts/join/([^/\s]+)/", text).group(1)

    return ask


@pytest.fixture
def bob(work):
    with work.write() as uow:
        return accounts.create_verified(uow, BOB, "Bob")


def join(work, act, user_id: int, token: str) -> int:
    with work.write(act(user_id)) as uow:
        return people.accept(uow, token).id


@pytest.mark.parametrize("grant", GRANTS)
def test_a_new_person_may_do_what_was_given_and_see_nothing_less(work, invite, act, ann, grant):
    user_id = people.accept_anew(work, VISITOR, invite(grant), "Bob", PASSWORD)
    actor = act(user_id)
    assert (actor.client_id, actor.permissions) == (ann.client_id, GRANTS[grant] | {"client.read"})


def test_whoever_has_a_login_joins_with_it_and_keeps_their_own_client(work, invite, act, ann, bob):
    join(work, act, bob.user_id, invite("billing", "support"))
    with work.read() as uow:
        theirs = queries.memberships_of(uow, bob.user_id)
    assert [client.id for _, client in theirs] == [bob.client_id, ann.client_id]
    assert act(bob.user_id).client_id == bob.client_id, "until they choose the other"


def test_a_session_acts_for_the_chosen_client_only_while_it_is_theirs(work, invite, act, ann, bob, owner):
    number = join(work, act, bob.user_id, invite("support"))
    with work.write(act(bob.user_id)) as uow:
        token = accounts.open_session(uow, bob.user_id, ip=None, agent="")
    with work.write(act(bob.user_id)) as uow:
        people.switch(uow, queries.session_of(uow, token).token_hash, ann.client_id)
    chosen = act(bob.user_id, token)
    assert (chosen.client_id, chosen.may("client.support"), chosen.may("client.billing")) == (
        ann.client_id, True, False,
    )  # fmt: skip
    with work.write(owner) as uow:
        people.remove(uow, number)
    assert act(bob.user_id, token).client_id == bob.client_id


def test_nobody_chooses_a_client_that_is_not_theirs(work, act, ann, bob):
    with work.write(act(bob.user_id)) as uow:
        token = accounts.open_session(uow, bob.user_id, ip=None, agent="")
        for wrong in (ann.client_id, 999_999):
            with pytest.raises(NotFound):
                people.switch(uow, queries.session_of(uow, token).token_hash, wrong)


def test_a_link_is_good_once_for_its_address_and_for_three_days(work, invite, act, ann, bob):
    token = invite("billing")
    with pytest.raises(LinkNotGood):
        people.accept_anew(work, VISITOR, token, "Bob", PASSWORD)  # the address has a login
    with work.write(act(ann.user_id)) as uow, pytest.raises(LinkNotGood):
        people.accept(uow, token)  # was not mailed to Ann
    join(work, act, bob.user_id, token)
    with pytest.raises(LinkNotGood):
        join(work, act, bob.user_id, token)
    late = invite("billing", email="late@client.example")
    work.clock.advance(timedelta(days=3))
    with pytest.raises(LinkNotGood):
        people.accept_anew(work, VISITOR, late, "Late", PASSWORD)


@pytest.mark.parametrize("what", ["withdrawn", "asked anew", "inviter gone", "inviter shut"])
def test_a_link_that_is_not_meant_any_more_opens_nothing(work, invite, act, ann, owner, what):
    token = invite("billing")
    with work.write() as uow:
        if what == "withdrawn":
            uow_actor = open_invitations(uow, ann.client_id)[0].id
        if what == "inviter gone":
            uow.session.scalars(select(Membership)).one().role = "billing"
        if what == "inviter shut":
            uow.session.get_one(User, ann.user_id).disabled_at = uow.now()
    if what == "withdrawn":
        with work.write(owner) as uow:
            people.withdraw(uow, uow_actor)
    if what == "asked anew":
        invite("support")
    with pytest.raises(LinkNotGood):
        people.accept_anew(work, VISITOR, token, "Bob", PASSWORD)


def test_a_weak_password_keeps_the_link_good(work, invite):
    token = invite("billing")
    with pytest.raises(WeakPassword):
        people.accept_anew(work, VISITOR, token, "Bob", "password123")
    assert people.accept_anew(work, VISITOR, token, "Bob", PASSWORD)


def test_the_last_owner_stays(work, owner, ann, invite):
    with work.read() as uow:
        first = members(uow, ann.client_id)[0].id
    for verb in (lambda uow: people.remove(uow, first), lambda uow: people.change(uow, first, ["billing"])):
        with work.write(owner) as uow, pytest.raises(Refused):
            verb(uow)
    people.accept_anew(work, VISITOR, invite("everything"), "Bob", PASSWORD)
    with work.write(owner) as uow:
        people.change(uow, first, ["billing"])


def test_nobody_touches_the_people_of_another_client(work, owner, bob, act, ann):
    with work.read() as uow:
        theirs = members(uow, bob.client_id)[0].id
    with work.write(owner) as uow:
        for verb in (people.remove, lambda uow, number: people.change(uow, number, ["billing"])):
            for number in (theirs, 999_999):
                with pytest.raises(NotFound):
                    verb(uow, number)


@pytest.mark.parametrize("grant", GRANTS)
def test_one_who_is_no_owner_gives_nothing(work, invite, act, ann, grant):
    actor = act(people.accept_anew(work, VISITOR, invite(grant), "Bob", PASSWORD))
    for verb in (
        lambda uow: people.invite(uow, "eve@client.example", ["everything"]),
        lambda uow: people.change(uow, 1, ["everything"]),
        lambda uow: people.remove(uow, 1),
        lambda uow: copies.add(uow, "Eve", "eve@client.example", ["all"]),
    ):
        with work.write(actor) as uow, pytest.raises(NotAllowed):
            verb(uow)


@pytest.mark.parametrize("grants", [[], ["root"], ["billing", "client.order"], ["owner"]])
def test_what_is_no_grant_is_refused(work, owner, grants):
    with work.write(owner) as uow, pytest.raises(InvalidInput) as refused:
        people.invite(uow, BOB, grants)
    assert refused.value.field == "grants"


def test_staff_do_not_become_somebodys_people(work, invite, act):
    token = invite("everything", email="joe@shop.example")
    with work.write() as uow:
        joe = accounts.make_staff(uow, "joe@shop.example", "Joe", PASSWORD, "support")
    with pytest.raises(LinkNotGood):
        join(work, act, joe.id, token)


def test_invitations_are_limited_by_day(work, owner):
    with work.write(owner) as uow:
        for number in range(people.INVITATIONS_A_DAY):
            people.invite(uow, f"n{number}@client.example", ["support"])
        with pytest.raises(Refused):
            people.invite(uow, BOB, ["support"])


def test_staff_look_with_a_trail_and_change_nothing(work, ann):
    with work.write() as uow:
        joe = accounts.make_staff(uow, "joe@shop.example", "Joe", PASSWORD, "support")
        token = accounts.open_session(uow, joe.id, ip=None, agent="")
        staff = queries.session_of(uow, token)
    with work.write(staff.actor) as uow:
        looking.begin(uow, staff.token_hash, ann.client_id)
    with work.read() as uow:
        facts = queries.session_of(uow, token)
    seen = facts.actor
    assert (seen.kind, seen.client_id, seen.behalf_of, seen.user_id) == (
        "client", ann.client_id, ann.user_id, joe.id,
    )  # fmt: skip
    assert not seen.may("client.order")
    with work.write(seen) as uow:
        assert looking.end(uow, staff.token_hash) == ann.client_id
    with work.read() as uow:
        assert queries.session_of(uow, token).actor.kind == "staff"
        verbs = uow.session.scalars(select(AuditRow.verb).where(AuditRow.verb.like("client.look%"))).all()
        assert sorted(verbs) == ["client.look", "client.look_end"]


def test_who_may_not_work_on_clients_does_not_look(work, ann, owner):
    for actor in (Actor("staff", user_id=1, permissions=frozenset({"staff.read"})), owner):
        with work.write(actor) as uow, pytest.raises(NotAllowed):
            looking.begin(uow, "x", ann.client_id)
    with work.write() as uow:  # and a row that says so all the same opens nothing to a client
        token = accounts.open_session(uow, ann.user_id, ip=None, agent="")
        uow.session.scalars(select(LoginSession)).one().looks_at = ann.client_id
        uow.session.flush()
        assert queries.session_of(uow, token).looks_at == ""


def test_contacts_get_copies_of_what_they_want_and_of_nothing_else(work, owner, ann):
    with work.write(owner) as uow:
        copies.add(uow, "Books", "Books@client.example", ["invoices"])
        copies.add(uow, "Tech", "tech@client.example", ["technical"])
        copies.add(uow, "All", "all@client.example", ["all", "technical"])
    with work.read() as uow:

        def to(template: str) -> set[str]:
            return {one.partition("@")[0] for one in copies_to(uow, template, ann.client_id, ANN)}

        assert to("invoice_issued") == {"books", "all"}
        assert to("service_suspended") == {"tech", "all"}
        assert to("ticket_answered") == {"all"}
        for secret in ("reset_password", "verify_email", "client_invitation", "second_factor_reset"):
            assert to(secret) == set()
            assert secret not in COPIED


def test_contacts_are_few_and_each_once(work, owner):
    with work.write(owner) as uow:
        for number in range(MOST - 1):
            copies.add(uow, "N", f"n{number}@client.example", ["all"])
        with pytest.raises(InvalidInput) as twice:
            copies.add(uow, "N", "N0@client.example", ["all"])
        assert twice.value.field == "email"
        copies.add(uow, "N", "last@client.example", ["all"])
        with pytest.raises(Refused):
            copies.add(uow, "N", "more@client.example", ["all"])


def test_a_copy_is_the_same_mail_to_another_address_and_goes_out_once(work, owner, ann, letterbox):
    with work.write(owner) as uow:
        copies.add(uow, "Tech", "tech@client.example", ["technical"])
    values = {
        "name": "Ann",
        "domain": "example.com",
        "words": "was renewed.",
        "link": "https://shop.example/",
    }
    for _ in range(2):
        with work.write() as uow:
            queue_mail(uow, "domain_changed", ANN, values, key="domain:1", client_id=ann.client_id)
    assert len(letterbox.to("tech@client.example")) == 1
    assert letterbox.to("tech@client.example") == letterbox.to(ANN)
