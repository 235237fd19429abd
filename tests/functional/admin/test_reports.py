"""How business is, through the browser's door: real invoices, payments, credit notes and tickets."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts.permissions import STAFF
from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.ledger.models import Journal, LedgerEntry
from ezcore.billing.taxes import operations as rates
from ezcore.billing.transactions import operations as transactions
from ezcore.catalog.products.models import Product
from ezcore.kernel.actor import Actor
from ezcore.kernel.money import Money
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services.models import Service
from ezcore.settings.tax import Tax
from ezcore.support.tickets import moving
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets.models import Ticket
from ezcore.worker import drain
from tests.functional.admin.conftest import log_in_again, words_of


class Books:
    """Documents made by the house's own operations, on days that the story says."""

    def __init__(self, shop):
        self.shop, self.clock = shop, shop.work.clock
        with shop.work.write() as uow:
            self.clients = [
                accounts.create_verified(uow, f"{name}@client.example", name, country=country).client_id
                for name, country in (("anu", "EE"), ("bernd", "DE"))
            ]

    def on(self, month, day, hour=9):
        """It is this moment of 2026, in UTC."""
        self.clock.move_to(datetime(2026, month, day, hour, tzinfo=UTC))

    def invoice(self, amount="100.00", currency="EUR", due=14, client=0, **line):
        with self.shop.work.write() as uow:
            drafts = [LineDraft("Web hosting", Money.parse(amount, currency), **line)]
            due_on = uow.today() + timedelta(days=due)
            return invoices.issue(uow, self.clients[client], currency, drafts, due_on=due_on).id

    def pay(self, number, amount=None):
        with self.shop.work.write() as uow:
            invoice = uow.session.get_one(Invoice, number)
            money = Money.parse(amount, invoice.currency) if amount else invoice.balance_due
            name = f"EE{number}-{self.clock.now():%m%d}"
            transactions.record_manual(uow, invoice, "banktransfer", money, name)

    def credit(self, number, gross=None):
        with self.shop.work.write() as uow:
            invoice = uow.session.get_one(Invoice, number)
            amount = Money.parse(gross, invoice.currency) if gross else None
            credit_notes.issue(uow, invoice, "was broken", amount)

    def cancel(self, number):
        with self.shop.work.write() as uow:
            invoices.cancel(uow, uow.session.get_one(Invoice, number), "by mistake")

    def rule(self, country, percent):
        with self.shop.work.write() as uow:
            rates.add_rule(
                uow, rates.NewRule(f"VAT {country}", percent * 10_000, date(2020, 1, 1), country=country)
            )

    def balance(self, account, currency="EUR", until=None):
        """What the ledger says of accounts that begin so, at the end of a day."""
        with self.shop.work.read() as uow:
            query = select(LedgerEntry.minor).join(Journal, Journal.id == LedgerEntry.journal_id)
            mine = (LedgerEntry.account.startswith(account), LedgerEntry.currency == currency)
            found = uow.session.scalars(query.where(*mine, Journal.on <= (until or date.max)))
            return Money(sum(found), currency).decimal


@pytest.fixture
def books(shop):
    return Books(shop)


@pytest.fixture
def year(books):
    """Something of everything, taxed in two countries, in two currencies, from January to April."""
    books.on(1, 1)
    books.shop.work.settings = replace(
        books.shop.work.settings, tax=Tax(scheme="eu_vat", seller_country="EE", oss=True)
    )
    books.rule("EE", 22)
    books.rule("DE", 19)
    books.on(1, 10)
    first, second = books.invoice("100.00"), books.invoice("50.00", client=1)
    dollars = books.invoice("70.00", "USD")
    books.on(2, 5)
    books.pay(first)
    books.pay(second, "20.00")
    books.credit(first, "10.00")
    books.pay(dollars, "30.00")
    mistake = books.invoice("999.00")
    books.on(3, 3)
    books.cancel(mistake)
    third = books.invoice("80.00", due=0)
    voided = books.invoice("33.00")
    books.on(3, 20)
    books.credit(voided)
    books.credit(third, "15.00")
    books.on(4, 25)
    books.invoice("60.00", due=30)
    return books


def file_of(browser, name, **asked):
    """The rows of a report's file, by the names of its columns."""
    query = "&".join(f"{key}={value}" for key, value in (asked | {"format": "csv"}).items())
    answer = browser.get(f"/admin/reports/{name}/?{query}")
    assert answer.content_type == "text/csv"
    return list(csv.DictReader(answer.text.splitlines()))


def total(rows, column):
    return sum((Decimal(row[column]) for row in rows), Decimal(0))


DAYS = ["01-09", "01-10", "02-04", "02-05", "02-28", "03-03", "03-19", "03-20", "04-24", "04-25"]


@pytest.mark.parametrize("currency", ["EUR", "USD"])
@pytest.mark.parametrize("day", DAYS)
def test_what_is_open_at_all_ages_is_the_receivable_balance_of_the_ledger_on_every_day(
    year, as_staff, day, currency
):
    on = f"2026-{day}"
    rows = file_of(as_staff(), "ageing", on=on, currency=currency)
    assert len(rows) == 5
    assert total(rows, "open") == year.balance(ledger.RECEIVABLE, currency, date.fromisoformat(on))


def test_ages_begin_on_the_due_day(books, as_staff):
    books.on(1, 1)
    for days in (0, 30, 31, 60, 61, 90, 91):
        books.invoice("10.00", due=120 - days)
    books.on(5, 1)
    rows = {row["age"]: row["invoices"] for row in file_of(as_staff(), "ageing")}
    assert rows == {"not_yet": "0", "0-30": "2", "31-60": "2", "61-90": "2", "90+": "1"}


def test_revenue_is_what_the_revenue_accounts_say_and_money_what_the_cash_accounts_say(year, as_staff):
    rows = file_of(as_staff(), "revenue", **{"from": "2026-01", "to": "2026-04"})
    by_month = {row["month"]: row for row in rows}
    assert list(by_month) == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert total(rows, "net") == -year.balance(ledger.REVENUE)
    assert total(rows, "kept") == year.balance("cash:")
    assert by_month["2026-02"]["received"] != "0.00"
    assert total(rows, "taken_back") > 0
    dollars = file_of(as_staff("d@staff.example"), "revenue", currency="USD")
    assert total(dollars, "net") == -year.balance(ledger.REVENUE, "USD")
    assert total(dollars, "received") == 30


def test_the_last_evening_of_a_month_is_in_the_month_of_the_shop(books, as_staff):
    books.on(1, 31, 23)  # one in the morning of the first of February in Tallinn
    books.invoice("100.00")
    rows = file_of(as_staff(), "revenue", **{"from": "2026-01", "to": "2026-02"})
    assert [row["invoiced"] == "0.00" for row in rows] == [True, False]


def test_all_products_together_are_the_revenue_of_the_ledger(year, as_staff):
    rows = file_of(as_staff(), "products", **{"from": "2026-01", "to": "2026-04"})
    assert total(rows, "net") == -year.balance(ledger.REVENUE)
    assert total(rows, "taken_back") > 0


def test_income_is_of_the_product_whose_price_was_billed_and_credit_notes_come_off(shop, staff, paid, books):
    name = "Web Pro"
    rows = {row["product"]: row for row in file_of(staff, "products")}
    assert (rows[name]["invoiced"], rows[name]["net"]) == ("7.00", "7.00")
    books.credit(1, "3.00")
    rows = {row["product"]: row for row in file_of(staff, "products")}
    assert (rows[name]["invoiced"], rows[name]["taken_back"], rows[name]["net"]) == ("7.00", "3.00", "4.00")


def test_tax_is_what_the_ledger_owes_the_state_by_country_month_and_both(year, as_staff):
    staff, months = as_staff(), {"from": "2026-01", "to": "2026-04"}
    owed = -year.balance(ledger.TAX_PAYABLE)
    for table in ("countries", "months", "details"):
        assert total(file_of(staff, "tax", table=table, **months), "tax") == owed
    german = file_of(staff, "tax", table="details", country="DE", **months)
    assert [(row["month"], row["rate"], row["base"], row["tax"]) for row in german] == [
        ("2026-01", "19", "50.00", "9.50")
    ]
    countries = {row["country"]: row["tax"] for row in file_of(staff, "tax", table="countries", **months)}
    assert countries["DE VAT DE 19 % S"] == "9.50"
    assert "Germany" in words_of(staff.get("/admin/reports/tax/?from=2026-01&to=2026-04"))


def test_added_funds_are_no_revenue_and_no_product(books, as_staff):
    books.on(1, 10)
    books.invoice("25.00", kind="funds", tax_class="none")
    staff = as_staff()
    assert total(file_of(staff, "revenue"), "invoiced") == 0
    assert file_of(staff, "products") == []


def test_who_left_is_counted_among_those_that_stood(shop, staff, paid):
    clock = shop.work.clock
    clock.move_to(datetime(2026, 4, 20, 9, tzinfo=UTC))
    with shop.work.write() as uow:
        lifecycle.request(uow, uow.session.scalars(select(Service)).one(), "terminate", "left")
    drain(shop)
    staff = log_in_again(shop, staff)
    for table in ("services", "clients"):
        rows = {row["month"]: row for row in file_of(staff, "churn", table=table)}
        assert [rows["2026-03"][name] for name in ("begin", "came", "lost", "rate")] == ["0", "1", "0", ""]
        assert [rows["2026-04"][name] for name in ("begin", "came", "lost", "rate")] == [
            "1",
            "0",
            "1",
            "1.0000",
        ]
    moved = {row["month"]: row for row in file_of(staff, "movement")}
    assert (moved["2026-03"]["new"], moved["2026-03"]["end"]) == ("7.00", "7.00")
    assert (moved["2026-04"]["lost"], moved["2026-04"]["end"]) == ("7.00", "0.00")
    assert "100.0%" in words_of(staff.get("/admin/reports/churn/"))


@pytest.fixture
def desk(shop, books):
    """Three tickets of March: answered after two hours, after a day by a note and four hours later, never."""
    client = Actor(
        "client", books.clients[0], books.clients[0], frozenset({"client.read", "client.support"}), "Ann"
    )
    agent = Actor("staff", None, None, STAFF, "Kadri")

    def ask(department="sales"):
        with shop.work.write(client) as uow:
            return tickets.open_ticket(
                uow, tickets.NewTicket(client.client_id, department, "Help", "Please")
            ).id

    def write(number, words, *, internal=False):
        with shop.work.write(agent) as uow:
            one = uow.session.get_one(Ticket, number)
            tickets.note(uow, one, words) if internal else tickets.reply(uow, one, words)

    books.on(3, 2)
    first, second = ask(), ask("billing")
    ask()
    books.on(3, 2, 11)
    write(first, "Here you are")
    write(first, "And more")
    books.on(3, 3, 9)
    write(second, "For us", internal=True)
    books.on(3, 3, 13)
    write(second, "Done")
    with shop.work.write(agent) as uow:
        tickets.close(uow, uow.session.get_one(Ticket, second))
    return first, second


def test_the_first_answer_is_the_first_that_the_client_can_read(desk, as_staff):
    staff = as_staff(role="support")
    [march] = file_of(staff, "support", **{"from": "2026-03", "to": "2026-03"})
    assert (march["tickets"], march["unanswered"], march["closed"]) == ("3", "1", "1")
    assert (march["answer_half"], march["answer_9_of_10"], march["close_half"]) == ("2.00", "28.00", "28.00")
    asked = {"from": "2026-03", "to": "2026-03", "table": "departments"}
    rooms = {row["department"]: row["tickets"] for row in file_of(staff, "support", **asked)}
    assert (rooms["sales"], rooms["billing"]) == ("2", "1")
    [counts] = file_of(staff, "support", **asked | {"table": "tickets"})
    assert (counts["month"], counts["sales"], counts["billing"]) == ("2026-03", "2", "1")
    [sales] = file_of(staff, "support", department="sales", **{"from": "2026-03", "to": "2026-03"})
    assert (sales["tickets"], sales["answer_9_of_10"], sales["closed"]) == ("2", "2.00", "0")


def test_a_merged_ticket_is_not_counted(shop, desk, as_staff):
    with shop.work.write() as uow:
        first, second = (uow.session.get_one(Ticket, number) for number in desk)
        moving.merge(uow, second, first.reference)
    [march] = file_of(as_staff(), "support", **{"from": "2026-03", "to": "2026-03"})
    assert march["tickets"] == "2"


def test_a_name_that_begins_like_a_formula_is_text_in_the_file(shop, staff, paid):
    with shop.work.write() as uow:
        uow.session.scalars(select(Product).where(Product.slug == "web-pro")).one().name = "=HYPERLINK(1)"
    assert [row["product"] for row in file_of(staff, "products")] == ["'=HYPERLINK(1)"]


def test_every_report_is_listed_light_and_asks_little(shop, staff, paid, desk, count_queries):
    staff = log_in_again(shop, staff)
    links = [one["href"] for one in staff.get("/admin/reports/").html.select("main .list a")]
    assert len(links) == 7
    for path in links:
        with count_queries(shop.engine) as seen:
            page = staff.get(f"{path}?from=2024-12&to=2026-05", status="*")
        assert page.status_int == 200
        assert len(page.body) < 40_000, path
        assert len(seen) <= 12, path
        assert "What the figures mean" in words_of(page)


def test_a_report_without_figures_says_so(staff):
    page = staff.get("/admin/reports/revenue/?from=2020-01&to=2020-02")
    assert "Nothing of this happened" in words_of(page)
    assert not page.html.select("table")
    assert "What the figures mean" in words_of(page)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("from=2026-13", "from"),
        ("from=soon", "from"),
        ("from=2026-03&to=2026-02", "to"),
        ("from=2020-01&to=2026-01", "from"),
        ("currency=XXX", "currency"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_field_and_stays_there(staff, paid, typed, field):
    page = staff.get(f"/admin/reports/revenue/?{typed}", status=422)
    assert page.html.select_one(f"#{field}")["aria-invalid"] == "true"
    assert page.html.select_one(".summary-error a")["href"] == f"#{field}"
    if field != "currency":
        assert (
            page.html.select_one(f"#{field}")["value"]
            == dict(part.split("=") for part in typed.split("&"))[field]
        )


def test_months_are_german_for_a_german(staff, paid):
    staff.set_cookie("ez_lang", "de")
    assert "Mär" in words_of(staff.get("/admin/reports/revenue/"))


def test_support_is_not_shown_reports_about_money(as_staff):
    support = as_staff(role="support")
    assert "Revenue" not in words_of(support.get("/admin/reports/"))
    support.get("/admin/reports/revenue/", status=403)
    assert "Revenue" in words_of(as_staff("b@staff.example", role="billing").get("/admin/reports/"))
