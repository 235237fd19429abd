"""What must be so in a simulated shop beyond the queries of `reports.invariants`: the vendors' books and ours agree.

Asked after the settling time; the sandboxes are the other party that the database alone cannot ask.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from ezcore.billing.invoices.models import Invoice, InvoiceLine, InvoiceStatus
from ezcore.billing.transactions.models import Transaction, TransactionStatus
from ezcore.jobs.models import Job, JobState
from ezcore.reports.invariants.delivery import undelivered
from ezcore.services.services.models import Service, ServiceResource, ServiceState
from ezcore.simulation.world import World

Check = Callable[[World], list[str]]
A_LONG_TIME = timedelta(days=10)


def gateway_books(world: World) -> list[str]:
    """I06: what the gateway captured is what we recorded, payment by payment: nothing twice, nothing lost."""
    theirs = {id_: (money.minor, money.currency) for id_, money in world.vendors.gateway.captured().items()}
    with world.work.read() as uow:
        rows = uow.session.scalars(
            select(Transaction).where(
                Transaction.gateway == world.vendors.gateway_name,
                Transaction.status == TransactionStatus.SUCCEEDED,
            )
        ).all()
    ours = {str(row.external_id): (row.received_minor, row.currency) for row in rows}
    return [
        f"{id_}: the gateway has {theirs.get(id_)}, we have {ours.get(id_)}"
        for id_ in sorted(theirs.keys() | ours.keys())
        if theirs.get(id_) != ours.get(id_)
    ]


def inventory(world: World) -> list[str]:
    """I18: what stands at a vendor is what our services live on: no orphan, no ghost. Open jobs excuse their own."""
    found = []
    with world.work.read() as uow:
        busy = set(uow.session.scalars(select(Service.id).where(Service.open_action.is_not(None))))
        rows = uow.session.scalars(select(ServiceResource).where(ServiceResource.removed_at.is_(None))).all()
    for name, vendor in world.vendors.renters().items():
        stands = set(vendor.inventory() or ())
        ours = {row.external_id: row.service_id for row in rows if row.module == name}
        excused = {id_ for id_, service in ours.items() if service in busy}
        orphans = sorted(stands - ours.keys())
        if len(orphans) > len(busy):
            found.append(f"{name}: nobody's {', '.join(orphans)}")
        found += [f"{name}: {id_} is gone" for id_ in sorted(ours.keys() - stands - excused)]
    return found


def paid_and_delivered(world: World) -> list[str]:
    """I19: whose first invoice is paid has the service, or somebody works on it or was asked about it."""
    with world.work.read() as uow:
        return list(undelivered(uow))


def suspended_for_nothing(world: World) -> list[str]:
    """I20: who owes nothing is not kept suspended for an overdue invoice."""
    with world.work.read() as uow:
        owes = (
            select(Invoice.id)
            .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
            .where(InvoiceLine.service_id == Service.id, Invoice.status == InvoiceStatus.UNPAID)
            .exists()
        )
        kept = uow.session.scalars(
            select(Service.id)
            .where(
                Service.state == ServiceState.SUSPENDED,
                Service.suspend_reason == "overdue invoice",
                Service.open_action.is_(None),
                ~owes,
            )
            .order_by(Service.id)
        ).all()
    return [f"service {id_} owes nothing" for id_ in kept]


def nothing_stuck(world: World) -> list[str]:
    """I22: what went wrong was mended: the ladder or a person's yes brings every job to its end once vendors behave."""
    with world.work.read() as uow:
        query = select(Job.id, Job.kind, Job.cause).where(
            Job.state.in_((JobState.NEEDS_INFO, JobState.FAILED)), Job.created_at < world.now - A_LONG_TIME
        )
        rows = uow.session.execute(query.order_by(Job.id)).all()
    return [f"job {id_} ({kind}): {cause}" for id_, kind, cause in rows]


CHECKS: dict[str, Check] = {
    "I06 gateway": gateway_books,
    "I18 inventory": inventory,
    "I19 delivered": paid_and_delivered,
    "I20 suspended": suspended_for_nothing,
    "I22 stuck": nothing_stuck,
}
