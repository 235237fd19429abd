"""Is a name free? Asked of every registrar at once within one deadline; answers are remembered for a minute."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import delete, select, update

from ezcore.db.once import insert_once
from ezcore.domain_names.names import queries
from ezcore.domain_names.names.models import DomainCheck
from ezcore.domain_names.names.rules import check_scripts, split, to_unicode
from ezcore.domain_names.tlds import queries as tlds
from ezcore.domain_names.tlds.models import Tld
from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.ports.registrar import Availability, Registrar, RegistrarCapability
from ezcore.plugin_api.protocols import Ports
from ezcore.work import UnitOfWork, Work

log = logging.getLogger(__name__)

FRESH: Final = timedelta(seconds=60)
DEADLINE: Final = 6.0
MOST_NAMES: Final = 20
SUGGESTED: Final = 6
Verdict = Literal["free", "taken", "premium", "ours", "unknown", "unsold"]


@dataclass(frozen=True)
class Answer:
    """What is known of one name. `warning` is for look-alikes; `reason` is the registrar's, or ours."""

    name: str
    verdict: Verdict
    tld: Tld | None = None
    reason: str = ""
    warning: str = ""

    @property
    def shown(self) -> str:
        """The name as people read it."""
        return to_unicode(self.name)


def candidates(words: str, sold: Sequence[Tld]) -> list[str]:
    """The names to ask for: the one that was typed first, then the same label below the other endings.

    Raises: InvalidInput for an ending that is not sold, or a name below a name.
    """
    endings = [tld.name for tld in sold]
    if "." not in words:
        return [f"{words}.{ending}" for ending in endings][:MOST_NAMES]
    label, own = split(words, endings)
    return [words, *(f"{label}.{ending}" for ending in endings if ending != own)][:MOST_NAMES]


def look(work: Work, ports: Ports, names: Sequence[str], *, seconds: float = DEADLINE) -> list[Answer]:
    """Ask for these names, in their order. A registrar that is late or broken makes its own names `unknown` only."""
    with work.read() as uow:
        known = {tld.name: tld for tld in tlds.sold(uow)}
        cared = queries.live_among(uow, names)
        remembered = _remembered(uow, names)
    answers: dict[str, Answer] = {}
    ask: dict[str, list[str]] = defaultdict(list)
    for name in names:
        answers[name] = first = _before_asking(name, known, cared)
        if first.verdict == "unknown" and not first.reason:
            if name in remembered:
                answers[name] = _told(first, remembered[name])
            elif first.tld is not None:
                ask[first.tld.registrar].append(name)
    heard = _ask(ports, ask, seconds)
    if heard:
        with work.write() as uow:
            _remember(uow, heard)
    for name, found in heard.items():
        answers[name] = _told(answers[name], found)
    return [
        replace(one, reason="Could not be checked, try again")
        if one.verdict == "unknown" and not one.reason
        else one
        for one in (answers[name] for name in names)
    ]


def suggest(work: Work, ports: Ports, words: str, *, seconds: float = DEADLINE) -> list[Answer]:
    """Free names like these words, by registrars that suggest; none when they are late."""
    with work.read() as uow:
        known = {tld.name: tld for tld in tlds.sold(uow)}
    able = [
        (name, [tld.name for tld in known.values() if tld.registrar == name])
        for name in sorted({tld.registrar for tld in known.values()})
        if (found := _registrar(ports, name)) is not None
        and RegistrarCapability.SUGGEST in found.capabilities
    ]
    if not able:
        return []
    pool = ThreadPoolExecutor(max_workers=len(able))
    asked = [pool.submit(_port(ports, name).suggest, words, endings, SUGGESTED) for name, endings in able]
    wait(asked, timeout=seconds)
    pool.shutdown(wait=False, cancel_futures=True)
    made = []
    for one in (one for future in asked for one in _result(future, "suggest")):
        if one.available and not one.premium:
            try:
                _, ending = split(one.name, known)
            except InvalidInput:
                continue
            made.append(Answer(one.name, "free", known[ending]))
    return made[:SUGGESTED]


def forget(uow: UnitOfWork, before: datetime) -> int:
    """Throw away what was remembered before this instant."""
    done = uow.session.execute(delete(DomainCheck).where(DomainCheck.checked_at < before))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _before_asking(name: str, known: Mapping[str, Tld], cared: set[str]) -> Answer:
    try:
        _, ending = split(name, known)
        tld = known[ending]
        warning = check_scripts(name, idn=tld.idn, mixed=tld.mixed_scripts)
    except InvalidInput as error:
        return Answer(name, "unsold", None, error.message)
    if name in cared:
        return Answer(name, "ours", tld, "registered here already")
    return Answer(name, "unknown", tld, warning=warning or "")


def _told(answer: Answer, found: Availability) -> Answer:
    if found.premium:
        words = "The registry asks a special price for this name; we do not sell such names"
        return replace(answer, verdict="premium", reason=words)
    return replace(answer, verdict="free" if found.available else "taken", reason=found.reason[:200].strip())


def _ask(ports: Ports, wanted: Mapping[str, Sequence[str]], seconds: float) -> dict[str, Availability]:
    able = [(name, names) for name, names in wanted.items() if _registrar(ports, name) is not None]
    if not able:
        return {}
    pool = ThreadPoolExecutor(max_workers=len(able))
    asked = [pool.submit(_port(ports, name).check, tuple(names)) for name, names in able]
    wait(asked, timeout=seconds)
    pool.shutdown(wait=False, cancel_futures=True)
    every = {one.name: one for future in asked for one in _result(future, "check")}
    return {name: every[name] for _, names in able for name in names if name in every}


def _result(future: Future[Sequence[Availability]], verb: str) -> Sequence[Availability]:
    if not future.done() or future.cancelled():
        log.warning("a registrar did not answer %s in time", verb)
        return ()
    error = future.exception()
    if error is not None:
        log.warning("a registrar failed at %s: %s: %s", verb, type(error).__name__, error)
        return ()
    return future.result()


def _registrar(ports: Ports, name: str) -> Registrar | None:
    try:
        return _port(ports, name)
    except LookupError:
        return None


def _port(ports: Ports, name: str) -> Registrar:
    return ports.get(Registrar, name)  # type: ignore[type-abstract]


def _remembered(uow: UnitOfWork, names: Sequence[str]) -> dict[str, Availability]:
    query = select(DomainCheck).where(DomainCheck.name.in_(names), DomainCheck.checked_at > uow.now() - FRESH)
    return {row.name: Availability(name=row.name, **row.answer) for row in uow.session.scalars(query)}


def _remember(uow: UnitOfWork, heard: Mapping[str, Availability]) -> None:
    for name, found in heard.items():
        answer: dict[str, Any] = {
            "available": found.available, "premium": found.premium, "reason": found.reason[:200],
        }  # fmt: skip
        values = {"name": name, "answer": answer, "checked_at": uow.now()}
        if insert_once(uow.session, DomainCheck, values, returning="name") is None:
            uow.session.execute(
                update(DomainCheck)
                .where(DomainCheck.name == name)
                .values(answer=answer, checked_at=uow.now())
            )
