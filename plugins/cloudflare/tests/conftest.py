"""The plugin in front of the imitated Cloudflare, over loopback, by Cloudflare's real library."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from ez_cloudflare.plugin import CloudflarePlugin
from ez_cloudflare.sandbox import make, settings
from ez_cloudflare.sandbox.app import CloudflareSandbox
from ez_cloudflare.settings import CloudflareSettings
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from ezcore.plugin_api.ports.dns import DnsProvider
from ezcore.plugin_api.ports.registrar import Registrar
from ezcore.plugin_api.sandbox import Fault, SandboxOptions, SandboxRequest, serve

sys.path.insert(0, str(Path(__file__).parent))  # the reader of the contract data stands beside the tests


class StandingClock:
    """A clock that only the sandbox's own shift moves."""

    def now(self) -> datetime:
        return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def today(self, _tz: str) -> Any:
        return self.now().date()


def migrated(engine: Engine) -> Engine:
    folder = CloudflarePlugin.migrations()
    scripts = ScriptDirectory(str(folder), version_locations=[str(folder)])
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "ez_cloudflare_version"})
        context._ensure_version_table()
        with Operations.context(context):
            for revision in reversed(list(scripts.walk_revisions())):
                revision.module.upgrade()
    return engine


@dataclass
class Context:
    """What the host would hand to the plugin."""

    engine: Engine
    values: dict[str, str] = field(default_factory=dict)
    clock: Any = field(default_factory=StandingClock)
    name: str = "cloudflare"
    time_zone: str = "Europe/Tallinn"
    core: Any = None

    def settings(self) -> CloudflareSettings:
        return CloudflareSettings.model_validate(self.values)

    @contextmanager
    def tables(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session


class WatchedSandbox(CloudflareSandbox):
    """Remembers every exchange as it went over the wire, for the schema tests."""

    exchanges: list[tuple[SandboxRequest, Any]]

    def handle(self, request):
        answer = super().handle(request)
        if request.path.startswith("/client/v4"):
            self.exchanges.append((request, answer))
        return answer


@dataclass
class House:
    """One imitated account and the plugin in front of it."""

    app: WatchedSandbox
    context: Context
    plugin: CloudflarePlugin
    dns: DnsProvider
    registrar: Registrar

    def wait(self, seconds: float) -> None:
        self.app.clock.advance(timedelta(seconds=math.ceil(seconds)))

    def fault(self, call: str, kind: str, *, times: int = 1, after: int = 0, **args: Any) -> None:
        self.app.faults.script(Fault(call, kind, times=times, after=after, args=args))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = migrated(create_engine(f"sqlite:///{tmp_path / 'plugin.sqlite3'}"))
    yield made
    made.dispose()


@pytest.fixture
def house(tmp_path: Path, engine: Engine) -> Iterator[House]:
    app = make(tmp_path / "cloudflare", SandboxOptions(clock=StandingClock()))
    app.__class__ = WatchedSandbox
    app.exchanges = []
    with serve(app) as served:
        context = Context(engine, settings(served.address, None))
        plugin = CloudflarePlugin(context)
        [dns], [registrar] = plugin.ez_register_dns_providers(), plugin.ez_register_registrars()
        yield House(app, context, plugin, dns, registrar)
