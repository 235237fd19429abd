"""Staff write invoices and quotes, note what to bill, take back and give up; bad input stands at its field."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from ezcore.audit.models import AuditRow
from ezcore.billing.billable.models import BillableItem
from ezcore.billing.credit import operations as credit
from ezcore.billing.credit_notes.models import CreditNote
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.quotes.models import Quote
from ezcore.kernel.money import Money
from tests.functional.admin.conftest import form_to, token_of, words_of

BILL = "/admin/invoices/2026-00001/"
LINE = {
    "line-0-description": "Consulting",
    "line-0-quantity": "3",
    "line-0-unit": "80.50",
    "line-0-tax_class": "standard",
}
HEAD = {"client": "ann@client.example", "currency": "EUR", "kind": "invoice", "due_on": "2027-12-01"}


def all_of(shop, model):
    with shop.work.read() as uow:
        return uow.session.scalars(select(model).order_by(model.id)).all()


def write(browser, status=303, path="/admin/drafts/new/", **changes):
    fields = {"csrf_token": token_of(browser), "step": "save"} | HEAD | LINE
    fields |= {name.replace("__", "-"): value for name, value in changes.items()}
    return browser.post(path, fields, status=status)


@pytest.fixture
def ann(as_client):
    return as_client()


def test_a_draft_is_written_changed_and_issued(shop, staff, ann):
    """3 x 80.50 = 241.50; then 2 x 80.50 = 161.00."""
    page = write(staff).follow(status=200)
    assert "€241.50" in words_of(page)
    page = write(staff, path="/admin/drafts/1/", line__0__quantity="2").follow(status=200)
    assert "€161.00" in words_of(page)
    assert ann.get("/billing/?show=all").text.count("161.00") == 0
    page = form_to(page, "/issue/").submit(status=303).follow(status=200)
    assert "Invoice 2026-00001" in words_of(page)
    assert "€161.00" in ann.get("/billing/?show=all").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("line-0-unit", "80.505"), ("line-0-unit", "NaN"), ("line-0-unit", "1e3"), ("line-0-unit", ""),
        ("line-0-unit", "9" * 19), ("line-0-quantity", "0"), ("line-0-quantity", "-1"), ("line-0-quantity", "1.5"),
        ("line-0-quantity", "1000000000"), ("line-0-description", ""), ("line-0-tax_class", "made-up"),
        ("client", "nobody@client.example"), ("client", "999999"), ("currency", "XXX"), ("due_on", "2027-13-01"),
        ("kind", "proforma"),
    ],
)  # fmt: skip
def test_bad_input_of_a_draft_is_refused_at_its_field_and_nothing_typed_is_lost(
    shop, staff, ann, field, value
):
    page = write(staff, status=422, **{field.replace("-", "__"): value})
    found = page.html.find(id=field)
    assert page.html.select_one(f'.summary-error a[href="#{field}"]')
    assert found["aria-invalid"] == "true" if field != "kind" else True
    if field != "line-0-description":
        assert page.html.find(id="line-0-description")["value"] == "Consulting"
    assert all_of(shop, Invoice) == []


def test_yen_have_no_decimals_and_a_total_below_zero_is_no_invoice(shop, staff, ann):
    write(staff, status=422, currency="JPY")
    page = write(staff, status=422, line__0__unit="-1.00")
    assert "negative" in words_of(page)
    assert all_of(shop, Invoice) == []


def test_more_lines_keep_what_was_typed(shop, staff, ann):
    page = write(staff, status=200, step="more")
    assert page.html.find(id="line-0-unit")["value"] == "80.50"
    assert page.html.find(id="line-2-unit") is not None
    assert all_of(shop, Invoice) == []


def test_a_draft_is_thrown_away_and_a_copy_is_a_draft(shop, staff, ordered):
    page = form_to(staff.get(BILL), "/duplicate/").submit(status=303).follow(status=200)
    assert len(all_of(shop, Invoice)) == 2
    form_to(page, "/discard/").submit(status=303)
    assert len(all_of(shop, Invoice)) == 1


def test_a_credit_note_is_previewed_before_it_is_issued(shop, staff, ordered):
    """7.00 owed, 2.00 taken back: 5.00 stay open."""
    form = form_to(staff.get(f"{BILL}credit-note/"), "/credit-note/")
    form["reason"], form["amount"] = "one day without service", "2.00"
    page = form.submit("step", value="preview", status=200)
    assert "€2.00" in page.html.find(id="preview").get_text()
    assert all_of(shop, CreditNote) == []
    page = form_to(page, "/credit-note/").submit("step", value="issue", status=303).follow(status=200)
    assert "CN-2026-00001" in words_of(page)
    assert all_of(shop, Invoice)[0].balance_due == Money(500, "EUR")
    assert "CN-2026-00001" in words_of(staff.get("/admin/credit-notes/"))


@pytest.mark.parametrize("amount", ["0", "-1", "7.01", "1.001", "x", "9" * 30])
def test_a_credit_note_of_an_amount_that_is_none_is_refused(shop, staff, ordered, amount):
    values = {"csrf_token": token_of(staff), "reason": "because", "amount": amount, "step": "issue"}
    page = staff.post(f"{BILL}credit-note/", values, status=422)
    assert page.html.find(id="amount")["aria-invalid"] == "true"
    assert all_of(shop, CreditNote) == []


def test_a_line_is_credited_and_no_more_of_it_than_there_is(shop, staff, ordered):
    values = {"csrf_token": token_of(staff), "reason": "because", "step": "issue", "line-1": "7.01"}
    page = staff.post(f"{BILL}credit-note/", values, status=422)
    assert page.html.find(id="line-1")["aria-invalid"] == "true"
    staff.post(f"{BILL}credit-note/", values | {"amount": "1"}, status=422)
    staff.post(f"{BILL}credit-note/", values | {"line-1": "7.00"}, status=303)
    assert all_of(shop, Invoice)[0].status == "cancelled"
    staff.post(f"{BILL}credit-note/", values | {"line-1": "1.00"}, status=409)


def test_what_nobody_pays_is_written_off_with_a_reason(shop, staff, ordered):
    page = staff.get(f"{BILL}write-off/")
    form = form_to(page, "/write-off/")
    assert form.submit(status=422).html.find(id="reason")["aria-invalid"] == "true"
    form["reason"] = "bankrupt"
    assert "Written off" in words_of(form.submit(status=303).follow(status=200))


def test_credit_is_given_with_a_reason_and_pays_an_invoice(shop, staff, ordered):
    form = form_to(staff.get("/admin/clients/1/credit/"), "/credit/")
    form["amount"], form["reason"] = "10.00", "sorry for the outage"
    page = form.submit(status=303).follow(status=200)
    assert "sorry for the outage" in words_of(page)
    form_to(staff.get(BILL), "/apply-credit/").submit(status=303)
    assert all_of(shop, Invoice)[0].status == "paid"
    form["amount"] = "-3.01"
    assert form.submit(status=422).html.find(id="amount")["aria-invalid"] == "true"
    with shop.work.read() as uow:
        assert credit.balance(uow, 1, "EUR") == Money(300, "EUR")


def test_the_pay_link_on_the_page_pays_this_invoice(shop, staff, ordered, browser):
    link = staff.get(BILL).html.find(id="pay_link")["value"]
    assert "€7.00" in browser.get(link[link.index("/pay/") :], status=200).text


def test_a_quote_goes_out_and_is_accepted_by_phone(shop, staff, ann):
    fields = {"title": "New site", "valid_until": "2027-12-01", "kind": "", "due_on": ""}
    page = write(staff, path="/admin/quotes/new/", **fields).follow(status=200)
    page = form_to(page, "/send/").submit(status=303).follow(status=200)
    assert "Q-2026-00001" in words_of(page)
    form = form_to(page, "/accept/")
    form["name"] = "Ann, by phone"
    page = form.submit(status=303).follow(status=200)
    assert "€241.50" in words_of(page)
    assert all_of(shop, Quote)[0].status == "accepted"


@pytest.mark.parametrize(
    ("field", "value"), [("title", ""), ("valid_until", "2020-01-01"), ("line-0-unit", "x")]
)
def test_bad_input_of_a_quote_is_refused_at_its_field(shop, staff, ann, field, value):
    fields = {"title": "New site", "valid_until": "2027-12-01", field.replace("-", "__"): value}
    page = write(staff, status=422, path="/admin/quotes/new/", **fields)
    assert page.html.find(id=field)["aria-invalid"] == "true"
    assert all_of(shop, Quote) == []


def test_an_item_is_noted_and_stopped_or_invoiced_at_once(shop, staff, ann):
    form = form_to(staff.get("/admin/billable/"), "/billable/")
    form["client"], form["description"], form["unit"], form["when"] = "1", "Hour", "80", "next"
    page = form.submit(status=303).follow(status=200)
    form_to(page, "/1/stop/").submit(status=303)
    assert all_of(shop, BillableItem)[0].state == "cancelled"
    form["when"] = "now"
    form.submit(status=303)
    assert [found.total for found in all_of(shop, Invoice)] == [Money(8000, "EUR")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("unit", "0"),
        ("unit", "-1"),
        ("unit", "1.001"),
        ("quantity", "0"),
        ("client", "x"),
        ("times", "0"),
        ("on", "2020-01-01"),
    ],
)
def test_bad_input_of_an_item_is_refused_at_its_field(shop, staff, ann, field, value):
    form = form_to(staff.get("/admin/billable/"), "/billable/")
    form["client"], form["description"], form["unit"], form["when"] = "1", "Hour", "80", "on"
    form["on"] = "2027-12-01"
    form[field] = value
    page = form.submit(status=422)
    assert page.html.find(id=field)["aria-invalid"] == "true"
    assert all_of(shop, BillableItem) == []


def test_the_ledger_is_narrowed_and_saved_as_a_file(shop, staff, paid):
    page = staff.get("/admin/ledger/?account=revenue")
    assert len(page.html.select("section[aria-labelledby=journals] tbody tr")) == 1
    file = staff.get("/admin/ledger/ledger.csv?kind=payment&from=2020-01-01&to=nonsense")
    assert file.text.count("\r\n") == 3
    assert "receivable" in file.text


def test_support_reads_and_changes_nothing(as_staff, shop, ordered):
    helper = as_staff(email="helper@staff.example", role="support")
    token = {"csrf_token": token_of(helper), "reason": "because", "amount": "1"}
    for path in ("write-off/", "credit-note/", "apply-credit/", "duplicate/"):
        helper.post(f"{BILL}{path}", token, status=403)
    helper.post("/admin/clients/1/credit/", token, status=403)
    helper.post("/admin/billable/", token, status=403)
    helper.get("/admin/drafts/", status=403)
    assert all_of(shop, Invoice)[0].balance_due == Money(700, "EUR")
    with shop.work.read() as uow:
        assert uow.session.scalar(select(func.count()).where(AuditRow.verb == "credit.adjust")) == 0
