"""Staff give money back, see disputes and payouts, and enter what the bank's file says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from webtest import Upload

from ezcore.billing.credit_notes.models import CreditNote
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.refunds.models import Refund
from ezcore.billing.statements.models import BankLine
from ezcore.billing.transactions.inbox import apply_fact
from ezcore.billing.transactions.models import Transaction
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.webhook_source import DisputeFact, PayoutFact
from tests.functional.admin.conftest import form_to, words_of

PAYMENT = "/admin/transactions/1/"
FILE = """Booking date;Payer;Amount;Currency;Details;Transaction ID
02.03.2026;Ann Tamm;7,00;EUR;Invoice 2026-00001;B1
02.03.2026;Somebody;5,00;EUR;for the cake;B2
03.03.2026;Landlord;-900,00;EUR;rent;B3
"""


def give_back(browser, status=303, do="", **fields):
    form = form_to(browser.get(PAYMENT), "/refund/")
    for name, value in ({"reason": "was broken"} | fields).items():
        form[name] = value
    return form.submit(do or None, value="1" if do else None, status=status)


def rows(shop, table):
    with shop.work.read() as uow:
        return list(uow.session.scalars(select(table).order_by(table.id)))


def told(shop, fact):
    with shop.work.write() as uow:
        assert apply_fact(uow, "banktransfer", fact) is None


def test_half_goes_back_to_credit_with_a_credit_note(shop, staff, paid, office):
    page = give_back(staff, amount="3.50", to="credit").follow(status=200)
    assert "3.50" in words_of(page)
    assert [note.total_minor for note in rows(shop, CreditNote)] == [350]
    assert [(one.to, one.status) for one in rows(shop, Refund)] == [("credit", "succeeded")]
    assert len(office.trail("refund.request")) == 1


def test_the_preview_says_what_would_happen_and_changes_nothing(shop, staff, paid):
    page = give_back(staff, status=200, do="preview", amount="3.50", to="credit")
    assert "Credit note on invoice 2026-00001" in words_of(page)
    assert rows(shop, Refund) == []
    assert page.html.select_one("#amount")["value"] == "3.50"


def test_B101_the_same_form_sent_twice_is_one_refund(shop, staff, paid):
    form = form_to(staff.get(PAYMENT), "/refund/")
    form["amount"], form["reason"], form["to"] = "1.00", "was broken", "credit"
    form.submit(status=303)
    form.submit(status=303)
    assert len(rows(shop, Refund)) == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "-1"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "7.01"}, "amount"),
        ({"amount": "1.001"}, "amount"),
        ({"amount": "seven"}, "amount"),
        ({"amount": "1.00", "reason": ""}, "reason"),
        ({"amount": "1.00", "to": "manual"}, "external_id"),
    ],
)
def test_B101_a_bad_wish_is_refused_at_its_field(shop, staff, paid, typed, field):
    page = give_back(staff, status=422, **({"to": "credit"} | typed))
    assert page.html.select_one(f"#{field}")["aria-invalid"] == "true"
    assert page.html.select_one(".summary-error a")["href"] == f"#{field}"
    assert page.html.select_one("#amount")["value"] == typed["amount"]
    assert rows(shop, Refund) == []


def test_more_than_is_left_after_a_refund_is_refused(shop, staff, paid):
    give_back(staff, amount="5.00", to="manual", external_id="EE-9")
    page = give_back(staff, status=422, amount="5.00", to="manual", external_id="EE-10")
    assert "between 0.01 EUR and 2.00 EUR" in words_of(page).lower().replace("eur", "EUR")
    assert [one.amount_minor for one in rows(shop, Refund)] == [500]


def test_a_dispute_has_a_page_that_says_until_when_and_what_is_owed(shop, staff, paid):
    payment = rows(shop, Transaction)[0].external_id
    fact = DisputeFact(
        payment_id=payment,
        dispute_id="du_1",
        status="needs_response",
        amount=Money(700, "EUR"),
        withdrawn=Money(700, "EUR"),
        fee=Money(1500, "EUR"),
        reason="fraudulent",
        answer_by=datetime(2026, 3, 20, 12, tzinfo=UTC),
    )
    told(shop, fact)
    listed = staff.get("/admin/disputes/", status=200)
    page = listed.click("Ann", href="/admin/disputes/1/")
    words = words_of(page)
    assert "Evidence is due by" in words
    assert "Invoice 2026-00001" in words
    assert "fraudulent" in words
    assert rows(shop, Invoice)[0].status == "unpaid"
    assert "Held by a bank" in words_of(staff.get(PAYMENT))


def test_payouts_are_listed(shop, staff):
    told(shop, PayoutFact(payout_id="po_1", amount=Money(12345, "EUR"), status="paid"))
    assert "po_1" in words_of(staff.get("/admin/payouts/", status=200))


def upload(browser, text, status=200):
    form = form_to(browser.get("/admin/statements/"), "/read/")
    form["file"] = Upload("march.csv", text if isinstance(text, bytes) else text.encode())
    return form.submit(status=status)


def test_a_statement_is_read_matched_and_confirmed_by_a_person(shop, staff, ordered):
    columns = upload(staff, FILE)
    assert "Nothing is imported yet" in words_of(columns)
    assert rows(shop, BankLine) == []
    page = form_to(columns, "/import/").submit(status=303).follow(status=200)
    assert "Pays it in full" in words_of(page)
    assert [line.match for line in rows(shop, BankLine)] == ["exact", "unknown", "outgoing"]
    assert rows(shop, Invoice)[0].status == "unpaid"
    form_to(page, "/lines/1/record/").submit(status=303)
    assert rows(shop, Invoice)[0].status == "paid"
    assert [line.state for line in rows(shop, BankLine)] == ["recorded", "open", "ignored"]


def test_the_same_file_again_brings_nothing_new(shop, staff, ordered):
    for _ in range(2):
        page = form_to(upload(staff, FILE), "/import/").submit(status=303).follow(status=200)
    assert "3 were imported before" in page.text
    assert len(rows(shop, BankLine)) == 3


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (FILE.replace("5,00", "five"), "line 3"),
        (FILE.replace("03.03.2026", "soon"), "line 4"),
        (FILE.replace("5,00;EUR", "5,00;XXQ"), "line 3"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_imported(shop, staff, broken, words):
    page = form_to(upload(staff, broken), "/import/").submit(status=422)
    assert words in words_of(page).lower()
    assert rows(shop, BankLine) == []
    assert "content" in form_to(page, "/import/").fields


@pytest.mark.parametrize("body", [b"", b"\x00\x01\x02;\x00", b"hello", b"a;b\n"])
def test_what_is_no_statement_is_refused(shop, staff, body):
    page = upload(staff, body, status=422)
    assert page.html.select_one("#file")["aria-invalid"] == "true"


def test_a_column_that_was_not_guessed_is_asked_for(shop, staff, ordered):
    columns = upload(staff, FILE.replace("Amount", "Wie viel"))
    form = form_to(columns, "/import/")
    assert form["amount"].value == ""
    again = form_to(form.submit(status=422), "/import/")
    again["amount"] = "2"
    again.submit(status=303)
    assert rows(shop, BankLine)[0].match == "exact"


def test_a_line_can_be_given_to_another_invoice_or_to_none(shop, staff, ordered):
    page = form_to(upload(staff, FILE), "/import/").submit(status=303).follow()
    other = form_to(page, "/lines/2/record/")
    other["number"] = "2026-09999"
    refused = other.submit(status=422)
    assert "no invoice of this number" in words_of(refused)
    other["number"] = "2026-00001"
    other.submit(status=303)
    assert rows(shop, Invoice)[0].paid_minor == 500
    form_to(page, "/lines/1/ignore/").submit(status=303)
    assert form_to(page, "/lines/1/ignore/").submit(expect_errors=True).status_int == 409
