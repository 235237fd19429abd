"""Take over what the registrar says of a name, unless a person has to look first (B119)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.domain_names.names.events import DomainStateChanged
from ezcore.domain_names.names.models import LIVE, DomainName, DomainState
from ezcore.jobs.models import StaffTask
from ezcore.plugin_api.ports.registrar import Registration
from ezcore.work import UnitOfWork

SLACK: Final = timedelta(days=2)
"""Registries and registrars count days in different zones: such a difference is none."""
_STATES: Final = {
    "active": DomainState.ACTIVE,
    "grace": DomainState.GRACE,
    "redemption": DomainState.REDEMPTION,
    "transferring_out": DomainState.ACTIVE,
}


def apply(uow: UnitOfWork, domain: DomainName, found: Registration | None) -> bool:
    """Write what the registrar has; what cannot be right is kept as `odd`, with a staff task, and nothing is written.

    Returns whether it was taken over. Emits: DomainStateChanged.
    """
    domain.synced_at = uow.now()
    odd = oddity(domain, found)
    if odd is not None:
        _ask(uow, domain, odd)
        return False
    assert found is not None
    domain.odd = None
    before = {"expires_on": str(domain.expires_on), "state": domain.state}
    domain.expires_on = found.expires_on or domain.expires_on
    domain.registered_on = found.registered_on or domain.registered_on
    domain.external_id = found.external_id
    domain.nameservers = list(found.nameservers) or domain.nameservers
    domain.registry_status = list(found.status)
    domain.ds = [one.model_dump(mode="json") for one in found.ds]
    for name, value in (
        ("locked", found.locked), ("privacy", found.privacy), ("vendor_renews", found.auto_renew),
    ):  # fmt: skip
        if value is not None:
            setattr(domain, name, value)
    if found.state in _STATES:
        move(uow, domain, _STATES[found.state])
    after = {"expires_on": str(domain.expires_on), "state": domain.state}
    if after != before:
        audit.record(
            uow,
            "domain.sync",
            "domain_name",
            domain.id,
            client_id=domain.client_id,
            before=before,
            after=after,
        )
    return True


def oddity(domain: DomainName, found: Registration | None) -> str | None:
    """Why this answer is not believed; None when it can be. Pure."""
    if found is None or found.state == "gone":
        return f"{domain.registrar} does not have {domain.name} any more"
    if found.name != domain.name:
        return f"{domain.registrar} answered for {found.name[:80]} when asked for {domain.name}"
    late = domain.expires_on is not None and found.expires_on is not None
    if late and found.expires_on < domain.expires_on - SLACK:  # type: ignore[operator]
        return f"{domain.registrar} says {domain.name} expires on {found.expires_on}, before our {domain.expires_on}"
    owned = domain.external_id is not None and found.external_id != domain.external_id
    if owned:
        return f"{domain.name} is another registration now ({found.external_id[:60]}, ours is {domain.external_id})"
    return None


def move(uow: UnitOfWork, domain: DomainName, state: DomainState) -> None:
    """Put the name in another state; a name that is over gives its place free. Emits: DomainStateChanged."""
    if domain.state == state:
        return
    before, domain.state = domain.state, state
    if state not in LIVE:
        domain.live_key, domain.ended_at = None, uow.now()
    audit.record(
        uow, "domain.state", "domain_name", domain.id, client_id=domain.client_id,
        before={"state": before}, after={"state": state},
    )  # fmt: skip
    uow.emit(DomainStateChanged(domain.id, domain.service_id, domain.client_id, str(state)))


def after_expiry(
    domain: DomainName, grace_days: int, redemption_days: int, today: date
) -> DomainState | None:
    """Where a name stands by the calendar, for registrars that do not say; None while it has not expired. Pure."""
    if domain.expires_on is None or today < domain.expires_on:
        return None
    late = (today - domain.expires_on).days
    if late < grace_days:
        return DomainState.GRACE
    return DomainState.REDEMPTION if late < grace_days + redemption_days else DomainState.EXPIRED


def accept(uow: UnitOfWork, domain: DomainName, reason: str) -> None:
    """Staff looked: what the registrar says next is taken over as it is. Raises: NotAllowed."""
    uow.actor.require("services.manage")
    before = {"odd": domain.odd, "expires_on": str(domain.expires_on), "external_id": domain.external_id}
    domain.odd, domain.expires_on, domain.external_id = None, None, None
    uow.session.flush()
    audit.record(
        uow,
        "domain.accept",
        "domain_name",
        domain.id,
        client_id=domain.client_id,
        before=before,
        reason=reason,
    )


def _ask(uow: UnitOfWork, domain: DomainName, odd: str) -> None:
    if domain.odd == odd:
        return
    domain.odd = odd
    values = {
        "key": f"domain:{domain.id}:odd:{uow.now():%Y%m%d%H%M%S}", "client_id": domain.client_id,
        "title": f"{domain.name}: look at the registrar"[:200], "cause": odd, "opened_at": uow.now(),
    }  # fmt: skip
    insert_once(uow.session, StaffTask, values)
