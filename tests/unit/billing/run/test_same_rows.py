"""A billing run writes what a single invoice writes: the same rows, column by column, on both databases."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice, InvoiceKind
from ezcore.billing.invoices.rules import LineDraft, stored_hash
from ezcore.billing.run.rows import Bill
from ezcore.billing.run.write import issue_many
from ezcore.billing.taxes.models import TaxRule
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from ezcore.kernel.period import Period
from ezcore.plugin_api.values import InvoiceNote
from ezcore.settings import Tax
from ezcore.testkit.quiet import NoHooks

MARCH = Period(date(2027, 3, 1), date(2027, 4, 1))
TABLES = (
    "invoice",
    "invoice_line",
    "invoice_tax",
    "invoice_paid",
    "invoice_series",
    "journal",
    "ledger_entry",
    "outbox_event",
    "audit_row",
)


class Undo(Exception):
    """Nothing of this is to stay."""


class Thanks(NoHooks):
    """A plugin with a note for whoever owes something."""

    def adjust_invoice_notes(self, invoices):
        return [
            [InvoiceNote(title="Thanks", text=f"{one.client.name} · {one.total} · {'; '.join(one.lines)}")]
            if one.total.is_positive
            else []
            for one in invoices
        ]


def euros(amount):
    return Money.parse(amount, "EUR")


def bills(ann, bob):
    web = LineDraft(
        "Web · ann.example", euros("10.01"), "Site: one", service_id=7001, period=MARCH, price_id=3,
        explain={"cycle": "1 month", "base_minor": 1001},
    )  # fmt: skip
    more = replace(web, description="Backup · ann.example", service_id=7002, quantity=3)
    off = LineDraft(
        "SPRING · Web", euros("-2.50"), service_id=7001, kind="discount", promotion_id=9, explain={"code": "SPRING"}
    )  # fmt: skip
    fee = LineDraft("Late fee", euros("5"), kind="late_fee", tax_class="none")
    free = LineDraft("Mail · bob.example", euros("0"), service_id=7003, period=MARCH)
    return [
        Bill(ann, "EUR", date(2027, 3, 1), (web, more, off)),
        Bill(bob, "EUR", date(2027, 3, 2), (fee, replace(web, service_id=7004))),
        Bill(bob, "EUR", date(2027, 3, 3), (free,)),
        Bill(ann, "USD", date(2027, 3, 4), (LineDraft("Work", Money(9999, "USD")),)),
    ]


@pytest.fixture
def shop(each_trade):
    """Two clients in two countries, a tax of two levels for one of them, a plugin with a note."""
    work = each_trade.work
    work.settings = replace(work.settings, tax=Tax(scheme="rules", seller_country="EE"))
    work.hooks = Thanks()
    ann, bob = (each_trade.newcomer(name).client_id for name in ("Ann", "Bob"))
    with work.write() as uow:
        rules = {"country": "EE", "valid_from": date(2020, 1, 1), "created_at": uow.now()}
        uow.session.add(TaxRule(name="VAT", rate_ppm=220_000, **rules))
        uow.session.add(TaxRule(name="City", rate_ppm=15_000, level=2, compound=True, **rules))
    each_trade.bills = bills(ann, bob)
    return each_trade


def written(uow):
    """Every row of the money's tables, ids told by their order."""
    names, found = {}, {}
    uow.session.flush()
    connection = uow.session.connection()
    for table in TABLES:
        order = "name" if table == "invoice_series" else "invoice_id" if table == "invoice_paid" else "id"
        rows = [
            dict(row._mapping)
            for row in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY {order}")
        ]
        for place, row in enumerate(rows):
            if table in ("invoice", "journal"):
                names[table, row["id"]] = place
            row.pop("id", None)
        found[table] = rows
    for rows in found.values():
        for row in rows:
            tell(row, names)
    return {table: sorted(rows, key=repr) for table, rows in found.items()}


def tell(row, names):
    for column in ("invoice_id", "journal_id"):
        if row.get(column) is not None:
            row[column] = names[column[:-3], row[column]]
    if str(row.get("key", "")).startswith("invoice:"):
        row["key"] = names["invoice", int(row["key"].split(":")[1])]
    if row.get("object_kind") == "invoice":
        row["object_id"] = names["invoice", int(row["object_id"])]
    if "payload" in row:
        payload = json.loads(row["payload"]) if isinstance(row["payload"], str) else dict(row["payload"])
        if "invoice_id" in payload:
            payload["invoice_id"] = names["invoice", payload["invoice_id"]]
        row["payload"] = payload


def rolled_back(work, what):
    seen = {}
    with suppress(Undo), work.write() as uow:
        what(uow)
        seen |= written(uow)
        undo()
    return seen


def undo():
    raise Undo


@pytest.mark.parametrize("kind", [InvoiceKind.INVOICE, InvoiceKind.PROFORMA])
@pytest.mark.parametrize("prices", ["exclusive", "inclusive"])
def test_a_run_writes_the_rows_of_single_invoices(shop, kind, prices):
    shop.work.settings = replace(
        shop.work.settings, tax=Tax(scheme="rules", seller_country="EE", prices=prices)
    )
    one_by_one = rolled_back(
        shop.work,
        lambda uow: [
            invoices.issue(uow, bill.client_id, bill.currency, bill.lines, due_on=bill.due_on, kind=kind)
            for bill in shop.bills
        ],
    )
    at_once = rolled_back(shop.work, lambda uow: issue_many(uow, shop.bills, kind=kind))
    assert len(at_once["invoice"]) == 4
    assert len(at_once["invoice_line"]) == 7
    for table in TABLES:
        assert at_once[table] == one_by_one[table], table


def test_what_a_run_issued_stands_the_test_of_its_hash_and_of_the_invariants(shop):
    with shop.work.write() as uow:
        issued = issue_many(uow, shop.bills)
    with shop.work.read() as uow:
        rows = uow.session.scalars(select(Invoice).order_by(Invoice.id)).all()
        assert [row.number for row in rows] == [one.number for one in issued]
        assert [row.sequence for row in rows] == [1, 2, 3, 4]
        assert all(stored_hash(row) == row.content_hash for row in rows)
        assert [row.status for row in rows] == ["unpaid", "unpaid", "paid", "unpaid"]
    assert shop.broken() == []


def test_a_period_that_is_billed_already_bills_nothing_of_the_batch(shop):
    with shop.work.write() as uow:
        issue_many(uow, shop.bills[:1])
    with pytest.raises(Exception, match=r"(?i)period|unique|twice"), shop.work.write() as uow:
        issue_many(uow, shop.bills)
    assert len(shop.unpaid()) == 1
    with shop.work.write() as uow:
        assert [one.number[-1] for one in issue_many(uow, shop.bills[1:])] == ["2", "3", "4"]


def test_a_negative_bill_is_refused(shop):
    bill = replace(shop.bills[0], lines=(LineDraft("Gift", euros("-1")),))
    with pytest.raises(Refused, match="negative"), shop.work.write() as uow:
        issue_many(uow, [bill])
