"""What else goes on a renewal invoice: the one place where lines that are no period join the run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from ezcore.billing.billable import operations as billable
from ezcore.billing.billable import queries
from ezcore.billing.invoices.rules import LineDraft
from ezcore.work import UnitOfWork


def extra_lines(uow: UnitOfWork, client_ids: Collection[int], on: date) -> Mapping[int, Sequence[LineDraft]]:
    """Lines that wait for the next invoice of each client, in any currency; a few queries for any number."""
    return queries.extra_lines(uow, client_ids, on)


def taken(uow: UnitOfWork, lines: Iterable[tuple[LineDraft, int]]) -> None:
    """These lines are on invoices now, named by id. In the transaction that writes them."""
    billable.mark_invoiced(uow, lines)
