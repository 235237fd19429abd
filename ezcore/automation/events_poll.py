"""Missed events: asks gateways what they told, and puts what never came into the inbox as if it had been delivered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from ezcore.automation.run import Outcome
from ezcore.billing.transactions.inbox import apply_fact, sweep
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.context import StepContext
from ezcore.jobs.inbox.models import WebhookCursor, WebhookEvent
from ezcore.jobs.inbox.operations import process_kind, receive
from ezcore.plugin_api.errors import Malformed
from ezcore.plugin_api.jobs import RECONCILE, JobKind, Step
from ezcore.plugin_api.ports.gateway import Gateway, GatewayCapability, GatewayEvent
from ezcore.plugin_api.ports.webhook_source import WebhookSource
from ezcore.work import UnitOfWork, Work

EVERY: Final = timedelta(minutes=15)
# A webhook that is on its way needs no help; and what the record shows late is seen by looking back a little.
GRACE: Final = timedelta(minutes=5)
OVERLAP: Final = timedelta(hours=1)
FIRST_LOOK: Final = timedelta(days=3)

PROCESS: Final = process_kind(apply_fact)


def run(work: Work, _on: date, preview: bool) -> Outcome:
    """Queue one look at the gateways' records per quarter of an hour, however often this is called."""
    outcome = Outcome()
    if not preview:
        with work.write() as uow:
            slot = int(uow.now().timestamp() // EVERY.total_seconds())
            jobs.enqueue(uow, POLL_EVENTS, f"events:{slot}", {})
            outcome.lines.append("asked")
    return outcome


def _poll(context: StepContext) -> Any:
    found = {}
    for name in context.ports.names(Gateway):
        gateway = context.ports.get(Gateway, name)
        if GatewayCapability.EVENTS in gateway.capabilities:
            found[name] = _poll_one(context, name, gateway)
    with context.work.write() as uow:
        found["waiting facts applied"] = sweep(uow)
    return found


def _poll_one(context: StepContext, name: str, gateway: Gateway) -> int:
    with context.work.read() as uow:
        now = uow.now()
        cursor = uow.session.get(WebhookCursor, name)
        since = (cursor.seen_until if cursor else now - FIRST_LOOK) - OVERLAP
    source = context.ports.get(WebhookSource, name)  # type: ignore[type-abstract]
    missed = sum(_take_in(context.work, source, name, event, now) for event in gateway.list_events(since))
    with context.work.write() as uow:
        uow.session.merge(WebhookCursor(source=name, seen_until=now - GRACE))
    return missed


def _take_in(work: Work, source: WebhookSource, name: str, event: GatewayEvent, now: datetime) -> bool:
    try:
        message = source.parse(event.body)
    except Malformed:
        return False
    if message.created is not None and message.created > (now - GRACE).timestamp():
        return False
    with work.write() as uow:
        stored = receive(uow, PROCESS, name, "", message, event.body)
        if stored is None:
            return False
        _mark(uow, stored)
    return True


def _mark(uow: UnitOfWork, event_id: int) -> None:
    uow.session.get_one(WebhookEvent, event_id).polled = True


POLL_EVENTS: Final = JobKind(
    "billing.poll_events",
    "Look for events that never came",
    RECONCILE,
    [Step("look", "Ask the gateways", run=_poll)],
)
