"""Passwords: what is refused, resets by mail, changes, and who is logged out by them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.errors import LinkNotGood, WeakPassword, WrongLogin, WrongPassword
from ezcore.accounts.passwords import check_strength
from ezcore.accounts.rules import digest
from ezcore.kernel.actor import VISITOR
from tests.fixtures_accounts import ANN, PASSWORD

NEW = "bright winter ferry 7"


def ask(work, email=ANN):
    with work.write(VISITOR) as uow:
        accounts.request_reset(uow, email)


def reset(work, token, password=NEW):
    accounts.reset_password(work, VISITOR, token, password)


def lives(work, token):
    with work.read() as uow:
        return queries.session_of(uow, token) is not None


@pytest.mark.parametrize(
    "password",
    [
        "short 123", "password123", "1234567890", "qwertyuiop", "aaaaaaaaaaaa", ANN, "EZ Solutions",
        "ez solutions 1", "ann@client", "x" * 129, "correct horse " * 1000, "🙂" * 12,
    ],
)  # fmt: skip
def test_what_is_guessed_easily_is_refused(password):
    with pytest.raises(WeakPassword) as refusal:
        check_strength(password, about=(ANN, "Ann", "EZ Solutions"))
    assert refusal.value.field == "password"


@pytest.mark.parametrize(
    "password", [PASSWORD, "kQ7#vLp2!x", "🙂🐳 tram 🏔 nine ☂", "s" + "8dkq-" * 12, "  spaces around it  "]
)
def test_no_rule_of_composition_is_asked(password):
    check_strength(password, about=(ANN, "Ann", "EZ Solutions"))


def test_a_forgotten_password_is_replaced_and_every_session_is_over(each_work):
    from tests.fixtures_accounts import Letterbox

    with each_work.write() as uow:
        ann = accounts.create_verified(uow, ANN, "Ann", password=PASSWORD)
        session = accounts.open_session(uow, ann.user.id, ip="192.0.2.7", agent="")
    ask(each_work)
    reset(each_work, Letterbox(each_work).token(ANN, "reset_password"))
    assert not lives(each_work, session)
    assert [name for name, _ in Letterbox(each_work).to(ANN)] == ["reset_password", "password_changed"]
    with pytest.raises(WrongLogin):
        accounts.log_in(each_work, VISITOR, accounts.Credentials(ANN, PASSWORD), accounts.Visit())
    assert accounts.log_in(each_work, VISITOR, accounts.Credentials(ANN, NEW), accounts.Visit())


def test_a_reset_link_works_once(work, ann, letterbox):
    ask(work)
    token = letterbox.token(ANN, "reset_password")
    reset(work, token)
    with pytest.raises(LinkNotGood):
        reset(work, token, "another winter ferry 8")


def test_a_reset_link_lives_for_an_hour_at_most(work, ann, letterbox):
    ask(work)
    work.clock.advance(timedelta(hours=1))
    with pytest.raises(LinkNotGood):
        reset(work, letterbox.token(ANN, "reset_password"))


def test_a_reset_link_dies_with_a_login(work, ann, log_in, letterbox):
    ask(work)
    log_in()
    with pytest.raises(LinkNotGood):
        reset(work, letterbox.token(ANN, "reset_password"))


def test_a_reset_link_dies_with_a_changed_password_and_with_another_reset(work, ann, letterbox):
    ask(work)
    first = letterbox.token(ANN, "reset_password")
    ask(work)
    reset(work, letterbox.token(ANN, "reset_password"))
    with pytest.raises(LinkNotGood):
        reset(work, first)


def test_a_reset_link_dies_with_another_address(work, ann, letterbox):
    ask(work)
    with work.write() as uow:
        uow.session.merge(ann.user).email = "new@client.example"
    with pytest.raises(LinkNotGood):
        reset(work, letterbox.token(ANN, "reset_password"))


def test_a_weak_choice_does_not_use_the_link_up(work, ann, letterbox):
    ask(work)
    token = letterbox.token(ANN, "reset_password")
    with pytest.raises(WeakPassword):
        reset(work, token, "password123")
    reset(work, token)


def test_resets_are_mailed_three_times_an_hour_at_most(work, ann, letterbox):
    for _ in range(50):
        ask(work)
    assert len(letterbox.to(ANN)) == 3


def test_an_unknown_address_gets_no_mail_and_leaves_no_job(work, letterbox):
    from sqlalchemy import select

    from ezcore.jobs.models import Job

    ask(work, "nobody@client.example")
    assert letterbox.to("nobody@client.example") == []
    with work.read() as uow:
        assert uow.session.scalars(select(Job)).all() == []


def test_a_disabled_user_gets_no_reset(work, ann, letterbox):
    with work.write() as uow:
        accounts.disable_user(uow, ann.user.id, "fraud")
    ask(work)
    assert letterbox.to(ANN) == []


def test_changing_a_password_needs_the_old_one_and_keeps_this_session_only(work, ann, log_in, letterbox):
    here, elsewhere = log_in(), log_in()
    with work.read() as uow:
        actor = queries.session_of(uow, here).actor
    with pytest.raises(WrongPassword):
        accounts.change_password(work, actor, "wrong", NEW, keep=digest(here))
    assert lives(work, elsewhere)
    accounts.change_password(work, actor, PASSWORD, NEW, keep=digest(here))
    assert lives(work, here)
    assert not lives(work, elsewhere)
    assert [name for name, _ in letterbox.to(ANN)] == ["password_changed"]
    assert log_in(password=NEW)
