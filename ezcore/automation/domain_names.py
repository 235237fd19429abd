"""What happens to names by itself: looks at registrars, reminders, renewals that were paid, grace and redemption."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select

from ezcore.automation.run import Outcome
from ezcore.billing.billable import operations as billable
from ezcore.billing.billable.models import BillableCharge, BillableItem
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.db.once import insert_once
from ezcore.domain_names.names import mails, queries, search, sync
from ezcore.domain_names.names import operations as names
from ezcore.domain_names.names.models import LIVE, DomainName, DomainState
from ezcore.domain_names.names.watch import POLL, PRICES, SYNC, slices
from ezcore.domain_names.tlds import queries as tlds
from ezcore.jobs import operations as jobs
from ezcore.jobs.models import StaffTask
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork, Work

REMIND: Final = (30, 7, 1)
"""Days before the expiry (ICANN asks for about a month and about a week)."""
AHEAD: Final = timedelta(days=45)
LATE: Final = timedelta(days=3)
POLL_MINUTES: Final = 10
KEEP_CHECKS: Final = timedelta(days=1)


def compare(work: Work, on: date, preview: bool) -> Outcome:
    """Queue a look at every name we care for, in slices per registrar; once a day each."""
    outcome = Outcome()
    with work.read() as uow:
        query = select(DomainName.registrar, DomainName.id).where(
            DomainName.state.in_(LIVE), DomainName.external_id.is_not(None)
        )
        found: dict[str, list[int]] = defaultdict(list)
        for registrar, domain_id in uow.session.execute(query.order_by(DomainName.id)):
            found[registrar].append(domain_id)
    for registrar, ids in found.items():
        for number, part in enumerate(slices(ids)):
            outcome.did(f"{registrar}: {len(part)} names")
            if not preview:
                with work.write() as uow:
                    jobs.enqueue(
                        uow, SYNC, f"domain-sync-{registrar}-{on}-{number}", {"registrar": registrar, "ids": part},
                        provider=f"registrar:{registrar}",
                    )  # fmt: skip
    return outcome


def poll(work: Work, _on: date, preview: bool) -> Outcome:
    """Queue one reading of the registries' messages per ten minutes, however often this is called."""
    outcome = Outcome()
    if not preview:
        with work.write() as uow:
            slot = int(uow.now().timestamp() // (60 * POLL_MINUTES))
            jobs.enqueue(uow, POLL, f"domain-poll:{slot}", {})
            search.forget(uow, uow.now() - KEEP_CHECKS)
    return outcome


def compare_prices(work: Work, on: date, preview: bool) -> Outcome:
    """Once a week: do endings cost us something else? Our prices change only by a person's word."""
    outcome = Outcome()
    if on.isoweekday() == 1 and not preview:
        with work.write() as uow:
            jobs.enqueue(uow, PRICES, f"tld-prices:{on}", {})
        outcome.did("asked")
    return outcome


def keep(work: Work, on: date, preview: bool) -> Outcome:
    """Renew what was paid and is not registered yet, move names by the calendar, charge and carry out restores."""
    outcome = Outcome()
    with work.read() as uow:
        due = _near_or_past(uow, on)
    for domain_id in due:
        with work.read() as uow:
            domain = queries.by_id(uow, domain_id)
            unpaid = _unpaid(uow, domain)
        if preview:
            outcome.did(f"{domain.name}: expires on {domain.expires_on}", "domain_name", domain.id)
            continue
        with work.write() as uow:
            done = _keep_one(uow, queries.by_id(uow, domain_id), on, unpaid=unpaid)
        for line in done:
            outcome.did(f"{domain.name}: {line}", "domain_name", domain.id)
    return outcome


def remind(work: Work, on: date, preview: bool) -> Outcome:
    """Tell of names that expire in thirty days, seven days and one day and whose next year is not paid; once each."""
    outcome = Outcome()
    with work.read() as uow:
        query = select(DomainName).where(
            DomainName.state == DomainState.ACTIVE,
            DomainName.expires_on > on,
            DomainName.expires_on <= on + timedelta(days=max(REMIND)),
        )
        near = [row for row in uow.session.scalars(query.order_by(DomainName.id)) if _unpaid(uow, row)]
    for domain in near:
        assert domain.expires_on is not None
        days = (domain.expires_on - on).days
        outcome.did(f"{domain.name}: {days} days", "domain_name", domain.id)
        if not preview:
            with work.write() as uow:
                mails.expires(uow, domain, min(step for step in REMIND if days <= step))
    return outcome


def _near_or_past(uow: UnitOfWork, on: date) -> Sequence[int]:
    states = (DomainState.ACTIVE, DomainState.GRACE, DomainState.REDEMPTION)
    query = select(DomainName.id).where(DomainName.state.in_(states), DomainName.expires_on <= on + AHEAD)
    return uow.session.scalars(query.order_by(DomainName.id)).all()


def _unpaid(uow: UnitOfWork, domain: DomainName) -> bool:
    if domain.expires_on is None:
        return False
    return queries.years_to_renew(domain.expires_on, queries.paid_until(uow, domain.service_id)) < 1


def _keep_one(uow: UnitOfWork, domain: DomainName, on: date, *, unpaid: bool) -> list[str]:
    done = []
    tld = tlds.by_name(uow, domain.tld)
    grace, redemption = (tld.grace_days, tld.redemption_days) if tld is not None else (0, 0)
    state = sync.after_expiry(domain, grace, redemption, on)
    later = {DomainState.ACTIVE: 0, DomainState.GRACE: 1, DomainState.REDEMPTION: 2, DomainState.EXPIRED: 3}
    if state is not None and unpaid and later[state] > later[DomainState(domain.state)]:
        sync.move(uow, domain, state)
        done.append(str(state))
    if domain.state == DomainState.REDEMPTION and domain.let_go_at is None:
        done += _restore(uow, domain)
    elif domain.state in (DomainState.ACTIVE, DomainState.GRACE) and not unpaid:
        done += _renew(uow, domain, on)
    return done


def _renew(uow: UnitOfWork, domain: DomainName, on: date) -> list[str]:
    service = uow.session.get_one(Service, domain.service_id)
    assert domain.expires_on is not None
    if domain.vendor_renews and domain.expires_on > on + LATE:
        return []  # the registrar does it by itself before the expiry; the daily look shows when it did
    if domain.vendor_renews:
        _ask(
            uow,
            domain,
            f"{domain.name} is paid, and the registrar has not renewed it: expires {domain.expires_on}",
        )
    if service.state not in (ServiceState.ACTIVE, ServiceState.SUSPENDED) or lifecycle.is_busy(service):
        return []
    return ["renewal"] if lifecycle.request_or_ask(uow, service, "renew", "paid and not renewed yet") else []


def _restore(uow: UnitOfWork, domain: DomainName) -> list[str]:
    """Invoice the registry's fee once per expiry; bring the name back when it is paid."""
    words = f"Bring back {domain.name}, expired on {domain.expires_on}"
    item = uow.session.scalars(
        select(BillableItem).where(
            BillableItem.client_id == domain.client_id, BillableItem.description == words
        )
    ).first()
    if item is None:
        service = uow.session.get_one(Service, domain.service_id)
        tld = tlds.by_name(uow, domain.tld)
        price = tlds.cheapest(tld, service.currency) if tld is not None else None
        if price is None or price.restore_price is None:
            _ask(uow, domain, f"{domain.name} is in redemption and there is no price for bringing it back")
            return []
        billable.add(
            uow, domain.client_id, words, price.restore_price, when="now", tax_class=service.tax_class
        )
        return ["fee invoiced"]
    if domain.open_action is None and _is_paid(uow, item):
        names.request(uow, domain, "restore")
        return ["brought back"]
    return []


def _is_paid(uow: UnitOfWork, item: BillableItem) -> bool:
    statuses = uow.session.scalars(
        select(Invoice.status)
        .join(BillableCharge, BillableCharge.invoice_id == Invoice.id)
        .where(BillableCharge.item_id == item.id)
    ).all()
    return bool(statuses) and all(status == InvoiceStatus.PAID for status in statuses)


def _ask(uow: UnitOfWork, domain: DomainName, cause: str) -> None:
    values = {
        "key": f"domain:{domain.id}:keep:{domain.expires_on}", "client_id": domain.client_id,
        "title": f"{domain.name}: look at its renewal"[:200], "cause": cause, "opened_at": uow.now(),
    }  # fmt: skip
    insert_once(uow.session, StaffTask, values)
