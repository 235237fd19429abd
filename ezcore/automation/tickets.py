"""Tickets that wait too long, as automation tasks: closed when the client is silent, raised when we are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import select

from ezcore.automation.run import Outcome
from ezcore.support.tickets import waiting
from ezcore.support.tickets.models import Ticket
from ezcore.work import UnitOfWork, Work

Find = Callable[[UnitOfWork], Sequence[int]]
Do = Callable[[UnitOfWork, int], str | None]


def close(work: Work, _on: date, preview: bool) -> Outcome:
    """Close answered tickets whose client is silent; 0 days is never."""
    return _each(work, waiting.silent, waiting.close_silent, "close", "closed", preview)


def escalate(work: Work, _on: date, preview: bool) -> Outcome:
    """Raise tickets that wait for us; 0 hours is never."""
    return _each(work, waiting.neglected, waiting.escalate, "raise", "raised", preview)


def _each(work: Work, find: Find, act: Do, would: str, did: str, preview: bool) -> Outcome:
    outcome = Outcome()
    with work.read() as uow:
        rows = select(Ticket.id, Ticket.reference).where(Ticket.id.in_(find(uow))).order_by(Ticket.id)
        due = uow.session.execute(rows).all()
    for ticket_id, reference in due:
        if preview:
            outcome.did(f"would {would} ticket {reference}")
            continue
        with outcome.apart(f"ticket {reference}"), work.write() as uow:
            if act(uow, ticket_id) is not None:
                outcome.did(f"ticket {reference} {did}", "ticket", reference)
    return outcome
