"""Looks at registrars that nobody asked for: expiry and transfers in slices, poll queues, and what endings cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ezcore.db.once import insert_once
from ezcore.domain_names.names import queries, sync
from ezcore.domain_names.names.models import DomainName, DomainState
from ezcore.domain_names.tlds import operations as tlds
from ezcore.domain_names.tlds import queries as endings
from ezcore.jobs.engine.context import StepContext
from ezcore.jobs.models import StaffTask
from ezcore.plugin_api.errors import StepSignal
from ezcore.plugin_api.jobs import RECONCILE, JobKind, Step
from ezcore.plugin_api.ports.registrar import PollMessage, Registrar, RegistrarCapability, TldTerms
from ezcore.work import UnitOfWork

SLICE: Final = 50
MOST_MESSAGES: Final = 500


def _sync(context: StepContext) -> dict[str, int]:
    """Ask for every name of the slice; one that cannot be asked does not keep the others from being looked at."""
    registrar = context.ports.get(Registrar, context.payload["registrar"])  # type: ignore[type-abstract]
    told = {"looked": 0, "odd": 0, "failed": 0}
    for domain_id in context.payload["ids"]:
        with context.work.read() as uow:
            domain = queries.by_id(uow, domain_id)
        if domain.external_id is None or not domain.is_live:
            continue
        try:
            found = registrar.info(domain.name)
        except StepSignal as signal:
            context.log(f"info {domain.name}", str(signal))
            told["failed"] += 1
            continue
        with context.work.write() as uow:
            fine = sync.apply(uow, queries.by_id(uow, domain_id), found)
        told["looked" if fine else "odd"] += 1
    return told


def _poll(context: StepContext) -> dict[str, int]:
    return {name: _empty(context, registrar) for name, registrar in _able(context, RegistrarCapability.POLL)}


def _empty(context: StepContext, registrar: Registrar) -> int:
    """Store each message before it is taken off the queue: what is told twice is the same row.

    Asked again until it brings nothing new: EPP shows the next message only when the one before was acknowledged.
    """
    taken: set[str] = set()
    while len(taken) < MOST_MESSAGES:
        fresh = [message for message in registrar.poll() if message.external_id not in taken]
        if not fresh:
            break
        for message in fresh:
            with context.work.write() as uow:
                _hear(uow, registrar, message)
            registrar.acknowledge(message.external_id)
            taken.add(message.external_id)
    return len(taken)


def _hear(uow: UnitOfWork, registrar: Registrar, message: PollMessage) -> None:
    domain = queries.live(uow, message.name) if message.name else None
    if domain is not None and domain.registrar != registrar.name:
        domain = None
    if domain is not None and message.kind == "transferred_out":
        sync.move(uow, domain, DomainState.TRANSFERRED_AWAY)
    elif message.kind in ("failed", "deleted", "transferred_out"):
        _ask(uow, registrar, domain, message)


def _ask(uow: UnitOfWork, registrar: Registrar, domain: DomainName | None, message: PollMessage) -> None:
    values = {
        "key": f"poll:{registrar.name}:{message.external_id}"[:160],
        "client_id": domain.client_id if domain else None,
        "title": f"{message.name or registrar.label}: {message.kind.replace('_', ' ')}"[:200],
        "cause": message.text[:2000], "opened_at": uow.now(),
    }  # fmt: skip
    insert_once(uow.session, StaffTask, values)


def _prices(context: StepContext) -> dict[str, list[str]]:
    return {
        name: _compare(context, registrar, registrar.prices())
        for name, registrar in _able(context, RegistrarCapability.PRICES)
    }


def _compare(context: StepContext, registrar: Registrar, terms: Sequence[TldTerms]) -> list[str]:
    """What costs something else now; our own prices stay until a person takes the new costs in."""
    changed = []
    with context.work.write() as uow:
        known = endings.every(uow, [one.tld for one in terms])
        for one in terms:
            tld = known.get(one.tld)
            if tld is None or tld.registrar != registrar.name:
                continue
            before = dict(tld.costs)
            if tlds.note_costs(uow, tld, one):
                changed.append(
                    f".{tld.name}: renewal {before.get('renew')} is now {tld.costs['renew']} (minor units)"
                )
        if changed:
            values = {
                "key": f"tld-costs:{registrar.name}:{uow.today()}", "title": f"{registrar.label} changed its prices",
                "cause": "\n".join(changed)[:4000], "client_id": None, "opened_at": uow.now(),
            }  # fmt: skip
            insert_once(uow.session, StaffTask, values)
    return changed


def _able(context: StepContext, capability: RegistrarCapability) -> list[tuple[str, Registrar]]:
    every = [(name, context.ports.get(Registrar, name)) for name in context.ports.names(Registrar)]  # type: ignore[type-abstract]
    return [(name, registrar) for name, registrar in every if capability in registrar.capabilities]


def slices(ids: Sequence[int]) -> list[list[int]]:
    """So many names are looked at by one job."""
    return [list(ids[at : at + SLICE]) for at in range(0, len(ids), SLICE)]


SYNC: Final = JobKind(
    "domain_names.sync", "Compare names with their registrar", RECONCILE,
    [Step[Any]("look", "Ask for each name", run=_sync)],
)  # fmt: skip
POLL: Final = JobKind(
    "domain_names.poll", "Read the registries' messages", RECONCILE,
    [Step[Any]("read", "Read and acknowledge", run=_poll)],
)  # fmt: skip
PRICES: Final = JobKind(
    "domain_names.prices", "Compare the costs of endings", RECONCILE,
    [Step[Any]("look", "Ask for the prices", run=_prices)],
)  # fmt: skip
