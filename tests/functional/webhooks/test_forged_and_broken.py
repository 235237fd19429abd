"""What is forged, stale or broken leaves no message and one row in the audit log (rows B086 to B092 of the bar)."""

from __future__ import annotations

import gzip
import json

import pytest
from sqlalchemy import func, select

from ezcore.audit.models import AuditRow
from ezcore.jobs.inbox.models import WebhookEvent
from ezcore.jobs.models import Job
from tests.functional.webhooks.letters import DOOR, event, knock, signature

BODY = json.dumps(event("payment_intent.succeeded")).encode()


@pytest.fixture
def now(stripe_shop):
    return int(stripe_shop.work.clock.now().timestamp())


@pytest.fixture
def refused(stripe_shop):
    """Asserts: nothing was taken in, and so many refusals are on record."""

    def check(rows=1):
        with stripe_shop.work.read() as uow:
            assert uow.session.scalar(select(func.count()).select_from(WebhookEvent)) == 0
            assert uow.session.scalar(select(func.count()).select_from(Job)) == 0
            found = uow.session.scalars(select(AuditRow)).all()
        assert [(row.verb, row.outcome, row.actor_name) for row in found] == [
            ("webhook.reject", "refused", "webhook:stripe")
        ] * rows
        assert all(row.reason for row in found)

    return check


def post(web, body, header=None, **more):
    headers = {"Content-Type": "application/json"} | (
        {"Stripe-Signature": header} if header is not None else {}
    )
    return web.post(DOOR, body, headers=headers | more, expect_errors=True)


def test_unsigned(web, refused):
    assert post(web, BODY).status_int == 400
    refused()


@pytest.mark.parametrize("altered", [BODY + b" ", BODY[:-1], BODY.replace(b"pi_1", b"pi_2"), b""])
def test_altered_after_it_was_signed(web, now, refused, altered):
    assert post(web, altered, signature(BODY, now)).status_int == 400
    refused()


@pytest.mark.parametrize("secret", ["", "whsec_wrong", "whsec_sandbox_0123456789abcde"])
def test_signed_with_another_secret(stripe_shop, web, refused, secret):
    assert knock(web, stripe_shop, BODY, secret=secret).status_int == 400
    refused()


@pytest.mark.parametrize("late", [301, -301, 86_400])
def test_B088_a_stale_or_future_signature(stripe_shop, web, refused, late):
    assert knock(web, stripe_shop, BODY, late=late).status_int == 400
    refused()


@pytest.mark.parametrize("late", [299, -299, 0])
def test_B088_within_five_minutes_it_comes_in(stripe_shop, web, late):
    assert knock(web, stripe_shop, BODY, late=late).status_int == 200


@pytest.mark.parametrize("time", ["abc", "-1", str(10**20), "", "\uff11\uff12", "1,t=2"])
def test_B088_a_time_that_is_none(web, now, refused, time):
    given = signature(BODY, now).partition(",v1=")[2]
    assert post(web, BODY, f"t={time},v1={given}".encode().decode("latin-1")).status_int == 400
    refused()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"{}", b"\xff\xfe", b"[" * 100_000])
def test_B086_well_signed_but_no_event(stripe_shop, web, refused, body):
    assert knock(web, stripe_shop, body).status_int == 400
    refused()


def test_B086_a_body_of_five_megabytes_is_not_read(stripe_shop, web, refused):
    assert knock(web, stripe_shop, b" " * 5_000_000).status_int == 413
    refused(rows=0)


def test_B086_a_body_one_byte_over_the_limit(stripe_shop, web, refused):
    assert knock(web, stripe_shop, b" " * 1_000_001).status_int == 413
    refused(rows=0)


def test_B086_a_packed_body_is_not_unpacked(web, now, refused):
    packed = gzip.compress(b"0" * 10_000_000)
    answer = post(web, packed, signature(packed, now), **{"Content-Encoding": "gzip"})
    assert answer.status_int == 400
    refused()


@pytest.mark.parametrize(
    "door", ["/webhooks/nobody/", "/webhooks/proxmox/", "/webhooks/banktransfer/", "/webhooks/%00/"]
)
def test_B091_a_source_that_is_not_active(stripe_shop, web, refused, door):
    assert knock(web, stripe_shop, BODY, door=door).status_int in (400, 404)
    refused(rows=0)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_B091_only_post_is_answered(web, refused, method):
    answer = web.request(DOOR, method=method, expect_errors=True)
    assert answer.status_int in (404, 405)
    refused(rows=0)


def test_B092_forgeries_do_not_keep_the_real_one_out(stripe_shop, web):
    for number in range(50):
        assert post(web, BODY, f"t={number},v1={'0' * 64}").status_int == 400
    assert knock(web, stripe_shop, BODY).status_int == 200
    with stripe_shop.work.read() as uow:
        assert uow.session.scalar(select(func.count()).select_from(WebhookEvent)) == 1


def test_two_accounts_at_one_vendor_have_an_inbox_each(stripe_shop, web):
    for account in ("", "second/", "second/"):
        assert knock(web, stripe_shop, BODY, door=f"{DOOR}{account}").status_int == 200
    with stripe_shop.work.read() as uow:
        assert sorted(uow.session.scalars(select(WebhookEvent.account))) == ["", "second"]


def test_a_refusal_says_nothing_about_the_secret(stripe_shop, web):
    answer = knock(web, stripe_shop, BODY, secret="whsec_wrong")
    assert answer.json == {"result": "refused"}
