"""Many invoices at once: say them again, remind of them, cancel them, give them up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from markupsafe import Markup
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices import sending
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.kernel.errors import NotFound
from ezcore.web.admin.bulk.actions import Act, Named, Noun
from ezcore.web.admin.bulk.answering import answer
from ezcore.web.shared.markup import badge, money
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

MANAGE: Final = "billing.manage"


@page(
    "admin.bulk.invoices", "/admin/bulk/invoices/", method="POST", permission=MANAGE, audit="invoice.cancel",
    ambient=False,
)  # fmt: skip
def act(request: Any) -> Any:
    """One action for the ticked invoices."""
    return answer(request, INVOICES)


def _send(uow: UnitOfWork, number: int, _reason: str) -> bool:
    sending.send_again(uow, _locked(uow, number))
    return True


def _remind(uow: UnitOfWork, number: int, _reason: str) -> bool:
    sending.remind(uow, _locked(uow, number))
    return True


def _cancel(uow: UnitOfWork, number: int, reason: str) -> bool:
    invoice = _locked(uow, number)
    if invoice.status == InvoiceStatus.CANCELLED:
        return False
    invoices.cancel(uow, invoice, reason)
    return True


def _write_off(uow: UnitOfWork, number: int, reason: str) -> bool:
    invoices.write_off(uow, _locked(uow, number), reason)
    return True


_ACTS: Final = (
    Act("send", "Send again", MANAGE, _send, consequence="Each client gets the invoice by mail once more, today once."),
    Act("remind", "Remind", MANAGE, _remind, consequence="Each client is reminded by mail now, today once."),
    Act(
        "cancel", "Cancel invoices", MANAGE, _cancel, wants_reason=True, danger=True,
        consequence="They are no longer owed, and nobody can take this back. Orders that wait for them are cancelled, "
        "too. Where money has come, cancelling is refused.",
    ),
    Act(
        "write_off", "Write off", MANAGE, _write_off, wants_reason=True, danger=True,
        consequence="What is open becomes a bad debt. They are closed, and what they would have paid for is not "
        "delivered.",
    ),
)  # fmt: skip


def _acts(_uow: UnitOfWork) -> Sequence[Act]:
    return _ACTS


def _locked(uow: UnitOfWork, number: int) -> Invoice:
    invoice = uow.session.get(Invoice, number, with_for_update=True)
    if invoice is None or invoice.number is None:
        raise NotFound("there is no such invoice")
    return invoice


def _named(request: Any, uow: UnitOfWork, numbers: Sequence[int]) -> list[Named]:
    query = select(Invoice, Client.name).join(Client, Client.id == Invoice.client_id)
    issued = query.where(Invoice.id.in_(numbers), Invoice.number.is_not(None)).order_by(Invoice.id)
    return [
        Named(
            invoice.id,
            invoice.number or "",
            request.route_path("admin.invoice", number=invoice.number),
            badge("overdue" if invoice.is_overdue(uow.today()) else invoice.status),
            Markup("{}, {}").format(client, money(invoice.balance_due)),
        )
        for invoice, client in uow.session.execute(issued)
    ]


INVOICES: Final = Noun("admin.bulk.invoices", "admin.invoices", "Invoices", _acts, _named)
