"""Invoices the next period of services whose time has come, a thousand at a time, and schedules nothing else.

Each chunk is one transaction: the clients are locked, what is due is read, and invoices, journals, events and next
dates are written together. A run that dies is continued by the next; two at once share the work; a service that
cannot be billed stays behind alone and is named.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from ezcore.automation import due, guards
from ezcore.automation.bills import Found, Plan, plans
from ezcore.automation.due import Part
from ezcore.automation.extras import extra_lines, taken
from ezcore.automation.items import Wanted, items_of, unchanged
from ezcore.automation.run import Outcome
from ezcore.billing.invoices.models import InvoiceKind
from ezcore.billing.run.rows import Issued
from ezcore.billing.run.write import issue_many
from ezcore.catalog.products.models import Product
from ezcore.catalog.promotions.models import Promotion
from ezcore.db.bulk import update_rows
from ezcore.db.once import insert_once
from ezcore.jobs.models import StaffTask
from ezcore.kernel.crashpoint import crashpoint
from ezcore.kernel.errors import EzError
from ezcore.services.services.models import Service
from ezcore.work import UnitOfWork, Work

log = logging.getLogger(__name__)

# What a run changes on a service: the next date; a day or a promotion that was used up.
MOVED = ("billed_until", "override_invoice_on", "promotion_left")


def run(work: Work, on: date, preview: bool) -> Outcome:
    """Invoice every service that starts a new period within its lead time.

    Safe to run twice and on several machines at once: a client is worked on by one run, a period is billed once.
    """
    if preview:
        return _preview(work, on)
    billing = BillingRun(work, on)
    for wait in (False, True):
        # The second round is for clients that somebody else had locked; mostly there are none.
        with work.read() as uow:
            left = due.count(uow, on, billing.parked)
            found = due.parts(uow, on, due.CHUNK) if left else []
        for part in found:
            billing.bill(part, wait=wait)
    return billing.outcome


def run_listed(work: Work, on: date, wanted: Wanted, outcome: Outcome) -> None:
    """Bill exactly these, where they are still what they were; the others are skipped and named."""
    billing = BillingRun(work, on, outcome, wanted)
    billing.bill(Part(service_ids=tuple(service_id for key in wanted for service_id in key)))
    for key in wanted:
        if key not in billing.billed and not set(key) & set(billing.parked):
            named = ", ".join(map(str, key))
            outcome.skipped.append(f"service {named}: changed since it was shown, or billed already")


@dataclass
class BillingRun:
    """One run over its parts. With `wanted` it bills only what is still as it was shown.

    `billed` are the items that it billed, `parked` the services that stay behind.
    """

    work: Work
    on: date
    outcome: Outcome = field(default_factory=Outcome)
    wanted: Wanted | None = None
    billed: set[tuple[int, ...]] = field(default_factory=set)
    parked: list[int] = field(default_factory=list)

    def bill(self, part: Part, *, wait: bool = True) -> None:
        """Bill one part in one transaction; if that fails, ever smaller parts."""
        try:
            with _no_collector(), self.work.write() as uow:
                made = _write(uow, self.on, part, wait=wait, wanted=self.wanted)
                crashpoint("renewals.chunk")
        except (OperationalError, InterfaceError):
            raise  # no service is to blame for a database that is away
        except Exception as failure:  # noqa: BLE001 - whatever is wrong with one service must not stop the others
            self._apart(part, failure)
            return
        for plan, issued in made:
            line = f"invoice {issued.number}: {plan.words}, {issued.total}"
            self.outcome.did(line, "invoice", issued.number, issued.total)
            self.billed.add(tuple(sorted(service.id for service in plan.services)))
            figures = self.outcome.figures
            figures["services"] = figures.get("services", 0) + len(plan.services)

    def _apart(self, part: Part, failure: Exception) -> None:
        """Something in this part broke: halves of it, then each client, then each service by itself."""
        with self.work.read() as uow:
            rows = [(row.client_id, row.id) for row in due.due_of(uow, self.on, part)]
        clients = sorted({client for client, _ in rows})
        middle = clients[len(clients) // 2] if clients else 0
        if len(rows) == 1:
            self._park(rows[0][1], failure)
            return
        if len(clients) == 1:
            smaller = [[service] for _, service in rows]
        else:
            smaller = [[s for c, s in rows if c < middle], [s for c, s in rows if c >= middle]]
        for ids in smaller:
            if ids:
                self.bill(Part(service_ids=tuple(ids)))

    def _park(self, service_id: int, failure: Exception) -> None:
        """One service cannot be billed: it is named, and staff are asked unless a rule explains it."""
        self.parked.append(service_id)
        if isinstance(failure, EzError):
            self.outcome.skipped.append(f"service {service_id}: {failure.message}")
            return
        log.error("service %s cannot be billed", service_id, exc_info=failure)
        cause = f"{type(failure).__name__}: {str(failure).splitlines()[0] if str(failure) else ''}"
        self.outcome.failed.append(f"service {service_id}: {cause}")
        with self.work.write() as uow:
            row = {
                "key": f"renewals:{service_id}:{self.on}",
                "title": f"Service {service_id} could not be invoiced",
                "cause": cause,
                "opened_at": uow.now(),
            }
            insert_once(uow.session, StaffTask, row)


def planned(uow: UnitOfWork, on: date, services: Sequence[Any], separate: dict[int, bool]) -> list[Plan]:
    """What would be billed for these services; a few queries for any number."""
    products = {service.product_id for service in services}
    promotions = {service.promotion_id for service in services if service.promotion_left != 0} - {None}
    names = select(Product.id, Product.name).where(Product.id.in_(products))
    cuts = uow.session.scalars(select(Promotion).where(Promotion.id.in_(promotions))) if promotions else ()
    found = Found(
        {row.id: row.name for row in uow.session.execute(names)},
        {one.id: one for one in cuts},
        separate,
        extra_lines(uow, {service.client_id for service in services}, on),
    )
    return plans(services, found, consolidate=uow.settings.billing.consolidate)


@contextmanager
def _no_collector() -> Iterator[None]:
    """A chunk makes a hundred thousand small objects and no circles: looking for them took a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _write(
    uow: UnitOfWork, on: date, part: Part, *, wait: bool, wanted: Wanted | None
) -> list[tuple[Plan, Issued]]:
    separate = due.take_clients(uow, on, part, wait=wait)
    if not separate:
        return []
    services = due.due_of(uow, on, part, list(separate))
    guards.check_lines(uow, [service.id for service in services])
    made = planned(uow, on, services, separate)
    if wanted is not None:
        made = unchanged(uow, made, wanted)
    kind = InvoiceKind.PROFORMA if uow.settings.billing.proforma else InvoiceKind.INVOICE
    # Before the invoices: from their numbers on, every other run waits for our commit.
    update_rows(uow.session, Service, "id", MOVED, [move for plan in made for move in plan.moves])
    issued = issue_many(uow, [plan.bill for plan in made], kind=kind)
    pairs = list(zip(made, issued, strict=True))
    taken(uow, [(line, one.invoice_id) for plan, one in pairs for line in plan.extras])
    return pairs


def _preview(work: Work, on: date) -> Outcome:
    outcome = Outcome()
    with work.read() as uow:
        for part in due.parts(uow, on, due.CHUNK):
            separate = due.clients_of(uow, on, part)
            for item in items_of(uow, planned(uow, on, due.due_of(uow, on, part), separate)):
                total = item.assembled.total
                outcome.did(f"would invoice {item.plan.words}, {total}", total=total)
    return outcome
