"""Downloads of documents: one's own, exactly as stored, whatever else the address asks for; nobody else's."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.documents.models import StoredDocument
from ezcore.billing.invoices.models import Invoice
from ezcore.kernel.actor import Actor
from ezcore.kernel.money import Money
from ezcore.worker import drain
from tests.fixtures_shop import csrf_of, order

BILL = "/billing/invoices/2026-00001/"
NOTE = "/billing/credit-notes/CN-2026-00001/"
FORMATS = ("pdf", "xml", "ubl")
STAFF = Actor("staff", 1, None, frozenset({"billing.manage"}), "Kadri")


@pytest.fixture
def seller(shop):
    """The shop with a country, so that there are e-invoices."""
    shop.work.settings = replace(
        shop.work.settings, tax=shop.work.settings.tax.model_copy(update={"seller_country": "EE"})
    )
    return shop


@pytest.fixture
def ann(seller, as_client):
    """A client with an invoice and a credit note on a part of it."""
    browser = as_client()
    order(browser)
    with seller.work.write(STAFF) as uow:
        invoice = uow.session.scalars(select(Invoice)).one()
        credit_notes.issue(uow, invoice, "A gift", Money(100, "EUR"))
    return browser


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("document", [BILL, NOTE])
def test_a_client_gets_the_stored_file(seller, ann, document, form):
    before = ann.get(f"{document}{form}/", status=200)
    drain(seller)
    stored = ann.get(f"{document}{form}/", status=200)
    assert stored.body == before.body
    kind = "credit-note-CN-2026-00001" if document == NOTE else "invoice-2026-00001"
    suffix = {"pdf": "pdf", "xml": "xml", "ubl": "ubl.xml"}[form]
    assert stored.headers["Content-Disposition"] == f'attachment; filename="{kind}.{suffix}"'
    assert stored.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in stored.headers["Cache-Control"]
    with seller.work.read() as uow:
        hashes = set(uow.session.scalars(select(StoredDocument.sha256)))
    assert hashlib.sha256(stored.body).hexdigest() in hashes


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("document", [BILL, NOTE])
def test_another_client_is_told_what_a_stranger_of_no_document_is_told(ann, as_client, document, form):
    bob = as_client("bob@client.example", "Bob")
    theirs = bob.get(f"{document}{form}/", status=404)
    nobodys = bob.get(f"{document.replace('00001', '09999')}{form}/", status=404)
    assert theirs.body == nobodys.body
    assert "Ann" not in theirs.text


@pytest.mark.parametrize("form", FORMATS)
def test_a_visitor_is_sent_to_the_login(ann, new_browser, form):
    assert "/login" in new_browser().get(f"{BILL}{form}/", status=303).location


@pytest.mark.parametrize(
    "query", ["lang=../../x", "template=x", "lang=de&theme=..%2f", "format=html", "number=2026-00002", "invoiceid=2"]
)  # fmt: skip
def test_b060_the_address_chooses_neither_language_nor_template(ann, query):
    """`lang` is the choice of a visitor's pages: it is kept in a cookie, and the profile goes before it."""
    assert ann.get(f"{BILL}pdf/?{query}").maybe_follow().body == ann.get(f"{BILL}pdf/").body


@pytest.mark.parametrize(
    "number", ["..%2f..%2fetc%2fpasswd", "%00", "2026-00001%2f..", "x" * 3000, "2026-00001'--"]
)
def test_a_number_that_is_none_is_not_found(ann, number):
    assert ann.get(f"/billing/invoices/{number}/pdf/", expect_errors=True).status_int in (400, 404)


def test_reading_writes_nothing(seller, ann, count_queries):
    with count_queries(seller.engine) as seen:
        ann.get(f"{BILL}pdf/")
    assert not [
        one for one in seen if one.split()[0] in ("INSERT", "UPDATE", "DELETE") and "login_session" not in one
    ]
    assert len(seen) <= 12


def test_head_is_get_without_the_file(ann):
    whole, head = ann.get(f"{BILL}pdf/"), ann.head(f"{BILL}pdf/")
    assert head.body == b""
    assert head.content_length == len(whole.body)


def test_the_page_links_to_its_files_and_has_no_e_invoice_where_there_is_none(seller, ann):
    page = ann.get(BILL, status=200)
    for form in FORMATS:
        assert page.html.find("a", href=lambda href, form=form: href and href.endswith(f"{BILL}{form}/"))
    seller.work.settings = replace(
        seller.work.settings, tax=seller.work.settings.tax.model_copy(update={"seller_country": ""})
    )
    order(ann)
    second = BILL.replace("00001", "00002")
    page = ann.get(second, status=200)
    assert "Factur-X" not in page.text
    refused = ann.get(f"{second}xml/", status=409)
    assert "countries" in refused.text
    pdf = ann.get(f"{second}pdf/", status=200)
    assert list(PdfReader(io.BytesIO(pdf.body)).attachments) == []


def test_staff_get_the_same_files_and_may_have_them_made_anew(seller, ann, as_staff):
    staff = as_staff()
    for form in FORMATS:
        assert staff.get(f"/admin/invoices/2026-00001/{form}/").body == ann.get(f"{BILL}{form}/").body
        assert staff.get(f"/admin/credit-notes/CN-2026-00001/{form}/").body == ann.get(f"{NOTE}{form}/").body
    page = staff.get("/admin/invoices/2026-00001/", status=200)
    form = next(one for one in page.forms.values() if one.action.endswith("/files/"))
    assert "being made anew" in form.submit(status=303).follow(status=200).text
    drain(seller)
    with seller.work.read() as uow:
        assert len(uow.session.scalars(select(StoredDocument)).all()) == 6


def test_a_client_reaches_no_file_of_the_admin_area(ann):
    for form in FORMATS:
        assert ann.get(f"/admin/invoices/2026-00001/{form}/", expect_errors=True).status_int in (403, 404)
    token = csrf_of(ann)
    posted = ann.post("/admin/invoices/2026-00001/files/", {"csrf_token": token}, expect_errors=True)
    assert posted.status_int in (403, 404)
