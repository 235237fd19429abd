"""The unit of work: one transaction with everything an operation may need, and nothing of the web."""

from ezcore.work.factory import Work
from ezcore.work.unit_of_work import UnitOfWork

__all__ = ["UnitOfWork", "Work"]
