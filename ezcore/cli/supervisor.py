"""Supervises the demo's children: each in a session of its own, with a pipe from us as its standard input.

When we die, even by SIGKILL, the pipe ends and the children drain and exit: nothing outlives the supervisor.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ezcore.kernel.errors import EzError

log = logging.getLogger(__name__)
GRACE = 10.0


class ChildDied(EzError):
    """A child ended by itself."""


@dataclass
class Supervisor:
    """Starts, watches and stops children, in order; stops them in reverse."""

    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _stopping: bool = False

    def install_signals(self) -> None:
        """INT and TERM stop the demo, even where a shell had INT ignored for a background job."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop_signal)

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a child with a pipe from us as standard input."""
        self.children[name] = subprocess.Popen(  # noqa: S603 - our own command line
            list(command),
            stdin=subprocess.PIPE,
            start_new_session=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )

    def wait_until(self, ready: Callable[[], bool], seconds: float, complaint: str) -> None:
        """Wait for something to answer. Raises: ChildDied; EzError when the time is over."""
        end = time.monotonic() + seconds
        while not ready():
            self._check()
            if self._stopping:
                raise KeyboardInterrupt
            if time.monotonic() > end:
                self.stop()
                raise EzError(complaint)
            time.sleep(0.1)

    def watch(self) -> int:
        """Stay until stopped, or until a child dies."""
        try:
            while not self._stopping:
                self._check()
                time.sleep(0.2)
        finally:
            self.stop()
        return 0

    def stop(self) -> None:
        """TERM to each, newest first; KILL after ten seconds."""
        for child in reversed(self.children.values()):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        end = time.monotonic() + GRACE
        for name, child in reversed(self.children.items()):
            try:
                child.wait(timeout=max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("%s did not end in time and is killed", name)
                child.kill()
                child.wait()

    def _check(self) -> None:
        for name, child in self.children.items():
            if child.poll() is not None and not self._stopping:
                self.stop()
                raise ChildDied(f"the {name} process ended with code {child.returncode}; its log is above")

    def _stop_signal(self, *_args: object) -> None:
        self._stopping = True
