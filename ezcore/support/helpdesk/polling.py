"""Looks for changes at the help desk whose webhook never came."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.jobs.inbox.models import WebhookCursor
from ezcore.plugin_api.jobs import RECONCILE, JobKind
from ezcore.plugin_api.ports.helpdesk import Helpdesk
from ezcore.support.helpdesk import operations, queries
from ezcore.support.helpdesk.jobs import EXCHANGE
from ezcore.work import UnitOfWork

EVERY: Final = timedelta(minutes=5)
# What the vendor's list shows late is seen by looking back a little.
OVERLAP: Final = timedelta(minutes=10)
FIRST_LOOK: Final = timedelta(days=1)
SLICE: Final = 500


def ask(uow: UnitOfWork) -> bool:
    """Queue one look per five minutes, however often this is called; False where there is no help desk."""
    helpdesk = uow.settings.support.helpdesk
    if not helpdesk:
        return False
    slot = int(uow.now().timestamp() // EVERY.total_seconds())
    key = f"helpdesk-poll:{helpdesk}:{slot}"
    jobs.enqueue(uow, POLL, key, {"helpdesk": helpdesk}, provider=f"helpdesk:{helpdesk}")
    return True


def _look(context: StepContext) -> Any:
    helpdesk = str(context.payload["helpdesk"])
    with context.work.read() as uow:
        now, cursor = uow.now(), uow.session.get(WebhookCursor, _cursor(helpdesk))
        since = (cursor.seen_until if cursor else now - FIRST_LOOK) - OVERLAP
    desk = context.ports.get(Helpdesk, helpdesk)  # type: ignore[type-abstract]
    return {"changed": list(desk.changed(since)), "until": now.isoformat()}


def _settle(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    helpdesk = str(context.payload["helpdesk"])
    changed = result["changed"]
    for start in range(0, len(changed), SLICE):
        for ticket_id in queries.by_external(uow, helpdesk, changed[start : start + SLICE]):
            operations.exchange(uow, ticket_id, EXCHANGE)
    uow.session.merge(
        WebhookCursor(source=_cursor(helpdesk), seen_until=datetime.fromisoformat(result["until"]))
    )


def _cursor(helpdesk: str) -> str:
    return f"desk:{helpdesk}"[:40]


POLL: Final = JobKind(
    "support.helpdesk_poll",
    "Look for changes at the help desk",
    RECONCILE,
    [Settled("look", "Ask what changed", run=_look, settle=_settle)],
)
