"""Lets a test kill the process at an interesting line; does nothing in production.

``EZ_CRASH=jobs.claimed:2`` kills this process (SIGKILL) the second time it passes that point. The simulation
watches every point instead (`watch`) and raises `SimulatedCrash` where its seed says so.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable

_passed: Counter[str] = Counter()


class SimulatedCrash(BaseException):
    """The process 'died' here; a BaseException so that no ordinary handler swallows it."""


def _kill(_name: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


on_crash: Callable[[str], None] = _kill
_watcher: Callable[[str], None] | None = None


def watch(watcher: Callable[[str], None] | None) -> None:
    """Call `watcher` with the name of every point that is passed from now on; None: nobody."""
    global _watcher  # noqa: PLW0603 - one process, one watcher; a point must cost next to nothing
    _watcher = watcher


def crashpoint(name: str) -> None:
    """Pass the named point, dying here when ``EZ_CRASH`` says so."""
    if _watcher is not None:
        _watcher(name)
    wanted = os.environ.get("EZ_CRASH")
    if not wanted:
        return
    target, _, nth = wanted.partition(":")
    if target != name:
        return
    _passed[name] += 1
    if _passed[name] == int(nth or "1"):
        on_crash(name)
