"""The plugin in front of the imitated Zammad, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ez_zammad.desk import Zammad
from ez_zammad.plugin import ZammadPlugin
from ez_zammad.sandbox import make, settings
from ez_zammad.settings import ZammadSettings
from ez_zammad.webhooks import ZammadWebhooks

from ezcore.plugin_api.ports.helpdesk import HelpdeskMessage, HelpdeskTicket
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.sandbox import MovingClock, SandboxApp, SandboxOptions, SandboxRequest, serve

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TICKET = HelpdeskTicket(
    reference="T-2026-048213", subject="My site", customer_name="Ann", customer_email="ann@client.example",
    department="Help", priority="urgent", address="https://shop.example/admin/tickets/T-2026-048213/",
)  # fmt: skip


def message(number: int = 1, body: str = "It is slow", **facts: Any) -> HelpdeskMessage:
    wanted = {"author": "client", "author_name": "Ann", "internal": False, "at": MORNING} | facts
    return HelpdeskMessage(key=f"ez-{number}", body=body, **wanted)


@dataclass
class Context:
    """What the host would hand to the plugin."""

    values: dict[str, Any]
    clock: Any = field(default_factory=lambda: MovingClock(MORNING))
    name: str = "zammad"
    time_zone: str = "Europe/Tallinn"
    core: Any = None

    def settings(self) -> ZammadSettings:
        return ZammadSettings.model_validate(self.values)

    @contextmanager
    def tables(self) -> Iterator[Any]:
        raise AssertionError("it has no tables")
        yield


@dataclass
class House:
    """One Zammad and the plugin in front of it; `app` is where faults are scripted and Jane is told to work."""

    app: SandboxApp
    context: Context
    desk: Zammad
    source: ZammadWebhooks
    logged: list[str] = field(default_factory=list)

    def call(self, **facts: Any) -> VendorCall:
        def write(request: str, answer: str, status: int | None) -> None:
            self.logged.append(f"{request} -> {status} {answer}")

        return replace(VendorCall(operation_key="job-1", step_key="job-1/open", log=write), **facts)

    def opened(self) -> str:
        """The ticket of the tests, open there."""
        return self.desk.open_ticket(self.call(), TICKET, message())

    def control(self, door: str, told: dict[str, Any]) -> None:
        """Jane, or the customer, at work."""
        import json

        asked = SandboxRequest("POST", f"/_control/{door}", "", {}, json.dumps(told).encode(), "")
        assert self.app.handle(asked).status < 300

    def tickets(self) -> list[dict[str, Any]]:
        return self.app.store.all("ticket")

    def articles(self) -> list[dict[str, Any]]:
        return self.app.store.all("article")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clock = MovingClock(MORNING)
    app = make(tmp_path, SandboxOptions(clock=clock))
    with serve(app) as served:
        context = Context(settings(served.address, None), clock)
        plugin = ZammadPlugin(context)
        [desk], [source] = plugin.ez_register_helpdesks(), plugin.ez_register_webhook_sources()
        assert isinstance(desk, Zammad)
        assert isinstance(source, ZammadWebhooks)
        yield House(app, context, desk, source)
