"""Our subscriptions against what gateways bill: what nobody bills, and what is billed though it is over for us."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from ezcore.automation.drift.findings import Finding, Proposal, unasked
from ezcore.billing.subscriptions.models import SubscribedService, Subscription, SubscriptionStatus
from ezcore.plugin_api.ports.gateway import Agreement, Gateway, GatewayCapability
from ezcore.plugin_api.protocols import Ports
from ezcore.services.servers.asking import words_of
from ezcore.work import UnitOfWork, Work

NEWS = timedelta(hours=1)
"""What began or ended within this time may still be on its way as a webhook."""


def run(work: Work, ports: Ports) -> Sequence[Finding]:
    """Compare every gateway that can list what it bills."""
    found: list[Finding] = []
    for name in ports.names(Gateway):
        scope = f"gateway:{name}"
        try:
            gateway = ports.get(Gateway, name)
            if GatewayCapability.AGREEMENTS not in gateway.capabilities:
                continue
            with work.read() as uow:
                asked = uow.now()
            listed = gateway.list_agreements()
        except Exception as error:  # noqa: BLE001 - one gateway that cannot be asked must not hide the others
            found.append(unasked(scope, f"{name}: {words_of(error)}"))
            continue
        with work.read() as uow:
            found.extend(_compare(uow, name, scope, listed, asked))
    return found


def _compare(
    uow: UnitOfWork, gateway: str, scope: str, listed: Sequence[Agreement], asked: datetime
) -> Iterator[Finding]:
    theirs = {one.external_id: one for one in listed}
    ours = uow.session.scalars(select(Subscription).where(Subscription.gateway == gateway)).all()
    for row in ours:
        if (
            row.external_id is None
            or row.status == SubscriptionStatus.STARTING
            or row.created_at > asked - NEWS
        ):
            continue
        there = theirs.get(row.external_id)
        lives = there is not None and there.lives
        if row.is_live and not lives:
            said = there.status if there is not None else "not there"
            yield _finding(uow, "unbilled", scope, row, f"nobody bills what {gateway} should bill", said)
        elif lives and row.status == SubscriptionStatus.ENDED and _is_old(row, asked):
            yield _finding(
                uow,
                "overbilled",
                scope,
                row,
                f"{gateway} bills what is over for us",
                there.status if there else "",
            )
    known = {row.external_id for row in ours} | {row.reference for row in ours}
    for one in listed:
        # Without our reference it is somebody else's business in the same account.
        if one.lives and one.reference and one.external_id not in known and one.reference not in known:
            yield Finding(
                f"stray:{scope}:{one.external_id}",
                scope,
                "stray",
                f"{gateway} bills an agreement that we do not know",
                f"nothing has the reference {one.reference}",
                f"{one.external_id}, {one.status}",
            )


def _is_old(row: Subscription, asked: datetime) -> bool:
    return row.ended_at is None or row.ended_at < asked - NEWS


def _finding(uow: UnitOfWork, kind: str, scope: str, row: Subscription, title: str, said: str) -> Finding:
    service_id = uow.session.scalars(
        select(SubscribedService.service_id).where(SubscribedService.subscription_id == row.id).limit(1)
    ).first()
    proposals = (Proposal("Open the service", "admin.service", {"id": service_id}),) if service_id else ()
    subject = ("service", service_id) if service_id else None
    return Finding(
        f"{kind}:{scope}:{row.external_id}",
        scope,
        kind,
        f"{title}: {row.external_id}",
        row.status,
        said,
        subject,
        proposals,
    )
