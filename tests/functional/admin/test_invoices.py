"""Money that staff saw at the bank, and invoices that are no longer owed."""

from __future__ import annotations

import pytest

from ezcore.worker import drain
from tests.functional.admin.conftest import form_to, token_of, words_of

BILL = "/admin/invoices/2026-00001/"


def record(browser, status=303, **fields):
    form = form_to(browser.get(BILL), "/receive/")
    for name, value in ({"bank_reference": "EE2603020001"} | fields).items():
        form[name] = value
    return form.submit(status=status)


def test_a_recorded_payment_pays_the_invoice_and_starts_the_service(shop, staff, ordered, office):
    page = record(staff).follow(status=200)
    assert "Paid" in words_of(page)
    drain(shop)
    assert office.invoice().status == "paid"
    assert "Active" in words_of(staff.get("/admin/services/1/"))
    (entry,) = office.trail("transaction.succeed")
    assert entry.actor_name == "Kadri"


def test_half_of_it_leaves_the_other_half_open(staff, ordered, office):
    record(staff, amount="3.00")
    assert office.invoice().status == "unpaid"
    assert form_to(staff.get(BILL), "/receive/")["amount"].value == "4.00"


def test_one_line_of_the_bank_statement_is_entered_once(staff, ordered, office):
    record(staff, amount="3.00")
    page = record(staff, amount="3.00", status=422)
    assert page.html.select_one("#bank_reference")["aria-invalid"] == "true"
    assert page.html.select_one("#amount")["value"] == "3.00"
    assert office.invoice().paid_minor == 300


@pytest.mark.parametrize(
    "amount", ["", "0", "0.00", "-7.00", "7.001", "seven", "1e3", "7,00", "NaN", "9" * 21, "\uff17"]
)
def test_an_amount_that_is_none_is_refused_at_its_field(staff, ordered, office, amount):
    page = record(staff, amount=amount, status=422)
    assert page.html.select_one("#amount")["aria-invalid"] == "true"
    assert page.html.select_one(".summary-error a")["href"] == "#amount"
    assert office.invoice().paid_minor == 0
    assert page.html.select_one("#bank_reference")["value"] == "EE2603020001"


@pytest.mark.parametrize("reference", ["", "  ", "x", "y" * 81])
def test_a_payment_without_the_banks_reference_is_refused(staff, ordered, office, reference):
    page = record(staff, bank_reference=reference, status=422)
    assert page.html.select_one("#bank_reference")["aria-invalid"] == "true"
    assert office.invoice().paid_minor == 0


def test_money_comes_in_only_where_we_have_an_account(staff, ordered, office):
    values = {
        "csrf_token": token_of(staff), "amount": "7.00", "bank_reference": "EE1", "received_by": "stripe",
    }  # fmt: skip
    staff.post(f"{BILL}receive/", values, status=422)
    assert office.invoice().paid_minor == 0


def test_a_paid_invoice_takes_no_second_payment(staff, paid, office):
    assert not [form for form in staff.get(BILL).forms.values() if form.action.endswith("/receive/")]
    token = token_of(staff)
    values = {"csrf_token": token, "amount": "7.00", "bank_reference": "EE9", "received_by": "banktransfer"}
    staff.post(f"{BILL}receive/", values, status=409)
    assert len(office.trail("transaction.succeed")) == 1


def test_a_cancelled_invoice_is_no_longer_owed_and_says_why(staff, ordered, office):
    form = form_to(staff.get(BILL), "/cancel/")
    form["reason"] = "ordered twice"
    form.submit(status=303).follow(status=200)
    assert office.invoice().status == "cancelled"
    (entry,) = office.trail("invoice.cancel")
    assert (entry.actor_name, entry.reason) == ("Kadri", "ordered twice")


def test_cancelling_wants_a_reason_and_keeps_the_other_form_filled_in(staff, ordered, office):
    page = form_to(staff.get(BILL), "/cancel/").submit(status=422)
    assert page.html.select_one("#reason")["aria-invalid"] == "true"
    assert page.html.select_one("#amount")["value"] == "7.00"
    assert office.invoice().status == "unpaid"


def test_an_invoice_with_money_on_it_cannot_be_cancelled(staff, ordered, office):
    record(staff, amount="3.00")
    token = token_of(staff)
    staff.post(f"{BILL}cancel/", {"csrf_token": token, "reason": "mistake"}, status=409)
    assert office.invoice().status == "unpaid"


def test_support_reads_invoices_and_takes_no_money(as_staff, ordered, office):
    helper = as_staff(email="helper@staff.example", role="support")
    token = token_of(helper)
    values = {"csrf_token": token, "amount": "7.00", "bank_reference": "EE1", "received_by": "banktransfer"}
    helper.post(f"{BILL}receive/", values, status=403)
    helper.post(f"{BILL}cancel/", values | {"reason": "because"}, status=403)
    assert office.invoice().status == "unpaid"


def test_the_transaction_is_in_the_list_with_its_invoice(staff, paid):
    row = staff.get("/admin/transactions/").html.select_one("tbody tr")
    assert "2026-00001" in row.get_text()
    assert "EE2603020001" in row.get_text()
