"""Lets a child process end with its supervisor: end of file on the pipe between them means drain and exit."""

from __future__ import annotations

import logging
import os
import signal
import threading

log = logging.getLogger(__name__)

DRAIN_SECONDS = 10.0


def exit_when_parent_dies(fd: int, seconds: float = DRAIN_SECONDS) -> threading.Thread:
    """Watch the reading end of the supervisor's pipe, in a thread of its own.

    At end of file this process gets TERM, as from the supervisor; what has not drained after `seconds` ends.
    """
    watcher = threading.Thread(target=_watch, args=(fd, seconds), name="lifeline", daemon=True)
    watcher.start()
    return watcher


def _watch(fd: int, seconds: float) -> None:
    while True:
        try:
            if not os.read(fd, 1024):
                break
        except OSError:
            break  # the pipe is gone, and so is who held it
    log.warning("the supervisor is gone: draining, then exit")
    timer = threading.Timer(seconds, os._exit, args=(1,))
    timer.daemon = True
    timer.start()
    os.kill(os.getpid(), signal.SIGTERM)
