"""What a gateway bills against what we think it bills: nobody is billed twice or never, unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pytest
from sqlalchemy import select

from ezcore.automation.drift.models import DriftFinding, DriftRun
from ezcore.billing.subscriptions.models import SubscribedService, Subscription
from ezcore.plugin_api.errors import OutcomeUnknown
from ezcore.plugin_api.ports.gateway import Agreement, Gateway, GatewayCapability
from ezcore.services.services.models import Service


class Billing(Gateway):
    """A gateway that bills by itself and lists what it bills."""

    name: ClassVar[str] = "billing"
    label: ClassVar[str] = "Billing"
    capabilities: ClassVar[frozenset[GatewayCapability]] = frozenset({GatewayCapability.AGREEMENTS})

    def __init__(self) -> None:
        self.listed: list[Agreement] = []
        self.broken: Exception | None = None

    def list_agreements(self) -> list[Agreement]:
        if self.broken:
            raise self.broken
        return self.listed


@pytest.fixture
def gateway(trade):
    found = Billing()
    trade.shop.host.ports.add("ezcore", Gateway, found)
    return found


@pytest.fixture
def agree(trade):
    """A subscription of ours, begun some days ago."""
    service = trade.active_service()

    def add(external_id, status="active"):
        with trade.work.write() as uow:
            row = uow.session.get_one(Service, service)
            made = Subscription(
                client_id=row.client_id, gateway="billing", reference=f"r-{external_id}", external_id=external_id,
                status=status, first_invoice_id=1, created_at=uow.now() - timedelta(days=9),
            )  # fmt: skip
            uow.session.add(made)
            uow.session.flush()
            uow.session.add(SubscribedService(subscription_id=made.id, service_id=service))

    return add


def agreement(external_id, *, lives=True, reference=None):
    status = "active" if lives else "canceled"
    return Agreement(
        external_id=external_id, reference=reference or f"r-{external_id}", lives=lives, status=status
    )


def compare(trade):
    trade.later(1)
    trade.run("drift")
    with trade.work.read() as uow:
        rows = uow.session.scalars(select(DriftFinding).where(DriftFinding.closed_at.is_(None)))
        return sorted((row.kind, row.subject_id) for row in rows)


def test_what_both_sides_say_alike_is_no_finding(trade, gateway, agree):
    agree("s1")
    agree("s2", "ended")
    gateway.listed = [agreement("s1"), agreement("s2", lives=False)]
    assert compare(trade) == []


def test_an_agreement_that_ended_there_or_lives_on_there_is_told(trade, gateway, agree):
    agree("s1")
    agree("s2")
    agree("s3", "ended")
    gateway.listed = [agreement("s1", lives=False), agreement("s3")]
    assert compare(trade) == [("overbilled", 1), ("unbilled", 1), ("unbilled", 1)]


def test_an_agreement_with_a_reference_of_ours_that_we_do_not_know_is_told_and_strangers_are_not(
    trade, gateway
):
    gateway.listed = [
        agreement("s9", reference="r-lost"),
        Agreement(external_id="s8", reference=None, lives=True, status="active"),
    ]
    assert compare(trade) == [("stray", None)]


def test_a_gateway_that_does_not_answer_is_named(trade, gateway):
    gateway.broken = OutcomeUnknown("timed out")
    assert compare(trade) == []
    with trade.work.read() as uow:
        assert uow.session.scalars(select(DriftRun)).one().problems == ["billing: timed out"]
