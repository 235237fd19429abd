"""A sandbox with a standing clock, the real client library, and a shop that receives webhooks."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe
from ez_stripe.account import StripeAccount
from ez_stripe.gateway import StripeGateway
from ez_stripe.sandbox import SECRET_KEY, StripeSandbox, make, sandbox_settings
from ez_stripe.settings import StripeSettings
from ez_stripe.source import StripeWebhooks

from ezcore.plugin_api import Money
from ezcore.plugin_api.ports.gateway import CaptureRequest, StoredMethod
from ezcore.plugin_api.ports.webhook_source import Parked
from ezcore.plugin_api.sandbox import MovingClock, RunningServer, SandboxOptions, serve
from ezcore.plugin_api.values import ClientFacts

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


@dataclass
class News:
    """What the shop would make of everything that the sandbox tells, without waiting for a delivery."""

    sandbox: StripeSandbox
    source: StripeWebhooks
    read: int = 0

    def __call__(self) -> list[tuple[str, Any]]:
        """(type of event, its facts or why it was parked), for each event since the last call, in order."""
        events = self.sandbox.store.all("event")[self.read :]
        self.read += len(events)
        return [(event["type"], self.of(event)) for event in events]

    def of(self, event: dict[str, Any]) -> Any:
        """The facts of one event, or why it was parked."""
        body = json.dumps(event).encode()
        try:
            return list(self.source.interpret(self.source.parse(body), body))
        except Parked as parked:
            return str(parked)

    def facts(self, kind: type[Any]) -> list[Any]:
        """The facts of one kind since the last call, repetitions left out."""
        found: list[Any] = []
        for _, told in self():
            found += [fact for fact in told if isinstance(fact, kind) and fact not in found]
        return found

    def parked(self) -> list[str]:
        """Why events since the last call were parked."""
        return [told for _, told in self() if isinstance(told, str)]


@pytest.fixture
def news(sandbox: StripeSandbox, account: StripeAccount) -> News:
    """Reads what happened; days are those of Tallinn."""
    return News(sandbox, StripeWebhooks(account, lambda: "Europe/Tallinn"))


@pytest.fixture
def gateway(account: StripeAccount) -> StripeGateway:
    return StripeGateway(account)


@pytest.fixture
def ana(client: stripe.StripeClient) -> StoredMethod:
    """The stored card of a client."""
    customer = client.v1.customers.create({"name": "Ana Client", "email": "ana@example.test"})
    stored = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    return StoredMethod(external_id=stored.id, customer_id=customer.id, label="Visa ending in 4242")


@pytest.fixture
def charge(gateway: StripeGateway, ana: StoredMethod) -> Callable[..., str]:
    """Charge Ana's card for the reference invoice-<key>; gives the payment's id."""

    def charge(key: str = "pay-1", amount: str = "12.50") -> str:
        request = CaptureRequest(
            operation_key=key,
            reference=f"invoice-{key}",
            amount=Money.parse(amount, "EUR"),
            description="Invoice",
            client=ClientFacts(id=7, name="Ana Client", email="ana@example.test"),
            method=ana,
        )
        return gateway.capture(request).external_id or ""

    return charge


@pytest.fixture
def control(running: RunningServer) -> Callable[..., Any]:
    """Ask the sandbox to let something happen."""

    def control(path: str, **told: Any) -> Any:
        answer = requests.post(f"{running.address}/_control/{path}", json=told, timeout=5)
        assert answer.ok, answer.text
        return answer.json()

    return control
