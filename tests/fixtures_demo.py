"""A running `ez demo` for tests that come from outside: real processes, free ports, a folder of its own.

`demo` is one per session: starting it costs ten seconds. Who wants another one (other faults, a history) uses
`running_demo(folder)`.
"""

from __future__ import annotations

import json
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
STOPS_IN = 30


@dataclass(frozen=True)
class Demo:
    """What `demo.json` tells, and the doors by which the imitated vendors are told and asked things."""

    folder: Path
    address: str
    logins: dict[str, tuple[str, str]]
    sandboxes: dict[str, str]
    ca: str

    @classmethod
    def read(cls, folder: Path) -> Demo:
        """The demo whose state is in this folder."""
        facts = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
        logins = {one["role"].split()[0]: (one["email"], one["password"]) for one in facts["logins"]}
        return cls(folder, facts["address"], logins, facts["sandboxes"], facts["ca"])

    def control(self, vendor: str, door: str, told: object = None, method: str | None = None) -> Any:
        """Ask `/_control/<door>` of a sandbox, or POST what it is told."""
        url, body = (
            f"{self.sandboxes[vendor]}/_control/{door}",
            None if told is None else json.dumps(told).encode(),
        )
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=30, context=self._trust(url)) as answer:
            return json.loads(answer.read())

    def hold_webhooks(self) -> None:
        """From now on the payment sandbox keeps its webhooks to itself."""
        fault = {"call": "webhooks.*", "kind": "reorder_webhooks", "times": -1, "args": {"count": 10_000}}
        self.control("stripe", "faults", fault)

    def let_webhooks_go(self) -> None:
        """Send what is held, and hold nothing more."""
        self.control("stripe", "faults", method="DELETE")
        self.control("stripe", "webhooks/release", {})

    def machines(self, name: str) -> list[dict[str, Any]]:
        """The guests of this name at the imitated Proxmox."""
        return [guest for guest in self.control("proxmox", "state")["vms"] if guest["name"] == name]

    def _trust(self, url: str) -> ssl.SSLContext | None:
        return ssl.create_default_context(cafile=self.ca) if url.startswith("https:") else None


@contextmanager
def running_demo(folder: Path, *, history: bool = False, starts_in: float = 90) -> Iterator[Demo]:
    """`ez demo` in a process of its own; stopped as a person stops it, with Ctrl-C."""
    port = _free_port()
    command = [sys.executable, "-m", "ezcore.cli.main", "demo", "--fresh", "--port", str(port)]
    command += ["--state", str(folder / "state")] + ([] if history else ["--no-history"])
    log = folder / "demo.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            _wait_for(process, f"http://127.0.0.1:{port}/api/health/", log, starts_in)
            yield Demo.read(folder / "state")
        finally:
            _stop(process)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


def _wait_for(process: subprocess.Popen[bytes], url: str, log: Path, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"the demo did not come up; its last words:\n{log.read_text()[-3000:]}")
        time.sleep(0.2)


def _answers(url: str) -> bool:
    with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=STOPS_IN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
