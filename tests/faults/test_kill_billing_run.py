"""kill -9 in a billing run, again and again: nobody is billed twice or missed, and numbers have no gap."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from ezcore.app import build
from ezcore.automation import due, renewals
from ezcore.billing.invoices.models import Invoice, InvoiceLine, InvoiceSeries
from ezcore.db.bulk import insert_rows
from ezcore.kernel.clock import MovingClock
from ezcore.services.services.models import Service
from ezcore.settings import load

pytestmark = pytest.mark.slow

SERVICES = 600
CHUNK = 20
DUE = date(2027, 2, 21)
END = date(2027, 2, 28)

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.faults.test_kill_billing_run"])


def bill(ini, ready, point):
    """One process: opens the shop, says so, and bills what is due."""
    if point:
        os.environ["EZ_CRASH"] = point
    due.CHUNK = CHUNK
    clock = MovingClock(datetime(2027, 2, 21, 9, tzinfo=UTC))
    shop = build(load(ini, {}), clock=clock, bell=lambda: None, virtual_time=True)
    with shop.work.read() as uow:
        uow.session.scalar(select(func.count()).select_from(Service))
    ready.set()
    renewals.run(shop.work, DUE, preview=False)


@pytest.fixture
def town(each_trade):
    """Six hundred services of as many clients, due on one day."""
    pattern = each_trade.active_service("Ann")
    with each_trade.work.write() as uow:
        service = uow.session.get_one(Service, pattern)
        fixed = {"client_id": service.client_id, "product_id": service.product_id, "state": "active"}
        from ezcore.accounts.models import Client

        names = ("name", "company", "email", "country", "line1", "line2", "city", "region", "postcode",
                 "currency", "language", "status", "created_at")  # fmt: skip
        first = uow.session.scalar(select(func.max(Client.id)))
        rows = (
            (f"C{n}", "", f"c{n}@client.example", "EE", "", "", "", "", "", "EUR", "en", "active", uow.now())
            for n in range(SERVICES)
        )
        insert_rows(uow.session, Client, names, rows)
        ids = uow.session.scalars(select(Client.id).where(Client.id > first).order_by(Client.id)).all()
        columns = ("reference", "client_id", "product_id", "label", "state", "currency", "price_minor", "cycle",
                   "anchor_day", "started_on", "paid_until", "billed_until", "params", "choices", "settings", "actions",
                   "created_at")  # fmt: skip
        services = (
            (
                f"svc_{n:04}",
                client,
                fixed["product_id"],
                f"s{n}.example",
                "active",
                "EUR",
                100 + n,
                "1 month",
                31,
                date(2027, 1, 31),
                END,
                END,
                {},
                [],
                {},
                0,
                uow.now(),
            )
            for n, client in enumerate(ids)
        )
        insert_rows(uow.session, Service, columns, services)
    each_trade.go_to(DUE)
    return each_trade


def start(town, point=""):
    ready = processes.Event()
    process = processes.Process(target=bill, args=(dict(town.shop.settings.ini), ready, point))
    process.start()
    assert ready.wait(60)
    return process


def billed(town):
    """How many services have a line for the period, none of them twice; numbers as far as they go have no gap."""
    with town.work.read() as uow:
        lines = uow.session.execute(
            select(InvoiceLine.service_id, func.count())
            .where(InvoiceLine.period_start == END)
            .group_by(InvoiceLine.service_id)
        ).all()
        assert all(count == 1 for _, count in lines)
        moved = uow.session.scalar(
            select(func.count()).select_from(Service).where(Service.billed_until > END)
        )
        assert moved == len(lines)
        numbers = list(uow.session.scalars(select(Invoice.sequence).order_by(Invoice.sequence)))
        assert numbers == list(range(1, len(numbers) + 1))
        last = uow.session.scalar(select(InvoiceSeries.last_number).where(InvoiceSeries.name == "invoice"))
        assert last == len(numbers)
        assert uow.session.scalar(select(func.count()).where(Invoice.status == "draft")) == 0
    return len(lines)


def test_killed_at_random_moments_and_run_again(town):
    chance = random.Random(os.environ.get("EZ_KILL_SEED"))
    deaths = 0
    # Ever later: a run that once got through leaves nothing to be killed in.
    for latest in (0.1, 0.25, 0.4, 0.6, 0.9, 1.5):
        process = start(town)
        process.join(chance.uniform(latest / 2, latest))
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
            deaths += 1
        process.join(30)
        billed(town)
    process = start(town)
    process.join(120)
    assert process.exitcode == 0
    assert deaths
    assert billed(town) == SERVICES + 1
    assert town.broken() == []


@pytest.mark.parametrize("point", ["renewals.chunk:1", "renewals.chunk:7", "work.committed:5"])
def test_killed_before_and_after_the_commit_of_a_chunk(town, point):
    process = start(town, point)
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    before = billed(town)
    assert before % CHUNK == 0
    process = start(town)
    process.join(120)
    assert billed(town) == SERVICES + 1
    assert town.broken() == []


def test_two_processes_and_one_of_them_is_killed(town):
    first, second = start(town), start(town)
    first.join(0.4)
    if first.is_alive():
        os.kill(first.pid, signal.SIGKILL)
    second.join(120)
    assert second.exitcode == 0
    first.join(30)
    billed(town)
    last = start(town)
    last.join(120)
    assert billed(town) == SERVICES + 1
    assert town.broken() == []
