"""Change a service: billed by the day until the next renewal, applied when it is paid (at once when nothing is due)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.events import InvoiceCancelled, InvoicePaid
from ezcore.billing.invoices.models import Invoice
from ezcore.db.once import insert_once
from ezcore.kernel.actor import SYSTEM
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from ezcore.orders.changes.events import ServiceChanged
from ezcore.orders.changes.models import ChangeState, ServiceChange
from ezcore.orders.changes.queries import Preview, drafts, pending_of, preview
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services import operations as services
from ezcore.services.services.models import Service
from ezcore.work import UnitOfWork


def request(
    uow: UnitOfWork, service: Service, slug: str, cycle: str, selection: Mapping[str, str], expected: Money
) -> ServiceChange:
    """Ask for a change at the price that was previewed (`expected`, tax included, positive also when given back).

    What is due is invoiced and the change applied when it is paid; a downgrade is credited from the invoice of the
    running period and applied at once. A change that waits unpaid is replaced, and never locks the service.
    Emits: InvoiceIssued or CreditNoteIssued, ServiceChanged.
    Raises: NotAllowed; Refused (see `preview`; the price changed meanwhile); InvalidInput.
    """
    _require(uow, service)
    uow.session.refresh(service, with_for_update=True)
    found = preview(uow, service, slug, cycle, selection, uow.today())
    if found.document.total != expected:
        raise Refused("the price has changed since it was shown; please look at it again")
    withdraw(uow, service)
    change = _write(uow, found)
    if found.document.total.is_zero:
        apply(uow, change)
    elif found.gives_back:
        note = credit_notes.write(uow, found.invoice, f"{service.label}: downgrade", found.document.total)
        change.credit_note_id = note.id
        apply(uow, change)
    else:
        lines = drafts(service, found.product, found.proration, found.difference)
        invoice = invoices.issue(uow, service.client_id, service.currency, lines, due_on=uow.today())
        change.invoice_id = invoice.id
    uow.session.flush()
    return change


def withdraw(uow: UnitOfWork, service: Service) -> bool:
    """Take back a change that waits to be paid, with its invoice.

    Raises: NotAllowed; Refused when money was applied.
    """
    _require(uow, service)
    change = pending_of(uow, service.id)
    if change is None:
        return False
    if change.invoice_id is not None:
        invoices.cancel(uow, uow.session.get_one(Invoice, change.invoice_id), "the change was withdrawn")
    _close(uow, change, ChangeState.CANCELLED)
    return True


def paid(uow: UnitOfWork, events: Sequence[InvoicePaid]) -> None:
    """Reaction: a change is applied when its invoice is paid. Runs as the system, not as the payer."""
    payer, uow.actor = uow.actor, SYSTEM
    try:
        for change in _of_invoices(uow, [event.invoice_id for event in events]):
            apply(uow, change)
    finally:
        uow.actor = payer


def dropped(uow: UnitOfWork, events: Sequence[InvoiceCancelled]) -> None:
    """Reaction: a change whose invoice is cancelled is off."""
    for change in _of_invoices(uow, [event.invoice_id for event in events]):
        _close(uow, change, ChangeState.CANCELLED)


def apply(uow: UnitOfWork, change: ServiceChange) -> None:
    """Make the service what was ordered, once; its module resizes it. Emits: ServiceChanged."""
    taken = uow.session.execute(
        update(ServiceChange)
        .where(ServiceChange.id == change.id, ServiceChange.state == ChangeState.PENDING)
        .values(state=ChangeState.APPLIED, live_key=None, closed_at=uow.now())
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return
    service = uow.session.get_one(Service, change.service_id, with_for_update=True)
    after = change.after
    service.product_id, service.price_id = after["product_id"], after["price_id"]
    service.price_minor, service.cycle_name = after["price_minor"], after["cycle"]
    service.selection, service.choices = after["selection"], after["choices"]
    service.settings, service.tax_class = after["settings"], after["tax_class"]
    if service.paid_until is not None:
        # A renewal that was invoiced at the old price is billed again at the new one.
        services.withdraw_renewals(uow, service, service.paid_until)
    audit.record(
        uow,
        "service.change",
        "service",
        service.id,
        client_id=service.client_id,
        before={name: change.before[name] for name in ("product_id", "price_minor", "cycle")},
        after={name: after[name] for name in ("product_id", "price_minor", "cycle")},
    )
    uow.emit(ServiceChanged(service.id, service.client_id, change.id, service.paid_until or uow.today()))
    if service.module is not None and change.before["settings"] != after["settings"]:
        actor, uow.actor = uow.actor, SYSTEM
        try:
            lifecycle.request_or_ask(uow, service, "change_package", "changed by the client")
        finally:
            uow.actor = actor


def _write(uow: UnitOfWork, found: Preview) -> ServiceChange:
    service = found.service
    values = {
        "service_id": service.id,
        "client_id": service.client_id,
        "state": ChangeState.PENDING,
        "before": _facts(service),
        "after": _target(found),
        "currency": service.currency,
        "due_minor": found.document.total.minor * (-1 if found.gives_back else 1),
        "effective_on": uow.today(),
        "live_key": f"service:{service.id}",
        "created_at": uow.now(),
    }
    row = insert_once(uow.session, ServiceChange, values)
    if row is None:
        raise Refused("another change of this service waits")
    return uow.session.get_one(ServiceChange, row)


def _facts(service: Service) -> dict[str, Any]:
    return {
        "product_id": service.product_id,
        "price_id": service.price_id,
        "price_minor": service.price_minor,
        "cycle": service.cycle_name,
        "selection": service.selection,
        "choices": service.choices,
        "settings": service.settings,
        "tax_class": service.tax_class,
    }


def _target(found: Preview) -> dict[str, Any]:
    configured = found.configured
    return {
        "product_id": found.product.id,
        "price_id": configured.price.id,
        "price_minor": configured.recurring.minor,
        "running_minor": found.running.minor,
        "cycle": str(configured.cycle),
        "selection": dict(configured.selection),
        "choices": [list(pair) for pair in configured.choices],
        "settings": configured.settings,
        "tax_class": found.product.tax_class,
    }


def _of_invoices(uow: UnitOfWork, ids: Sequence[int]) -> Sequence[ServiceChange]:
    query = select(ServiceChange).where(
        ServiceChange.invoice_id.in_(ids), ServiceChange.state == ChangeState.PENDING
    )
    return uow.session.scalars(query.order_by(ServiceChange.id)).all()


def _close(uow: UnitOfWork, change: ServiceChange, state: ChangeState) -> None:
    uow.session.refresh(change)
    if change.state == ChangeState.PENDING:
        change.state, change.live_key, change.closed_at = state, None, uow.now()
        uow.session.flush()


def _require(uow: UnitOfWork, service: Service) -> None:
    own = uow.actor.kind == "client" and uow.actor.client_id == service.client_id
    uow.actor.require("client.services" if own else "services.manage")
