"""Real `ez` processes to be killed, forked from a server that has imported everything, and a Redis of our own."""

from __future__ import annotations

import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import redis

PATIENCE = 120.0

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.faults.ez_process_imports", "tests.faults.engine_shop"])


def start_ez(arguments: list[str], log: Path, **environ: str) -> Any:
    """Start `ez <arguments>` in a process of its own (no shell start-up cost); its log goes to a file."""
    process = processes.Process(target=_be_ez, args=(arguments, log, environ))
    process.start()
    return process


def _be_ez(arguments: list[str], log: Path, environ: dict[str, str]) -> None:
    from ezcore.cli.main import main

    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.update(environ)
    sys.exit(main(arguments))


def until(true: Callable[[], Any], what: str, patience: float = PATIENCE) -> None:
    """Wait for something. Raises: AssertionError when it does not come."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"waited {patience} s for: {what}"
        time.sleep(0.1)


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def own_redis() -> Iterator[str]:
    """A Redis that nobody else uses; gives its address."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    client = redis.Redis(port=port)
    try:
        until(lambda: _answers(client), "redis-server")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        client.close()
        server.kill()
        server.wait()


def _answers(client: Any) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
