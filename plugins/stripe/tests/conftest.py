"""A sandbox with a standing clock, the real client library, and a shop that receives webhooks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import stripe
from ez_stripe.account import StripeAccount
from ez_stripe.sandbox import SECRET_KEY, StripeSandbox, make, sandbox_settings
from ez_stripe.settings import StripeSettings

from ezcore.plugin_api.sandbox import MovingClock, RunningServer, SandboxOptions, serve

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Shop:
    """Receives webhooks, keeps them raw, and answers what the test says."""

    url: str = ""
    status: int = 200
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def bodies(self) -> list[bytes]:
        """The raw bodies so far."""
        return [body for _, body in self.received]


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(NOON)


@pytest.fixture
def sandbox(tmp_path: Path, clock: MovingClock) -> Iterator[StripeSandbox]:
    """A sandbox nobody serves yet."""
    app = make(tmp_path / "stripe", SandboxOptions(clock=clock))
    yield app
    app.store.close()


@pytest.fixture
def running(sandbox: StripeSandbox) -> Iterator[RunningServer]:
    with serve(sandbox) as server:
        yield server


@pytest.fixture
def client(running: RunningServer) -> stripe.StripeClient:
    """The real library, talking to the sandbox over HTTP."""
    return _client(running)


@pytest.fixture
def make_client() -> Callable[..., stripe.StripeClient]:
    """Makes more clients, for other servers and other keys."""
    return _client


def _client(running: RunningServer, key: str = SECRET_KEY) -> stripe.StripeClient:
    transport = stripe.RequestsClient(timeout=10)
    return stripe.StripeClient(
        key, base_addresses={"api": running.address}, max_network_retries=0, http_client=transport
    )


@pytest.fixture
def account(running: RunningServer) -> StripeAccount:
    """The plugin's own door to Stripe, leading to the sandbox."""
    settings = StripeSettings(**sandbox_settings(running.address, None))
    return StripeAccount(lambda: settings)


@pytest.fixture
def shop() -> Iterator[Shop]:
    told = Shop()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(told.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    told.url = f"http://127.0.0.1:{server.server_port}/webhooks/stripe/"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)
