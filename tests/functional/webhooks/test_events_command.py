"""`ez events replay`: a stored event is processed again from a shell, as often as one likes, with its effect once."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from ezcore.cli import configured
from ezcore.cli.main import main
from ezcore.jobs.inbox.models import WebhookEvent
from ezcore.jobs.models import Job
from ezcore.worker import drain
from tests.functional.webhooks.letters import event, knock


@pytest.fixture
def ez(stripe_shop, monkeypatch, capsys):
    """Runs `ez events replay stripe <id>`; gives the exit code and what was printed."""
    monkeypatch.setattr(configured, "open_shop", lambda _args: stripe_shop)

    def call(number):
        code = main(["events", "replay", "stripe", number])
        return code, capsys.readouterr().out.strip()

    return call


def jobs(shop):
    with shop.work.read() as uow:
        return uow.session.scalar(select(func.count()).select_from(Job))


def states(shop):
    with shop.work.read() as uow:
        return list(uow.session.scalars(select(WebhookEvent.state)))


def test_a_parked_event_is_queued_and_parked_again_for_the_same_reason(stripe_shop, web, ez):
    wanted = event("payment_intent.succeeded", livemode=True)
    knock(web, stripe_shop, json.dumps(wanted).encode())
    for _ in range(2):
        assert ez(wanted["id"]) == (0, "queued")
        assert jobs(stripe_shop) >= 1
        drain(stripe_shop)
        assert states(stripe_shop) == ["parked"]


def test_an_event_that_never_came_is_named(stripe_shop, ez):
    assert ez("evt_never") == (1, "stripe never sent evt_never")
    assert jobs(stripe_shop) == 0
