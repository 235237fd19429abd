"""A billing run that somebody looks at first: stored as shown, executed exactly so, once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import inspect

from ezcore.automation import due, preview
from ezcore.automation.guards import RunGuard
from ezcore.automation.models import RunPreview
from ezcore.cli.main import main
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import NotAllowed
from ezcore.kernel.money import Money
from ezcore.services.services.models import Service
from tests.fixtures_trade import at_once

DUE = date(2027, 2, 21)
BOSS = Actor("staff", name="Kadri", permissions=frozenset({"settings.manage"}))


@pytest.fixture
def shown(each_trade):
    """A stored preview of three services, one of which costs 4.99."""
    services = [each_trade.active_service(name) for name in ("Ann", "Bob", "Cid")]
    each_trade.go_to(DUE)
    with each_trade.work.write(BOSS) as uow:
        row = preview.store(uow, DUE)
    each_trade.row, each_trade.services = row, services
    return each_trade


def change(trade, service, **values):
    with trade.work.write() as uow:
        row = uow.session.get_one(Service, service)
        for name, value in values.items():
            setattr(row, name, value)


def test_it_lists_each_invoice_with_its_total_and_writes_one_row(shown):
    assert [item["services"] for item in shown.row.items] == [[one] for one in shown.services]
    price = shown.service(shown.services[0]).price_minor
    assert shown.row.totals == {"EUR": 3 * price}
    assert shown.unpaid() == []
    with shown.work.read() as uow:
        assert uow.session.query(RunPreview).count() == 1


def test_approving_does_exactly_what_was_shown(shown):
    late = shown.active_service("Dan")  # due within the lead time, and on no list
    change(shown, late, override_invoice_on=DUE)
    end = shown.service(late).billed_until
    done = preview.approve(shown.work, BOSS, shown.row.id)
    assert (done.state, done.result["done"], done.result["skipped"]) == ("done", 3, 0)
    assert done.result["totals"] == shown.row.totals
    assert shown.service(late).billed_until == end
    assert shown.broken() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"price_minor": 77},
        {"cycle_name": "1 year"},
        {"tax_class": "reduced"},
        {"label": "renamed.example"},
        {"cancel_on": date(2027, 2, 28)},
        {"state": "terminated"},
    ],
    ids=lambda one: next(iter(one)),
)
def test_what_changed_since_it_was_shown_is_skipped_and_named(shown, changes):
    change(shown, shown.services[1], **changes)
    done = preview.approve(shown.work, BOSS, shown.row.id)
    assert (done.result["done"], done.result["skipped"]) == (2, 1)
    assert done.result["left_out"] == [
        f"service {shown.services[1]}: changed since it was shown, or billed already"
    ]
    assert len(shown.unpaid()) == 2
    assert shown.broken() == []


def test_approving_twice_and_by_many_is_once(shown):
    done = at_once(6, lambda _: preview.approve(shown.work, BOSS, shown.row.id))
    assert not [one for one in done if isinstance(one, Exception)]
    preview.approve(shown.work, BOSS, shown.row.id)
    assert len(shown.unpaid()) == 3
    assert shown.broken() == []


def test_what_a_run_billed_meanwhile_is_not_billed_again(shown):
    shown.run("renewals")
    done = preview.approve(shown.work, BOSS, shown.row.id)
    assert (done.result["done"], done.result["skipped"]) == (0, 3)
    assert len(shown.unpaid()) == 3


def test_only_who_may(shown):
    with pytest.raises(NotAllowed):
        preview.approve(shown.work, Actor("staff", name="Guest"), shown.row.id)
    with pytest.raises(NotAllowed), shown.work.write(Actor("staff", name="Guest")) as uow:
        preview.store(uow, DUE)


def test_the_run_guard_holds_for_an_approved_list_too(shown):
    rules = shown.work.settings.automation.model_copy(update={"guard_floor": 1})
    shown.work.settings = replace(shown.work.settings, automation=rules)
    with pytest.raises(RunGuard):
        preview.approve(shown.work, BOSS, shown.row.id)
    assert shown.unpaid() == []
    assert preview.approve(shown.work, BOSS, shown.row.id, "checked with the owner").result["done"] == 3


def test_a_preview_and_the_run_agree_to_the_cent(trade, monkeypatch):
    monkeypatch.setattr(due, "CHUNK", 2)
    for name in ("Ann", "Bob", "Cid", "Dan", "Eve"):
        trade.active_service(name)
    trade.go_to(DUE)
    promised = trade.run("renewals", preview=True)
    done = trade.run("renewals")
    assert promised.totals == done.totals != {}
    assert promised.done == done.done == 5


def test_inputs_do_not_change_by_themselves(trade):
    trade.active_service("Ann")
    trade.go_to(DUE)
    with trade.work.read() as uow:
        first, again = ([one.to_json() for one in preview.items(uow, DUE)] for _ in range(2))
    assert json.dumps(first) == json.dumps(again)
    trade.go_to(DUE + timedelta(days=1))
    with trade.work.read() as uow:
        assert [one.inputs for one in preview.items(uow, DUE)] == [first[0]["inputs"]]


def test_the_command_line_lists_totals_and_leaves_the_database_as_it_was(trade, capsys, monkeypatch):
    for name in ("Ann", "Bob"):
        trade.active_service(name)
    trade.go_to(DUE)
    price = trade.service(1).price_minor
    monkeypatch.setattr("ezcore.cli.configured.open_shop", lambda _args: trade.shop)
    before = checksum(trade)
    arguments = ["run", "billing", "--preview", "--on", DUE.isoformat(), "--json"]
    assert main(arguments) == 0
    found = json.loads(capsys.readouterr().out)["renewals"]
    assert (found["done"], found["totals"]) == (2, {"EUR": 2 * price})
    assert checksum(trade) == before
    assert main(arguments[:-1]) == 0
    assert f"total {Money(2 * price, 'EUR')}" in capsys.readouterr().out


def checksum(trade):
    """SHA-256 of every row of every table."""
    digest = sha256()
    with trade.work.read() as uow:
        connection = uow.session.connection()
        for table in sorted(inspect(connection).get_table_names()):
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}" ORDER BY rowid'):
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()
