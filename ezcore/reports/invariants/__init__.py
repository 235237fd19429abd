"""Promises that hold at every moment (I01 ... of the reliability bar), and how each of them is held."""

from ezcore.reports.invariants.money import MONEY
from ezcore.reports.invariants.report import broken_invariants, report
from ezcore.reports.invariants.work import WORK

QUERIES = {**MONEY, **WORK}

__all__ = ["MONEY", "QUERIES", "WORK", "broken_invariants", "report"]
