"""How the installation is: what stands still, since when, and where it is mended."""

from ezcore.reports.health.queries import look
from ezcore.reports.health.rules import Finding, Seen, State, findings

__all__ = ["Finding", "Seen", "State", "findings", "look"]
