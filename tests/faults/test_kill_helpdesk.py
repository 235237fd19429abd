"""kill -9 of a worker that exchanges a ticket with Zammad, at each point that it passes: each message is there once."""

from __future__ import annotations

import shutil
import signal

import pytest
from ez_zammad.sandbox import make, settings

from ezcore.accounts import operations as accounts
from ezcore.app import build
from ezcore.kernel.actor import Actor
from ezcore.plugin_api.sandbox import SandboxOptions, SandboxRequest, serve
from ezcore.settings import load, read_ini
from ezcore.simulation.history import CLIENT_RIGHTS
from ezcore.support.helpdesk import queries
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.models import Ticket
from ezcore.support.tickets.queries import conversation
from tests.faults.ez_process import PATIENCE, start_ez, until

pytestmark = pytest.mark.slow

INI = {
    "ez.plugins": "zammad",
    "ez.support.helpdesk": "zammad",
    "zammad.search_seconds": "1",
    "ez.jobs.lease_seconds": "2",
    "ez.jobs.sweep_seconds": "0.5",
    "ez.mail.transport": "sink",
    "ez.security.secret_keys": "test-key-that-is-no-secret-at-all-0001",
}
POINTS = [
    "jobs.claimed:1",
    "helpdesk.told:1",
    "helpdesk.told:2",
    *(f"work.committed:{nth}" for nth in range(2, 12, 2)),
]


@pytest.fixture
def ini(migrated_sqlite, tmp_path):
    shutil.copy(migrated_sqlite, tmp_path / "shop.sqlite3")
    app = make(tmp_path / "zammad", SandboxOptions())
    with serve(app) as served:
        lines = INI | {f"zammad.{name}": value for name, value in settings(served.address, None).items()}
        lines |= {"ez.database.url": f"sqlite:///{tmp_path / 'shop.sqlite3'}", "ez.state_dir": str(tmp_path)}
        path = tmp_path / "shop.ini"
        path.write_text("[app:main]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items()))
        yield path, app


@pytest.fixture
def shop(ini):
    made = build(load(read_ini(ini[0]), {}), bell=lambda: None)
    yield made
    made.engine.dispose()


def write_three(shop):
    """A client opens a ticket and adds two messages before any worker is up."""
    with shop.work.write() as uow:
        ann = accounts.create_verified(uow, "ann@client.example", "Ann", country="EE")
    actor = Actor("client", ann.user_id, ann.client_id, CLIENT_RIGHTS, "Ann")
    with shop.work.write(actor) as uow:
        ticket = tickets.open_ticket(uow, tickets.NewTicket(ann.client_id, "help", "My site", "one"))
        for body in ("two", "three"):
            tickets.reply(uow, ticket, body)


def is_told(shop):
    with shop.work.read() as uow:
        ticket = uow.session.get_one(Ticket, 1)
        row = queries.at_desk(uow, ticket.id)
        return row is not None and row.job_id is None and not queries.differs(uow, ticket.id)


def work_until(shop, ini, log, done, **environ):
    """A worker, until it has done it; with `EZ_CRASH` until it is dead."""
    worker = start_ez(["worker", "-c", str(ini), "--no-scheduler"], log, **environ)
    try:
        if environ:
            worker.join(PATIENCE)
            assert worker.exitcode == -signal.SIGKILL, f"it never passed {environ}"
        else:
            until(done, "the exchange")
    finally:
        worker.kill()
        worker.join()


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_dies_in_an_exchange_repeats_nothing_there(ini, shop, tmp_path, point):
    path, zammad = ini
    write_three(shop)
    log = tmp_path / "worker.log"
    work_until(shop, path, log, None, EZ_CRASH=point)
    work_until(shop, path, log, lambda: is_told(shop))
    assert len(zammad.store.all("ticket")) == 1
    assert [one["body"] for one in zammad.store.all("article")] == [
        "Ann:\n\none",
        "Ann:\n\ntwo",
        "Ann:\n\nthree",
    ]


@pytest.mark.parametrize("nth", range(2, 10, 2))
def test_a_worker_that_dies_while_it_reads_writes_each_answer_once(ini, shop, tmp_path, nth):
    path, zammad = ini
    write_three(shop)
    log = tmp_path / "worker.log"
    work_until(shop, path, log, lambda: is_told(shop))
    told = b'{"ticket": "1", "body": "Please try again"}'
    assert zammad.handle(SandboxRequest("POST", "/_control/answer", "", {}, told, "")).status == 201
    with shop.work.write() as uow:
        tickets.reply(uow, uow.session.get_one(Ticket, 1), "four")
    work_until(shop, path, log, None, EZ_CRASH=f"work.committed:{nth}")
    work_until(shop, path, log, lambda: is_told(shop))
    with shop.work.read() as uow:
        talk = conversation(uow, uow.session.get_one(Ticket, 1), with_notes=True)
        assert [one.body for one in talk.messages].count("Please try again") == 1
