"""Signing up tells a stranger nothing, and a link in a mail is what opens an account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.errors import LinkNotGood, WeakPassword, WrongLogin
from ezcore.accounts.events import ClientCreated, EmailConfirmed
from ezcore.accounts.models import Client, User
from ezcore.accounts.permissions import CLIENT
from ezcore.audit.models import AuditRow
from ezcore.kernel.actor import VISITOR
from tests.fixtures_accounts import ANN, PASSWORD, Letterbox


def sign_up(work, form, next_url="/billing/checkout/"):
    return accounts.register(work, VISITOR, form, next_url)


def verify(work, token):
    with work.write(VISITOR) as uow:
        return accounts.verify(uow, token)


def test_a_new_client_confirms_the_address_and_comes_back_to_the_checkout(each_work, typed):
    sign_up(each_work, typed())
    confirmed = verify(each_work, Letterbox(each_work).token(ANN, "verify_email"))
    assert confirmed.next_url == "/billing/checkout/"
    with each_work.read() as uow:
        user = uow.session.get_one(User, confirmed.user_id)
        actor = queries.actor_for(uow, user)
        assert (actor.name, actor.client_id) == ("Ann", queries.client_id_of(uow, user.id))
        own = CLIENT
        assert actor.permissions == own
    assert [type(event) for event in each_work.dispatch.events] == [ClientCreated, EmailConfirmed]


def test_before_that_they_may_look_around_but_not_order_or_pay(work, typed, log_in):
    sign_up(work, typed())
    with work.read() as uow:
        facts = queries.session_of(uow, log_in())
        assert not facts.verified
        assert facts.actor.permissions == CLIENT - {"client.order", "client.billing"}


def test_a_known_address_gets_the_same_answer_and_its_owner_a_mail(work, typed, ann, letterbox):
    assert sign_up(work, typed(password="another lake heron 43", name="Evil")) is None
    assert [name for name, _ in letterbox.to(ANN)] == ["already_registered"]
    with work.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(Client)) == 1
        assert uow.session.get_one(User, ann.user.id).name == "Ann"


def test_the_case_twin_of_an_address_is_the_same_address(work, typed, ann, letterbox):
    sign_up(work, typed(email="ANN@Client.Example"))
    assert [name for name, _ in letterbox.to(ANN)] == ["already_registered"]


def test_what_a_stranger_typed_does_not_reach_the_owner_of_the_address(work, typed, ann, letterbox):
    sign_up(work, typed(name="WIN http://evil.example", company="evil"))
    sign_up(work, typed(email="bob@client.example", name="WIN http://evil.example"))
    texts = letterbox.to(ANN) + letterbox.to("bob@client.example")
    assert len(texts) == 2
    assert "evil" not in repr(texts)


def test_an_address_gets_at_most_three_mails_an_hour(work, typed, letterbox):
    for _ in range(5):
        sign_up(work, typed())
    assert len(letterbox.to(ANN)) == 3
    work.clock.advance(timedelta(hours=1))
    sign_up(work, typed())
    assert len(letterbox.to(ANN)) == 4


def test_a_stranger_who_signed_up_first_loses_the_account_to_its_owner(work, typed, log_in, letterbox):
    sign_up(work, typed(password="the strangers password 1"))
    strangers = log_in(password="the strangers password 1")
    sign_up(work, typed())
    verify(work, letterbox.token(ANN, "verify_email"))
    with work.read() as uow:
        assert queries.session_of(uow, strangers) is None
    with pytest.raises(WrongLogin):
        log_in(password="the strangers password 1")
    assert log_in(password=PASSWORD)


def test_a_link_works_once(each_work, typed):
    sign_up(each_work, typed())
    token = Letterbox(each_work).token(ANN, "verify_email")
    verify(each_work, token)
    with pytest.raises(LinkNotGood):
        verify(each_work, token)


def test_of_two_who_open_a_link_at_once_one_succeeds(each_work, typed):
    sign_up(each_work, typed())
    token = Letterbox(each_work).token(ANN, "verify_email")

    def attempt(_number):
        try:
            return bool(verify(each_work, token))
        except LinkNotGood:
            return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 1


def test_of_many_who_sign_up_at_once_with_one_address_there_is_one_account(each_work, typed):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _number: sign_up(each_work, typed()), range(4)))
    with each_work.read() as uow:
        assert len(uow.session.scalars(select(User)).all()) == 1
        assert len(uow.session.scalars(select(Client)).all()) == 1


def test_a_link_is_dead_after_a_day(work, typed, letterbox):
    sign_up(work, typed())
    work.clock.advance(timedelta(hours=24))
    with pytest.raises(LinkNotGood):
        verify(work, letterbox.token(ANN, "verify_email"))


def test_older_links_die_when_one_is_used(work, typed, letterbox):
    sign_up(work, typed())
    first = letterbox.token(ANN, "verify_email")
    sign_up(work, typed())
    verify(work, letterbox.token(ANN, "verify_email"))
    with pytest.raises(LinkNotGood):
        verify(work, first)


@pytest.mark.parametrize("token", ["", "x", "🙂", "\udce4", "a" * 10_000])
def test_a_link_that_was_never_ours_is_refused(work, token):
    with pytest.raises(LinkNotGood):
        verify(work, token)


def test_a_reset_link_does_not_confirm(work, ann, letterbox):
    with work.write() as uow:
        accounts.request_reset(uow, ANN)
    with pytest.raises(LinkNotGood):
        verify(work, letterbox.token(ANN, "reset_password"))


@pytest.mark.parametrize(
    "next_url", ["//evil.example", "https:evil", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_link_leads_nowhere_else(work, typed, letterbox, next_url):
    sign_up(work, typed(), next_url)
    assert verify(work, letterbox.token(ANN, "verify_email")).next_url == "/"


def test_a_weak_password_makes_no_account(work, typed):
    with pytest.raises(WeakPassword):
        sign_up(work, typed(password="password123"))
    with work.read() as uow:
        assert uow.session.scalars(select(User)).all() == []


def test_every_change_is_on_the_record(work, typed, letterbox):
    sign_up(work, typed())
    verify(work, letterbox.token(ANN, "verify_email"))
    with work.read() as uow:
        verbs = uow.session.scalars(select(AuditRow.verb).order_by(AuditRow.id)).all()
    assert verbs == ["user.create", "client.create", "user.verify"]


def test_a_second_link_can_be_asked_for_by_the_one_who_is_logged_in(work, typed, log_in, letterbox):
    sign_up(work, typed())
    with work.read() as uow:
        actor = queries.session_of(uow, log_in()).actor
    with work.write(actor) as uow:
        accounts.send_verify_link_again(uow)
    assert len(letterbox.to(ANN)) == 2
    verify(work, letterbox.token(ANN, "verify_email"))
    assert log_in(password=PASSWORD)
