"""Mails about charges that need the payer, refunds, and methods that expire."""

from __future__ import annotations

from ezcore.accounts import queries as accounts
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.invoices.operations.pay_link import pay_address
from ezcore.billing.methods.events import MethodExpires
from ezcore.billing.methods.models import PaymentMethod
from ezcore.billing.refunds.events import RefundFailed, RefundSent
from ezcore.billing.transactions.events import PaymentNeedsPayer
from ezcore.billing.transactions.models import Transaction
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.work import UnitOfWork


def needs_payer(uow: UnitOfWork, event: PaymentNeedsPayer, key: str) -> None:
    """The bank asks for a confirmation; the link pays on session. Nothing to say once the invoice is paid."""
    invoice = uow.session.get_one(Invoice, event.invoice_id)
    if invoice.status == "unpaid":
        values: dict[str, Value] = {
            "number": invoice.number or "",
            "amount": event.amount,
            "link": pay_address(uow, invoice),
        }
        _send(uow, "payment_confirm", event.client_id, key, values)


def refund_sent(uow: UnitOfWork, event: RefundSent, key: str) -> None:
    """Money is on its way back."""
    paid = uow.session.get_one(Transaction, event.transaction_id)
    values: dict[str, Value] = {
        "number": _number(uow, paid),
        "amount": event.amount,
        "link": _link(uow, paid),
    }
    _send(uow, "refund_sent", event.client_id, key, values)


def refund_failed(uow: UnitOfWork, event: RefundFailed, key: str) -> None:
    """It did not arrive; the money is the client's credit."""
    paid = uow.session.get_one(Transaction, event.transaction_id)
    link = f"{_site(uow)}/billing/credit/"
    values: dict[str, Value] = {"number": _number(uow, paid), "amount": event.amount, "link": link}
    _send(uow, "refund_failed", event.client_id, key, values)


def method_expires(uow: UnitOfWork, event: MethodExpires, key: str) -> None:
    """A card is about to expire."""
    method = uow.session.get_one(PaymentMethod, event.method_id)
    values: dict[str, Value] = {
        "method": method.label,
        "expires": method.expires or "",
        "link": f"{_site(uow)}/billing/methods/",
    }
    _send(uow, "method_expires", event.client_id, key, values)


def _number(uow: UnitOfWork, paid: Transaction) -> str:
    return uow.session.get_one(Invoice, paid.invoice_id).number or ""


def _link(uow: UnitOfWork, paid: Transaction) -> str:
    return f"{_site(uow)}/billing/invoices/{_number(uow, paid)}/"


def _site(uow: UnitOfWork) -> str:
    return uow.settings.shop.site_url


def _send(uow: UnitOfWork, template: str, client_id: int, key: str, values: dict[str, Value]) -> None:
    client = accounts.client_facts(uow, client_id)
    own: dict[str, Value] = {"name": client.name}
    queue_mail(
        uow, template, client.email, own | values, key=key, client_id=client.id, language=client.language
    )
