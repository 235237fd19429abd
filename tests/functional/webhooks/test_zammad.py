"""A shop and Zammad, each told by the other over HTTP: what Jane writes there stands here once, word or no word."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta

import pytest
from ez_zammad.sandbox import make, settings
from ez_zammad.sandbox import webhooks as deliveries
from webtest import TestApp

from ezcore.accounts import operations as accounts
from ezcore.app import build, make_app
from ezcore.automation.tasks import run_task
from ezcore.kernel.actor import Actor
from ezcore.kernel.clock import MovingClock
from ezcore.plugin_api.sandbox import Fault, SandboxOptions, SandboxRequest, serve
from ezcore.settings import load
from ezcore.simulation.history import CLIENT_RIGHTS
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.models import Ticket, TicketState
from ezcore.support.tickets.queries import conversation
from ezcore.worker import drain
from tests.fixtures_shop import MORNING

DOOR = "/webhooks/zammad/"


@pytest.fixture
def zammad(tmp_path):
    app = make(tmp_path / "zammad", SandboxOptions(clock=MovingClock(MORNING), webhook_url=DOOR))
    with serve(app) as served:
        app.address = served.address
        yield app


@pytest.fixture
def shop(zammad, migrated_sqlite, tmp_path, monkeypatch):
    shutil.copy(migrated_sqlite, tmp_path / "shop.sqlite3")
    ini = {
        "ez.plugins": "zammad",
        "ez.support.helpdesk": "zammad",
        "ez.state_dir": str(tmp_path),
        "ez.database.url": f"sqlite:///{tmp_path / 'shop.sqlite3'}",
        "ez.shop.site_url": "http://localhost",
        "ez.security.secret_keys": "test-key-that-is-no-secret-at-all-0001",
    } | {f"zammad.{name}": value for name, value in settings(zammad.address, None).items()}
    made = build(load(ini, {}), clock=MovingClock(MORNING), bell=lambda: None, virtual_time=True)
    web = TestApp(make_app(made))
    made.answers = []

    def send(url, body, headers):
        made.answers.append(web.post(url, body, headers=headers, expect_errors=True).status_int)

    monkeypatch.setattr(deliveries, "_send", send)
    yield made
    made.engine.dispose()


def ask(shop):
    """Ann opens a ticket, and it is told to Zammad."""
    with shop.work.write() as uow:
        ann = accounts.create_verified(uow, "ann@client.example", "Ann", country="EE")
    actor = Actor("client", ann.user_id, ann.client_id, CLIENT_RIGHTS, "Ann")
    with shop.work.write(actor) as uow:
        tickets.open_ticket(uow, tickets.NewTicket(ann.client_id, "help", "My site", "It is slow"))
    drain(shop)


def jane(zammad, door, **told):
    asked = SandboxRequest("POST", f"/_control/{door}", "", {}, json.dumps({"ticket": 1} | told).encode(), "")
    assert zammad.handle(asked).status < 300


def talk(shop):
    drain(shop)
    with shop.work.read() as uow:
        ticket = uow.session.get_one(Ticket, 1)
        messages = conversation(uow, ticket, with_notes=True).messages
        return ticket.state, [(one.author_name, one.body, one.internal) for one in messages]


def test_an_answer_there_stands_here_once_however_often_it_is_told(shop, zammad):
    ask(shop)
    assert [one["title"].endswith("] My site") for one in zammad.store.all("ticket")] == [True]
    zammad.faults.script(Fault("webhooks.ticket", "duplicate_webhooks", args={"copies": 3}))
    jane(zammad, "answer", body="<p>Please try <b>again</b></p>")
    state, lines = talk(shop)
    assert shop.answers == [200, 200, 200]
    assert (state, lines[1:]) == (
        TicketState.ANSWERED,
        [("Jane Doe (zammad)", "Please try again", False)],
    )
    assert [one["sender"] for one in zammad.store.all("article")] == ["Customer", "Agent"], (
        "it is not told back"
    )


def test_a_note_stays_internal_and_closing_there_closes_here(shop, zammad):
    ask(shop)
    jane(zammad, "answer", body="He owes us money", internal=True)
    jane(zammad, "move", state="closed")
    state, lines = talk(shop)
    assert (state, lines[1:]) == (TicketState.CLOSED, [("Jane Doe (zammad)", "He owes us money", True)])


def test_a_forged_word_is_refused_and_moves_nothing(shop, zammad):
    ask(shop)
    zammad.faults.script(Fault("webhooks.ticket", "bad_signature"))
    jane(zammad, "answer", body="Give me your password")
    _, lines = talk(shop)
    assert (shop.answers, lines[1:]) == ([400], [])


def test_a_word_that_never_came_is_made_up_for(shop, zammad):
    ask(shop)
    zammad.faults.script(Fault("webhooks.ticket", "drop_webhooks"))
    jane(zammad, "answer", body="Please try again")
    assert talk(shop)[1][1:] == []
    shop.work.clock.advance(timedelta(minutes=5))
    run_task(shop.work, "helpdesk", MORNING.date())
    assert talk(shop)[1][1:] == [("Jane Doe (zammad)", "Please try again", False)]
    assert shop.answers == []
