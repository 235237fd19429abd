"""Things an imitated Stripe does later: a bank debit settles, a refund fails, a session expires.

Due times are in the sandbox's own time and kept in the store: a restart forgets nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ezcore.plugin_api.sandbox import SandboxClock, Store

_KIND = "_due"
Action = Callable[..., object]


class Schedule:
    """What is due when."""

    def __init__(self, store: Store, clock: SandboxClock) -> None:
        self._store = store
        self._clock = clock

    def later(self, seconds: float, action: str, **args: Any) -> None:
        """Do `action` with `args` after some seconds."""
        id_ = f"{self._store.next_number(_KIND):08d}"
        due = self._clock.now().timestamp() + seconds
        self._store.put(_KIND, id_, {"id": id_, "due": due, "action": action, "args": args})

    def run_due(self, actions: Mapping[str, Action], *, at_once: bool = False) -> int:
        """Do what is due (or everything, `at_once`); says how much that was."""
        done = 0
        with self._store.lock():
            now = self._clock.now().timestamp()
            for document in self._store.all(_KIND):
                if document["due"] <= now or at_once:
                    self._store.delete(_KIND, document["id"])
                    actions[document["action"]](**document["args"])
                    done += 1
        return done
