"""The plugin in front of the real pdns_server behind a relay, and in front of the imitated one."""

from __future__ import annotations

import math
import os
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
from ez_powerdns.plugin import PowerDnsPlugin
from ez_powerdns.provider import PowerDns
from ez_powerdns.sandbox import make, settings
from ez_powerdns.sandbox.real import LEFT_OUT, RealPowerDns, installed
from ez_powerdns.sandbox.relay import Relay
from ez_powerdns.settings import PowerDnsSettings
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.sandbox import SandboxApp, SandboxOptions, serve


@dataclass
class HandClock:
    """A clock that the test moves."""

    at: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def today(self, _tz: str) -> Any:
        return self.at.date()


def migrated(engine: Engine) -> Engine:
    folder = PowerDnsPlugin.migrations()
    scripts = ScriptDirectory(str(folder), version_locations=[str(folder)])
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "ez_powerdns_version"})
        context._ensure_version_table()
        with Operations.context(context):
            for revision in reversed(list(scripts.walk_revisions())):
                revision.module.upgrade()
    return engine


@dataclass
class Context:
    """What the host would hand to the plugin."""

    engine: Engine
    values: dict[str, str]
    clock: Any = field(default_factory=HandClock)
    name: str = "powerdns"
    time_zone: str = "Europe/Tallinn"
    core: Any = None

    def settings(self) -> PowerDnsSettings:
        return PowerDnsSettings.model_validate(self.values)

    @contextmanager
    def tables(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session


@dataclass
class House:
    """One server and the plugin in front of it; `app` is where faults are scripted."""

    app: SandboxApp
    context: Context
    provider: PowerDns
    direct: PowerDns
    """The same server without the relay: somebody else at work."""

    def wait(self, seconds: float) -> None:
        self.context.clock.at += timedelta(seconds=math.ceil(seconds))

    def call(self, key: str, log: list[str] | None = None) -> VendorCall:
        def write(request: str, answer: str, status: int | None) -> None:
            if log is not None:
                log.append(f"{request} -> {status} {answer}")

        return VendorCall(operation_key=key, step_key=f"{key}/step", log=write)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = migrated(create_engine(f"sqlite:///{tmp_path / 'plugin.sqlite3'}"))
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPowerDns]:
    """The real server, or a skip with a sentence; in CI it has to be there."""
    if not installed():
        if os.environ.get("EZ_CI"):
            pytest.fail(LEFT_OUT)
        pytest.skip(LEFT_OUT)
    with RealPowerDns(tmp_path_factory.mktemp("pdns")) as running:
        yield running


def built(engine: Engine, values: dict[str, str]) -> tuple[Context, PowerDns]:
    context = Context(engine, values)
    [provider] = PowerDnsPlugin(context).ez_register_dns_providers()
    assert isinstance(provider, PowerDns)
    return context, provider


@pytest.fixture
def real(server: RealPowerDns, engine: Engine) -> Iterator[House]:
    app = Relay(server.address)
    with serve(app) as served:
        context, provider = built(engine, {**server.settings(), "api_url": served.address})
        direct = built(engine, server.settings())[1]
        for name in ("example.com",):
            direct._api().change("DELETE", f"/zones/{name}.") if direct.find_zone(name) else None
        yield House(app, context, provider, direct)


@pytest.fixture
def imitated(tmp_path: Path, engine: Engine) -> Iterator[House]:
    app = make(tmp_path / "imitated", SandboxOptions())
    with serve(app) as served:
        context, provider = built(engine, settings(served.address, None))
        yield House(app, context, provider, provider)
