"""Logging in: one sentence for every failure, limits that hit the attacker and spare the owner."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.errors import TooManyTries, WrongLogin, WrongPassword
from ezcore.accounts.models import LoginSession
from ezcore.accounts.operations import login as limits
from ezcore.audit.models import AuditRow
from ezcore.kernel.actor import VISITOR
from tests.fixtures_accounts import ANN, PASSWORD


def fail(log_in, ip, email=ANN):
    with pytest.raises(WrongLogin):
        log_in(email=email, password="not the password", ip=ip)


def is_let_in(log_in, **visit):
    try:
        return bool(log_in(**visit))
    except TooManyTries:
        return False


def test_the_owner_gets_in(work, ann, log_in):
    token = log_in()
    with work.read() as uow:
        facts = queries.session_of(uow, token)
        assert (facts.actor.kind, facts.actor.client_id) == ("client", ann.client.id)
        assert uow.session.get(LoginSession, token) is None, "the table holds no token, only its hash"


def test_every_failure_reads_the_same(work, ann, log_in):
    with work.write() as uow:
        bob = accounts.create_verified(uow, "bob@client.example", "Bob", password=PASSWORD)
        accounts.create_verified(uow, "eve@client.example", "Eve")
        accounts.disable_user(uow, bob.user.id, "left")
    said = set()
    for email, password in [
        (ANN, "wrong wrong wrong"), ("nobody@client.example", PASSWORD), ("bob@client.example", PASSWORD),
        ("eve@client.example", "!"), ("", ""), ("\udce4", "\udce4"), (ANN, "x" * 5000), (ANN, PASSWORD + " "),
    ]:  # fmt: skip
        with pytest.raises(WrongLogin) as refusal:
            log_in(email=email, password=password)
        said.add((refusal.value.message, refusal.value.field))
    assert len(said) == 1


def test_refused_tries_are_on_the_record_without_what_was_typed(work, ann, log_in):
    fail(log_in, "192.0.2.7")
    fail(log_in, "192.0.2.7", email="my secret password")
    with work.read() as uow:
        rows = uow.session.scalars(select(AuditRow).where(AuditRow.outcome == "refused")).all()
        assert [(row.verb, row.object_id, row.ip) for row in rows] == [
            ("user.log_in", str(ann.user.id), "192.0.2.7"),
            ("user.log_in", "unknown", "192.0.2.7"),
        ]
        assert "secret" not in repr([vars(row) for row in rows])


def test_an_unknown_address_takes_as_long_as_a_wrong_password(work, ann, log_in):
    took = {ANN: [], "nobody@client.example": []}
    for turn in range(12):
        for email, times in took.items():
            begun = time.process_time()
            fail(log_in, f"198.51.{turn}.{len(email)}", email=email)
            times.append(time.process_time() - begun)
            work.clock.advance(timedelta(minutes=10))
    known, unknown = (statistics.median(times) for times in took.values())
    assert abs(known - unknown) < 0.35 * max(known, unknown)


def test_a_new_login_ends_the_session_the_browser_had(work, ann, log_in):
    first = log_in()
    second = log_in(session=first)
    with work.read() as uow:
        assert queries.session_of(uow, first) is None
        assert queries.session_of(uow, second) is not None


def test_a_token_that_was_planted_before_login_opens_nothing_after_it(work, ann, log_in):
    token = log_in(session="planted")
    assert token != "planted"
    with work.read() as uow:
        assert queries.session_of(uow, "planted") is None


def test_one_place_that_guesses_is_stopped_and_another_gets_in(work, ann, log_in):
    for _ in range(limits.TRIES_PER_ACCOUNT_AND_PLACE):
        fail(log_in, "203.0.113.1")
    for _ in range(20):
        assert not is_let_in(log_in, ip="203.0.113.1")
    assert is_let_in(log_in, ip="192.0.2.99")


def test_one_place_cannot_try_many_accounts(work, ann, log_in):
    for number in range(limits.TRIES_PER_PLACE):
        fail(log_in, "203.0.113.1", email=f"user{number}@client.example")
    assert not is_let_in(log_in, ip="203.0.113.1")
    assert is_let_in(log_in, ip="192.0.2.99")


def test_many_places_slow_an_account_down_but_not_for_its_owner(work, ann, log_in, letterbox):
    log_in(ip="192.0.2.7")
    for number in range(limits.TRIES_PER_ACCOUNT):
        fail(log_in, f"203.0.113.{number}")
    assert not is_let_in(log_in, ip="203.0.113.200"), "even the right password waits at an unknown place"
    assert not is_let_in(log_in, ip="203.0.113.201")
    assert [name for name, _ in letterbox.to(ANN)] == ["suspicious_logins"], "the owner is told, once"
    assert is_let_in(log_in, ip="192.0.2.7")


def test_an_unknown_address_is_slowed_down_alike(work, log_in):
    for number in range(limits.TRIES_PER_ACCOUNT):
        fail(log_in, f"203.0.113.{number}", email="nobody@client.example")
    with pytest.raises(TooManyTries):
        log_in(email="nobody@client.example", ip="203.0.113.200")


def test_the_wait_is_said_and_ends(work, ann, log_in):
    for _ in range(limits.TRIES_PER_ACCOUNT_AND_PLACE):
        fail(log_in, "203.0.113.1")
    with pytest.raises(TooManyTries) as refusal:
        log_in(ip="203.0.113.1")
    work.clock.advance(timedelta(seconds=refusal.value.retry_after))
    assert is_let_in(log_in, ip="203.0.113.1")


def test_a_customer_of_ipv6_is_one_place_whatever_address_they_take(work, ann, log_in):
    for number in range(limits.TRIES_PER_ACCOUNT_AND_PLACE):
        fail(log_in, f"2001:db8:1:2::{number + 1:x}")
    assert not is_let_in(log_in, ip="2001:db8:1:2:ffff::1")
    assert is_let_in(log_in, ip="2001:db8:1:3::1")


def test_a_password_is_kept_exactly(work, log_in):
    long = "".join(f"{number:x}z" for number in range(100))[:128]
    with work.write() as uow:
        accounts.create_verified(uow, "long@client.example", "L", password=long)
        accounts.create_verified(uow, "edge@client.example", "E", password="  two spaces lead ")
    assert log_in(email="long@client.example", password=long)
    assert log_in(email="edge@client.example", password="  two spaces lead ")
    for email, near in (("long@client.example", long[:72]), ("edge@client.example", "two spaces lead")):
        with pytest.raises(WrongLogin):
            log_in(email=email, password=near)


def test_a_session_ends_after_its_hours(work, ann, log_in):
    token = log_in()
    work.clock.advance(timedelta(hours=work.settings.security.session_hours))
    with work.read() as uow:
        assert queries.session_of(uow, token) is None


def test_a_secret_is_shown_only_to_who_knows_the_password(work, ann):
    with work.read() as uow:
        actor = queries.actor_for(uow, queries.user_by_email(uow, ANN))
        accounts.confirm_password(uow, actor, PASSWORD)
        with pytest.raises(WrongPassword):
            accounts.confirm_password(uow, actor, "guess")


def test_a_hash_of_old_parameters_is_renewed_at_login(work, ann, log_in):
    from argon2 import PasswordHasher

    with work.write() as uow:
        uow.session.merge(ann.user).password_hash = PasswordHasher(1, 8, 1).hash(PASSWORD)
    log_in()
    with work.read() as uow:
        assert "m=19456,t=2,p=1" in queries.user_by_email(uow, ANN).password_hash
    assert log_in()


def test_seen_is_written_at_most_once_a_minute(work, ann, log_in):
    token = log_in()
    for seconds, expected in ((59, 0), (2, 61), (30, 61)):
        work.clock.advance(timedelta(seconds=seconds))
        with work.write(VISITOR) as uow:
            accounts.seen(uow, queries.digest(token))
        with work.read() as uow:
            row = uow.session.scalars(select(LoginSession)).one()
            assert (row.seen_at - row.created_at).total_seconds() == expected
