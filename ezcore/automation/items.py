"""What a run would invoice, with its amounts, and how to tell whether it is still the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ezcore.automation.bills import Plan
from ezcore.billing.invoices.rules import Assembled
from ezcore.billing.run.write import estimate_many
from ezcore.work import UnitOfWork

Wanted = Mapping[tuple[int, ...], str]
"""Invoices by the services that they bill, each with the hash of what it was shown to depend on."""


@dataclass(frozen=True)
class Item:
    """One invoice that a run would make. `inputs` changes when anything changes that the invoice depends on."""

    plan: Plan
    assembled: Assembled

    @property
    def service_ids(self) -> list[int]:
        """Which services it bills."""
        return [service.id for service in self.plan.services]

    @property
    def inputs(self) -> str:
        """SHA-256 over lines, amounts with taxes, dates, and how far promotions are used up."""
        bill = self.plan.bill
        parts = [self.assembled.lines, self.assembled.taxes, self.plan.moves]
        facts = [bill.client_id, bill.currency, bill.due_on, *parts]
        return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """As it is stored and shown; `total` in minor units."""
        return {
            "client": self.plan.bill.client_id,
            "what": self.plan.words,
            "due_on": self.plan.bill.due_on.isoformat(),
            "currency": self.plan.bill.currency,
            "total": self.assembled.total.minor,
            "services": self.service_ids,
            "inputs": self.inputs,
        }

    @property
    def key(self) -> tuple[int, ...]:
        """The services, in order: what tells one item of a list from the others."""
        return tuple(sorted(self.service_ids))


def items_of(uow: UnitOfWork, plans: Sequence[Plan]) -> Iterator[Item]:
    """The plans with their amounts; a few queries for any number."""
    assembled = estimate_many(uow, [plan.bill for plan in plans])
    return (Item(plan, one) for plan, one in zip(plans, assembled, strict=True))


def unchanged(uow: UnitOfWork, plans: Sequence[Plan], wanted: Wanted) -> list[Plan]:
    """Those plans that are still what was shown."""
    return [item.plan for item in items_of(uow, plans) if wanted.get(item.key) == item.inputs]
