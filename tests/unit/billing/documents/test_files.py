"""Files are made once by a job after the issue, stored with their hash, mailed, and found again when they are lost."""

from __future__ import annotations

import email
import email.policy
import logging
import socket
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.documents import jobs as documents
from ezcore.billing.documents import operations, queries
from ezcore.billing.documents.models import FileFormat, StoredDocument
from ezcore.billing.documents.queries import CREDIT_NOTE, INVOICE
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.events import InvoiceIssued
from ezcore.billing.invoices.models import Invoice, InvoiceKind
from ezcore.billing.invoices.rules import LineDraft
from ezcore.jobs.engine import Engine
from ezcore.jobs.models import Job, JobState
from ezcore.jobs.outbox.operations import relay
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import NotAllowed, Refused
from ezcore.kernel.money import Money
from ezcore.messaging.jobs import LOOK_EVERY, PATIENCE, SEND
from ezcore.messaging.models import Mail, MailState
from ezcore.settings import Mail as MailSettings
from ezcore.work.stored_files import FolderStore
from tests.unit.billing.documents.reading import attached, cii_sums, find, words

TEN = Money(1000, "EUR")
STAFF = Actor("staff", 1, None, frozenset({"billing.manage"}), "Kadri")


@pytest.fixture
def seller(each_trade):
    """The shop with a country, so that there are e-invoices; on both databases."""
    work = each_trade.work
    work.settings = replace(work.settings, tax=work.settings.tax.model_copy(update={"seller_country": "EE"}))
    return each_trade


def issue(trade, *drafts, kind=InvoiceKind.INVOICE, name="Ann"):
    client = trade.newcomer(name).client_id
    with trade.work.write() as uow:
        lines = drafts or [LineDraft("Web hosting", TEN)]
        return invoices.issue(uow, client, "EUR", lines, due_on=uow.today(), kind=kind).id


def rows(trade):
    with trade.work.read() as uow:
        return uow.session.scalars(select(StoredDocument).order_by(StoredDocument.id)).all()


def got(trade, subject, subject_id, form=FileFormat.PDF):
    with trade.work.read() as uow:
        return operations.hand_out(uow, queries.found_of(uow, subject, subject_id), form)


def file_of(trade, row):
    return trade.work.settings.state_dir / "files" / row.file


def test_after_the_issue_a_job_makes_each_file_once(seller):
    invoice = issue(seller)
    seller.settle()
    found = rows(seller)
    assert [row.format for row in found] == ["pdf", "cii", "ubl"]
    for row in found:
        content = file_of(seller, row).read_bytes()
        assert (row.sha256, row.size) == (sha256(content).hexdigest(), len(content))
        assert got(seller, INVOICE, invoice, FileFormat(row.format)).content == content
    event = InvoiceIssued(invoice, 1, "2027-00001", TEN, seller.today())
    documents.after_issue(seller.work, event, 1)
    seller.settle()
    assert [row.id for row in rows(seller)] == [row.id for row in found]


def test_the_file_shows_the_stored_copy_not_the_client_of_today(seller):
    invoice = issue(seller)
    with seller.work.write() as uow:
        client = uow.session.get_one(Invoice, invoice).client_id
        uow.session.get_one(Client, client).name = "Somebody Else"
    seller.settle()
    shown = words(got(seller, INVOICE, invoice).content)
    assert "Ann" in shown
    assert "Somebody Else" not in shown


def test_a_file_made_after_the_payment_is_the_one_made_before(seller):
    invoice = issue(seller)
    before = got(seller, INVOICE, invoice).content
    seller.pay(invoice)
    seller.settle()
    assert got(seller, INVOICE, invoice).content == before
    with seller.work.read() as uow:
        document = queries.document_of(uow, invoice)
    assert (document.paid, document.due) == (TEN, Money(0, "EUR"))


@pytest.mark.parametrize("harm", ["deleted", "changed"])
def test_a_lost_file_is_made_again_and_that_is_noted(seller, caplog, harm):
    invoice = issue(seller)
    seller.settle()
    row = rows(seller)[0]
    path = file_of(seller, row)
    before = path.read_bytes()
    if harm == "deleted":
        path.unlink()
    else:
        path.write_bytes(before[:100] + bytes([before[100] ^ 1]) + before[101:])
    with caplog.at_level(logging.ERROR):
        assert got(seller, INVOICE, invoice).content == before
    assert "made again" in caplog.text
    assert path.read_bytes() == before, "it is back in its place"


def test_before_the_job_ran_the_file_is_made_on_the_spot_and_nothing_is_stored(seller):
    invoice = issue(seller)
    made = got(seller, INVOICE, invoice)
    assert (made.name, made.content_type) == ("invoice-2027-00001.pdf", "application/pdf")
    assert rows(seller) == []
    seller.settle()
    assert got(seller, INVOICE, invoice).content == made.content


def test_a_full_disk_leaves_no_row_and_the_job_comes_back(seller, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    invoice = issue(seller)
    with monkeypatch.context() as patched:
        patched.setattr(FolderStore, "put", full)
        seller.settle()
        assert rows(seller) == []
        assert got(seller, INVOICE, invoice).content.startswith(b"%PDF")
    seller.later(1)
    seller.settle()
    assert len(rows(seller)) == 3


def test_a_credit_note_has_files_of_its_own_that_name_the_invoice(seller):
    invoice = issue(seller)
    with seller.work.write(STAFF) as uow:
        note = credit_notes.issue(
            uow, uow.session.get_one(Invoice, invoice), "Paid twice", Money(400, "EUR")
        ).id
    seller.settle()
    assert {row.kind for row in rows(seller)} == {"invoice", "credit_note"}
    pdf = got(seller, CREDIT_NOTE, note).content
    xml = attached(pdf)["factur-x.xml"]
    assert "Credited to you €4.00" in words(pdf)
    assert "Reason: Paid twice" in words(pdf)
    assert find(xml, "ram:InvoiceReferencedDocument/ram:IssuerAssignedID") == ["2027-00001"]
    assert cii_sums(xml)["total"] == 4


def test_a_proforma_has_a_pdf_and_no_e_invoice(seller):
    invoice = issue(seller, kind=InvoiceKind.PROFORMA)
    seller.settle()
    assert [(row.kind, row.format) for row in rows(seller)] == [("proforma", "pdf")]
    with seller.work.read() as uow, pytest.raises(Refused, match="proforma"):
        operations.hand_out(uow, queries.found_of(uow, INVOICE, invoice), FileFormat.CII)


def test_the_invoice_of_a_proforma_has_files_of_its_own_and_says_what_was_paid_before(seller):
    invoice = issue(seller, kind=InvoiceKind.PROFORMA)
    seller.settle()
    seller.pay(invoice)
    seller.settle()
    assert [(row.kind, row.format) for row in rows(seller)] == [
        ("proforma", "pdf"), ("invoice", "pdf"), ("invoice", "cii"), ("invoice", "ubl"),
    ]  # fmt: skip
    shown = words(got(seller, INVOICE, invoice).content)
    assert "Invoice 2027-00001" in shown
    assert "Paid -€10.00 Amount due €0.00" in shown
    assert cii_sums(got(seller, INVOICE, invoice, FileFormat.CII).content)["due"] == 0


def test_a_restored_database_never_finds_a_strangers_file(seller):
    issue(seller)
    seller.settle()
    key = rows(seller)[0].file
    with seller.work.read() as uow:
        found = queries.found_of(uow, INVOICE, 1)
    assert operations.stored_as(found, FileFormat.PDF) == key
    assert operations.stored_as(replace(found, content_hash="0" * 64), FileFormat.PDF) != key


def test_staff_have_the_files_made_anew_and_it_is_in_the_audit_log(seller):
    invoice = issue(seller)
    seller.settle()
    before = rows(seller)
    seller.later(1)
    with seller.work.write() as uow, pytest.raises(NotAllowed):
        documents.make_anew(replace(uow, actor=Actor("client", 1, 1, frozenset(), "Ann")), INVOICE, invoice)
    with seller.work.write(STAFF) as uow:
        documents.make_anew(uow, INVOICE, invoice)
    seller.settle()
    after = rows(seller)
    assert [row.id for row in after] == [row.id for row in before]
    assert all(new.made_at > old.made_at for new, old in zip(after, before, strict=True))
    assert [row.sha256 for row in after] == [row.sha256 for row in before]


def test_where_files_are_made_on_demand_there_is_no_job_and_no_attachment(seller):
    billing = seller.work.settings.billing.model_copy(update={"documents_at_issue": False})
    seller.work.settings = replace(seller.work.settings, billing=billing)
    invoice = issue(seller)
    seller.settle()
    assert rows(seller) == []
    with seller.work.read() as uow:
        assert uow.session.scalars(select(Mail.attachments)).one() == []
    assert got(seller, INVOICE, invoice).content.startswith(b"%PDF")


class Inbox:
    """An SMTP server's memory."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def smtp(seller):
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    mail = MailSettings(transport="smtp", port=port, sender="shop@shop.example")
    seller.work.settings = replace(seller.work.settings, mail=mail)
    yield inbox
    controller.stop()


def test_the_mail_of_an_invoice_carries_its_pdf(seller, smtp):
    invoice = issue(seller)
    seller.settle()
    (letter,) = smtp.letters
    (pdf,) = letter.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content_type()) == ("invoice-2027-00001.pdf", "application/pdf")
    assert pdf.get_content() == got(seller, INVOICE, invoice).content
    assert "2027-00001" in letter.get_body().get_content()


def test_a_mail_waits_for_its_file_and_goes_without_it_in_the_end(seller, smtp, caplog):
    issue(seller)
    subscribers = {"mail": seller.shop.subscribers["mail"]}  # nobody makes the file
    relay(seller.work, subscribers)
    engine = Engine(
        seller.work,
        {SEND.name: SEND},
        SimpleNamespace(),
        owner="test",
        lease_seconds=60,
        on_end=lambda *_: None,
    )
    for _ in range(PATIENCE):
        assert engine.run_one()
        assert not engine.run_one(), "it looks again later"
        seller.clock.move_to(seller.clock.now() + timedelta(seconds=LOOK_EVERY))
    assert smtp.letters == []
    engine.run_one()
    (letter,) = smtp.letters
    assert list(letter.iter_attachments()) == []
    assert "goes without invoice-2027-00001.pdf" in caplog.text
    with seller.work.read() as uow:
        assert uow.session.scalars(select(Mail.state)).one() == MailState.SENT
        assert uow.session.scalars(select(Job.state).where(Job.kind == SEND.name)).one() == JobState.COMPLETE
