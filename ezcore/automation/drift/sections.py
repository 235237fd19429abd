"""The table of comparisons, in the order of the report. A room that has more to compare adds a line."""

from __future__ import annotations

from typing import Final

from ezcore.automation.drift import accounts, agreements, domain_names, seen
from ezcore.automation.drift.findings import Finding, Proposal, Section, unasked

__all__ = ["SECTIONS", "Finding", "Proposal", "Section", "unasked"]

SECTIONS: Final = (
    Section("accounts", "Services and servers", accounts.run),
    Section("seen", "Services by their last look", seen.run),
    Section("agreements", "Subscriptions and gateways", agreements.run),
    Section("domain_names", "Domain names and zones", domain_names.run),
)
