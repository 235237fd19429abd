"""An invoice says how to pay it by bank transfer, once there is an account."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest
from ez_banktransfer.plugin import BankTransferPlugin
from ez_banktransfer.settings import BankTransferSettings

from ezcore.plugin_api import InvalidInput, Money
from ezcore.plugin_api.values import ClientFacts, InvoiceDraft


def draft(total="12.50", currency="EUR"):
    client = ClientFacts(id=7, name="Ana Client", email="ana@example.test")
    return InvoiceDraft(
        client=client, currency=currency, total=Money.parse(total, currency), due_on=date(2026, 12, 1)
    )


def plugin(**settings):
    def read():
        if not settings:
            raise InvalidInput("banktransfer.iban: Field required", field="iban")
        return BankTransferSettings(**settings)

    return BankTransferPlugin(SimpleNamespace(settings=read))


ACCOUNT = {"account_holder": "Example Hosting OÜ", "iban": "EE382200221020145685"}


def test_hook_ez_adjust_invoice_notes():
    ((note,),) = plugin(**ACCOUNT).ez_adjust_invoice_notes(invoices=[draft()])
    assert note.title == "Pay by bank transfer"
    assert note.text.splitlines() == [
        "Account holder: Example Hosting OÜ",
        "IBAN: EE38 2200 2210 2014 5685",
        "Reference: the number of this invoice",
    ]


@pytest.mark.parametrize(
    ("settings", "invoice"),
    [({}, draft()), (ACCOUNT, draft("0")), ({**ACCOUNT, "currencies": ("EUR",)}, draft(currency="USD"))],
    ids=["no account yet", "nothing to pay", "another currency"],
)
def test_an_invoice_that_cannot_be_paid_so_says_nothing(settings, invoice):
    assert plugin(**settings).ez_adjust_invoice_notes(invoices=[invoice]) == [[]]


def test_each_invoice_of_a_billing_run_gets_what_fits_it():
    notes = plugin(**ACCOUNT).ez_adjust_invoice_notes(invoices=[draft(), draft("0"), draft("3")])
    assert [len(one) for one in notes] == [1, 0, 1]
