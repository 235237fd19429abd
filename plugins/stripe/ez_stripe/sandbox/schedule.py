"""Things an imitated Stripe does later: a bank debit settles, a refund fails, a session expires.

Due times are in the sandbox's own time and kept in the store: a restart forgets nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from ezcore.plugin_api.sandbox import Document, SandboxClock, Store

_KIND = "_due"
Action = Callable[..., object]


class Schedule:
    """What is due when."""

    def __init__(self, store: Store, clock: SandboxClock) -> None:
        self._store = store
        self._clock = clock

    def later(self, seconds: float, action: str, **args: Any) -> None:
        """Do `action` with `args` after some seconds."""
        self.at(self._clock.now().timestamp() + seconds, action, **args)

    def at(self, due: float, action: str, **args: Any) -> None:
        """Do `action` with `args` at a moment, in seconds since 1970."""
        id_ = f"{self._store.next_number(_KIND):08d}"
        self._store.put(_KIND, id_, {"id": id_, "due": due, "action": action, "args": args})

    def run_due(
        self, actions: Mapping[str, Action], *, at_once: bool = False, follow: Collection[str] = ()
    ) -> int:
        """Do what is due, in order (or everything, `at_once`); says how much that was.

        What comes of it and is due too is done as well; `at_once` also those named in `follow`, due or not.
        """
        done = 0
        with self._store.lock():
            waiting = self._waiting() if at_once else []
            while waiting := waiting or self._due(follow if at_once else ()):
                for document in waiting:
                    if self._store.delete(_KIND, document["id"]):
                        actions[document["action"]](**document["args"])
                        done += 1
                waiting = []
        return done

    def _due(self, follow: Collection[str]) -> list[Document]:
        """The first that is due: what it leads to may be due before the others."""
        now = self._clock.now().timestamp()
        return [one for one in self._waiting() if one["due"] <= now or one["action"] in follow][:1]

    def _waiting(self) -> list[Document]:
        return sorted(self._store.all(_KIND), key=lambda one: (one["due"], one["id"]))
