"""The durable exchange of one ticket with its help desk: open it there, tell what is new, read what is new."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select

from ezcore.db.once import insert_once
from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.kernel.crashpoint import crashpoint
from ezcore.plugin_api.errors import PermanentFailure
from ezcore.plugin_api.jobs import WEBHOOK, JobKind
from ezcore.plugin_api.ports.helpdesk import Helpdesk, HelpdeskTalk
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.support.helpdesk import operations, queries
from ezcore.support.helpdesk.hearing import hear
from ezcore.support.helpdesk.models import DeskMessage, DeskTicket
from ezcore.support.helpdesk.rules import desk_state
from ezcore.support.tickets.models import Ticket
from ezcore.work import UnitOfWork


def _open(context: StepContext) -> dict[str, Any]:
    with context.work.read() as uow:
        row, ticket = _rows(uow, context)
        if row.external_id is not None:
            return {"external_id": row.external_id, "first": None}
        first = queries.untold(uow, ticket.id)[0]
        told, message = queries.ticket_facts(uow, ticket), queries.message_facts(uow, first)
    external_id = _desk(context, row.helpdesk).open_ticket(_call(context), told, message)
    return {"external_id": external_id, "first": first.id}


def _opened(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    row = operations.locked(uow, int(context.payload["ticket_id"]))
    row.external_id = result["external_id"]
    if result["first"] is not None:
        _note(uow, result["first"], row.helpdesk, None)


def _tell(context: StepContext) -> dict[str, Any]:
    """Each message is noted as told before the next one is; a lost answer is looked up by the message's key."""
    with context.work.read() as uow:
        row, ticket = _rows(uow, context)
        waiting = [(one.id, queries.message_facts(uow, one)) for one in queries.untold(uow, ticket.id)]
        state = desk_state(ticket.state)
    desk, external_id = _desk(context, row.helpdesk), str(row.external_id)
    for message_id, message in waiting:
        known_as = desk.post(_call(context), external_id, message)
        crashpoint("helpdesk.told")
        with context.work.write() as uow:
            _note(uow, message_id, row.helpdesk, known_as)
    if state != row.state:
        desk.set_state(_call(context), external_id, state)
    return {"told": len(waiting), "state": state}


def _told(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    operations.locked(uow, int(context.payload["ticket_id"])).state = result["state"]


def _listen(context: StepContext) -> Any:
    with context.work.read() as uow:
        row, _ = _rows(uow, context)
    talk = _desk(context, row.helpdesk).talk(str(row.external_id))
    if talk is None:
        raise PermanentFailure(f"the ticket {row.external_id} is gone from {row.helpdesk}")
    return talk


def _heard(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    ticket_id = int(context.payload["ticket_id"])
    ticket = uow.session.scalars(select(Ticket).where(Ticket.id == ticket_id).with_for_update()).one()
    row = operations.locked(uow, ticket_id)
    if ticket.merged_into_id is None:
        hear(uow, ticket, row, HelpdeskTalk.model_validate(result))
    row.job_id = None
    # What was written while this ran is told by another one.
    if row.again or queries.differs(uow, ticket_id):
        operations.start(uow, row, EXCHANGE)


def _note(uow: UnitOfWork, message_id: int, helpdesk: str, external_id: str | None) -> None:
    """Both have it now."""
    both = {"message_id": message_id, "helpdesk": helpdesk, "external_id": external_id}
    insert_once(uow.session, DeskMessage, both)


def _rows(uow: UnitOfWork, context: StepContext) -> tuple[DeskTicket, Ticket]:
    ticket = uow.session.get_one(Ticket, int(context.payload["ticket_id"]))
    return uow.session.get_one(DeskTicket, ticket.id), ticket


def _desk(context: StepContext, name: str) -> Helpdesk:
    return context.ports.get(Helpdesk, name)  # type: ignore[type-abstract]


def _call(context: StepContext) -> VendorCall:
    return VendorCall(
        operation_key=context.operation_key,
        step_key=context.step_key,
        log=context.log,
        handle=context.handle,
        attempt=context.attempt,
        answer=context.answer,
    )


EXCHANGE: Final = JobKind(
    "support.helpdesk",
    "Exchange a ticket with the help desk",
    WEBHOOK,
    [
        Settled("open", "Open it there", run=_open, settle=_opened),
        Settled("tell", "Tell what is new", run=_tell, settle=_told),
        Settled("hear", "Read what is new", run=_listen, settle=_heard),
    ],
)
