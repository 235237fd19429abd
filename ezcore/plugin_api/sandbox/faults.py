"""One vocabulary in which tests and demos tell any imitated vendor to misbehave.

A fault is scripted for a call (the name of a route, with shell wildcards), lets `after` matching calls
pass and then strikes `times` times. Scripted faults live in the store: they survive a restart.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ezcore.plugin_api.sandbox.store import Document, Store

ANSWER_FAULTS = {
    "delay": "answer after args.seconds",
    "lose_answer": "the effect happens, the connection drops (after args.hold seconds)",
    "lose_request": "the connection drops before anything happens",
    "error": "answer args.status with args.body (text or JSON), args.reason and args.headers; no effect",
    "rate_limit": "the vendor's own answer to too many calls, with args.retry_after; no effect",
    "unauthorized": "the vendor's own answer to a bad credential; no effect",
    "hostile": "the effect happens, the answer is args.body (args.repeat times) with args.status and args.content_type",
}
HANDLER_FAULTS = {
    "partial_failure": "step args.step of several fails",
    "late_failure": "accepted now, failed later",
    "stale_read": "lists and statuses lag args.seconds behind",
    "duplicate_webhooks": "every webhook is sent args.copies times",
    "reorder_webhooks": "webhooks wait until args.count are there and go out newest first",
    "delay_webhooks": "webhooks wait args.seconds",
    "drop_webhooks": "webhooks are never sent",
    "bad_signature": "webhooks are signed with another secret",
    "old_timestamp": "webhooks are signed args.seconds in the past",
    "unknown_event": "webhooks carry an event type nobody knows",
    "other_api_version": "webhooks carry args.version as the version of the API",
    "drift": "somebody changes the object by hand, as args say",
}
FAULT_KINDS = frozenset(ANSWER_FAULTS) | frozenset(HANDLER_FAULTS)
FOREVER = -1
_KIND = "_fault"


@dataclass(frozen=True)
class Fault:
    """One scripted misbehaviour; `times=FOREVER` strikes until cleared."""

    call: str
    kind: str
    times: int = 1
    after: int = 0
    args: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in FAULT_KINDS:
            raise ValueError(f"unknown kind of fault {self.kind!r}; known: {', '.join(sorted(FAULT_KINDS))}")
        if self.times == 0 or self.times < FOREVER or self.after < 0:
            raise ValueError("times must be positive (or -1, until cleared) and after not negative")


class Faults:
    """The script: faults in the order in which they were written down."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def script(self, fault: Fault) -> Fault:
        """Add a fault to the script."""
        id_ = f"{self._store.next_number(_KIND):08d}"
        self._store.put(_KIND, id_, {"id": id_, **asdict(fault)})
        return fault

    def take(self, call: str, *kinds: str) -> Fault | None:
        """The fault that strikes this call, counted down; only among `kinds` when any are named.

        Every matching fault that does not strike yet lets this call pass and counts it.
        """
        with self._store.lock():
            for document in self._store.all(_KIND):
                if not fnmatchcase(call, document["call"]) or (kinds and document["kind"] not in kinds):
                    continue
                if self._strikes(document):
                    return _fault(document)
        return None

    def all(self) -> list[Fault]:
        """What is still scripted, oldest first."""
        return [_fault(document) for document in self._store.all(_KIND)]

    def clear(self) -> None:
        """Behave again."""
        self._store.clear(_KIND)

    def _strikes(self, document: Document) -> bool:
        if document["after"] > 0:
            self._store.put(_KIND, document["id"], {**document, "after": document["after"] - 1})
            return False
        if document["times"] == 1:
            self._store.delete(_KIND, document["id"])
        elif document["times"] > 1:
            self._store.put(_KIND, document["id"], {**document, "times": document["times"] - 1})
        return True


def _fault(document: Document) -> Fault:
    return Fault(**{name: document[name] for name in ("call", "kind", "times", "after", "args")})
