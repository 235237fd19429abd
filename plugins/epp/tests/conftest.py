"""The plugin in front of the imitated registry, over real TLS on loopback."""

from __future__ import annotations

import math
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
from ez_epp.plugin import EppPlugin
from ez_epp.sandbox import make, settings
from ez_epp.sandbox.app import EppSandbox
from ez_epp.settings import EppSettings
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from ezcore.plugin_api.ports.registrar import Registrar
from ezcore.plugin_api.sandbox import SandboxOptions


class StandingClock:
    """A clock that only the sandbox's own shift moves."""

    def now(self) -> datetime:
        return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def today(self, _tz: str) -> Any:
        return self.now().date()


def migrated(engine: Engine) -> Engine:
    folder = EppPlugin.migrations()
    scripts = ScriptDirectory(str(folder), version_locations=[str(folder)])
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "ez_epp_version"})
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
    name: str = "epp"
    time_zone: str = "Europe/Tallinn"
    core: Any = None

    def settings(self) -> EppSettings:
        return EppSettings.model_validate(self.values)

    @contextmanager
    def tables(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session


class WatchedSandbox(EppSandbox):
    """Remembers every frame as it went over the wire, for the tests of element order."""

    frames: list[bytes]

    def speak(self, body, session):
        self.frames.append(body)
        answer = super().speak(body, session)
        self.frames.append(answer.body)
        return answer


@dataclass
class House:
    """One imitated registry and the plugin in front of it."""

    app: WatchedSandbox
    context: Context
    plugin: EppPlugin
    registrar: Registrar

    def wait(self, seconds: float) -> None:
        self.app.clock.advance(timedelta(seconds=math.ceil(seconds)))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = migrated(create_engine(f"sqlite:///{tmp_path / 'plugin.sqlite3'}"))
    yield made
    made.dispose()


@pytest.fixture
def house(tmp_path: Path, engine: Engine) -> Iterator[House]:
    app = make(tmp_path / "epp", SandboxOptions(clock=StandingClock()))
    app.__class__ = WatchedSandbox
    app.frames = []
    app.start()
    context = Context(engine, settings(app.address, app.ca_file))
    plugin = EppPlugin(context)
    [registrar] = plugin.ez_register_registrars()
    yield House(app, context, plugin, registrar)
    plugin.registry.close()
    app.close()
