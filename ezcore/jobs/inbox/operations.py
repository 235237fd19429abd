"""Receives verified messages once, and defines the job that processes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import TypeAdapter

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.jobs.inbox.models import InboxState, WebhookBody, WebhookEvent
from ezcore.kernel.crashpoint import crashpoint
from ezcore.plugin_api.jobs import WEBHOOK, JobKind
from ezcore.plugin_api.ports.webhook_source import Fact, Parked, WebhookMessage, WebhookSource
from ezcore.work import UnitOfWork

PROCESS = "webhooks.process"
FACTS: TypeAdapter[list[Fact]] = TypeAdapter(list[Fact])

Apply = Callable[[UnitOfWork, str, Fact], str | None]
"""Apply one fact of the named source; returns why it must be parked, or None."""


def receive(
    uow: UnitOfWork, kind: JobKind, source: str, account: str, message: WebhookMessage, body: bytes
) -> int | None:
    """Store a verified message and queue its processing; None when we have had it already."""
    parked = message.park_reason
    event_id: int | None = insert_once(
        uow.session,
        WebhookEvent,
        {
            "source": source,
            "account": account,
            "external_id": message.external_id,
            "kind": message.kind,
            "api_version": message.api_version,
            "livemode": message.livemode,
            "state": InboxState.PARKED if parked else InboxState.RECEIVED,
            "reason": parked,
            "received_at": uow.now(),
        },
    )
    if event_id is None:
        return None
    uow.session.add(WebhookBody(event_id=event_id, body=body, received_at=uow.now()))
    if not parked:
        jobs.enqueue(
            uow,
            kind,
            f"webhook:{source}:{account}:{message.external_id}"[:160],
            {"event_id": event_id},
            subject=("webhook_event", event_id),
            provider=f"webhook:{source}",
        )
    crashpoint("inbox.stored")
    return event_id


def process_kind(apply: Apply) -> JobKind:
    """The job that interprets a message and applies its facts; `apply` comes from the room that owns them."""

    def settle(uow: UnitOfWork, context: StepContext, result: Any) -> None:
        event = uow.session.get_one(WebhookEvent, context.payload["event_id"])
        reasons = [apply(uow, event.source, fact) for fact in FACTS.validate_python(result["facts"])]
        reasons.append(result.get("parked"))
        parked = [reason for reason in reasons if reason]
        event.handled_at = uow.now()
        event.reason = "; ".join(parked) or None
        event.state = (
            InboxState.PARKED if parked else InboxState.APPLIED if result["facts"] else InboxState.IGNORED
        )

    step = Settled("interpret", "Read what happened", run=_interpret, settle=settle)
    return JobKind(PROCESS, "Process a webhook", WEBHOOK, [step], priority=10)


def _interpret(context: StepContext) -> dict[str, Any]:
    with context.work.read() as uow:
        event = uow.session.get_one(WebhookEvent, context.payload["event_id"])
        body = uow.session.get_one(WebhookBody, event.id).body
    source = context.ports.get(WebhookSource, event.source)  # type: ignore[type-abstract]
    message = source.parse(body)
    try:
        facts: Sequence[Fact] = source.interpret(message, body)
    except Parked as parked:
        return {"facts": [], "parked": str(parked)}
    return {"facts": FACTS.dump_python(list(facts), mode="json")}


def replay(uow: UnitOfWork, kind: JobKind, event: WebhookEvent) -> None:
    """Process a stored message again (staff). Effects happen once: facts are deduplicated where applied."""
    uow.actor.require(jobs.MANAGE)
    before, event.state, event.reason = str(event.state), InboxState.RECEIVED, None
    audit.record(uow, "webhook.replay", "webhook_event", event.id, before={"state": before})
    jobs.enqueue(
        uow,
        kind,
        f"webhook:{event.source}:{event.id}:{uow.ids.key('replay')}",
        {"event_id": event.id},
        subject=("webhook_event", event.id),
        provider=f"webhook:{event.source}",
    )
