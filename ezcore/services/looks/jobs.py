"""The job that looks: one service after the other, each on its own; it never fails, a problem is kept in its place."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from pydantic import ValidationError

from ezcore.jobs.engine.context import StepContext
from ezcore.jobs.providers.rules import MOST_FAILURES
from ezcore.plugin_api.errors import NeedsInfo, OutcomeUnknown, RetryAfter
from ezcore.plugin_api.jobs import RECONCILE, JobKind, Step
from ezcore.plugin_api.ports.looks import Look
from ezcore.plugin_api.ports.provisioning import Capability, ProvisioningModule, ServerFacts
from ezcore.plugin_api.values import Resource
from ezcore.services.looks import notes
from ezcore.services.servers import operations as servers
from ezcore.services.services import queries
from ezcore.services.services.models import Service

log = logging.getLogger(__name__)

LARGEST: Final = 400_000
"""Characters of a look; what is larger is not drawn, and not kept."""
WORDS: Final = {
    RetryAfter: "The server asked us to wait.",
    OutcomeUnknown: "The server did not answer.",
    NeedsInfo: "The server cannot be asked at the moment.",
    LookupError: "What runs this service is paused.",
}


def _look(context: StepContext) -> dict[str, int]:
    seen, failed = 0, 0
    context.heard.nothing()
    for service_id in context.payload["services"]:
        if len(context.heard.troubles) >= MOST_FAILURES:
            _not_asked(context, service_id)
            failed += 1
        elif _look_at(context, service_id):
            seen += 1
        else:
            failed += 1
    return {"seen": seen, "failed": failed}


def _look_at(context: StepContext, service_id: int) -> bool:
    with context.work.read() as uow:
        asked = uow.now()
    try:
        found = _ask(context, service_id)
        if found is None:
            return True
    except Exception as error:  # noqa: BLE001 - one service that cannot be seen must not keep others from it
        context.heard.failure(error)
        log.info("look at service %s: %s", service_id, error)
        context.log(f"look at service {service_id}", f"{type(error).__name__}: {error}")
        with context.work.write() as uow:
            notes.note_problem(uow, service_id, words_of(error), asked)
        return False
    with context.work.write() as uow:
        notes.note_look(uow, service_id, found, asked)
    return True


def _not_asked(context: StepContext, service_id: int) -> None:
    """The server answered none of the others: to wait for it once more would only keep a worker."""
    with context.work.write() as uow:
        notes.note_problem(uow, service_id, WORDS[OutcomeUnknown], uow.now())


def _ask(context: StepContext, service_id: int) -> Look | None:
    """What the vendor shows. None: there is nothing to look at (any more), or the module cannot look."""
    module = context.ports.get(ProvisioningModule, context.payload["module"])  # type: ignore[type-abstract]
    if Capability.LOOK not in module.capabilities:
        return None
    asked = _facts(context, service_id, module)
    if asked is None:
        return None
    answer = module.look(*asked)
    context.heard.answer()
    found = Look.model_validate(answer)
    if len(found.model_dump_json()) > LARGEST:
        raise ValueError("the answer is too large to be shown")
    return found


def _facts(
    context: StepContext, service_id: int, module: ProvisioningModule
) -> tuple[ServerFacts, Resource] | None:
    with context.work.read() as uow:
        service = uow.session.get(Service, service_id)
        resource = queries.resource_facts(uow, service_id)
        if service is None or resource is None or service.module != module.name:
            return None
        return servers.facts_for(uow, service.server_id, module), resource


def words_of(error: BaseException) -> str:
    """A sentence that clients may read: nothing internal."""
    if getattr(error, "unreachable", isinstance(error, OSError)):
        return WORDS[OutcomeUnknown]
    for kind, words in WORDS.items():
        if isinstance(error, kind):
            return words
    if isinstance(error, ValidationError | ValueError):
        return "The server answered something we cannot show."
    return "The server could not be asked."


LOOK: Final = JobKind(
    "looks.take",
    "Look at services",
    RECONCILE,
    [Step("look", "Ask the vendor", run=_look, call_limit=timedelta(minutes=15))],
    priority=5,
)
