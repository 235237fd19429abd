"""The plugin in front of an imitated authority over real TLS, or in front of the real pebble."""

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
from ez_acme.plugin import AcmePlugin
from ez_acme.sandbox import make, settings
from ez_acme.sandbox.app import AcmeSandbox
from ez_acme.sandbox.pebble import LEFT_OUT, Pebble, installed
from ez_acme.settings import AcmeSettings
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from ezcore.plugin_api.ports.certificates import CertificateAuthority
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.sandbox import SandboxOptions, make_ca, serve, server_context

EAB_KEY = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"


class StandingClock:
    def now(self) -> datetime:
        return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def today(self, _tz: str) -> Any:
        return self.now().date()


@dataclass
class Context:
    """What the host would hand to the plugin; sealing is only marked here."""

    engine: Engine
    values: dict[str, str] = field(default_factory=dict)
    clock: Any = field(default_factory=StandingClock)
    name: str = "acme"
    time_zone: str = "Europe/Tallinn"
    core: Any = None

    def settings(self) -> AcmeSettings:
        return AcmeSettings.model_validate(self.values)

    @contextmanager
    def tables(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def seal(self, row: str, text: str) -> str:
        return f"sealed:{row}:{text[::-1]}"

    def unseal(self, row: str, sealed: str) -> str:
        return sealed.removeprefix(f"sealed:{row}:")[::-1]


def migrated(engine: Engine) -> Engine:
    folder = AcmePlugin.migrations()
    scripts = ScriptDirectory(str(folder), version_locations=[str(folder)])
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "ez_acme_version"})
        context._ensure_version_table()
        with Operations.context(context):
            for revision in reversed(list(scripts.walk_revisions())):
                revision.module.upgrade()
    return engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = migrated(create_engine(f"sqlite:///{tmp_path / 'plugin.sqlite3'}"))
    yield made
    made.dispose()


@dataclass
class House:
    """One imitated authority and the plugin in front of it."""

    app: AcmeSandbox
    context: Context
    authority: CertificateAuthority
    folder: Path

    def wait(self, seconds: float) -> None:
        self.app.clock.advance(timedelta(seconds=math.ceil(seconds)))


@pytest.fixture
def house(tmp_path: Path, engine: Engine) -> Iterator[House]:
    app = make(tmp_path / "acme", SandboxOptions(clock=StandingClock(), extra={"proofs": "told"}))
    assert isinstance(app, AcmeSandbox)
    with serve(app, ssl_context=server_context(tmp_path / "tls")) as served:
        context = Context(engine, settings(served.address, make_ca(tmp_path / "tls").certificate))
        yield House(app, context, AcmePlugin(context).ez_register_certificate_authorities()[0], tmp_path)


@contextmanager
def running_pebble(folder: Path, **wanted: Any) -> Iterator[Pebble]:
    """The real authority, or a skip with a sentence; in CI it has to be there."""
    if not installed():
        if os.environ.get("EZ_CI"):
            pytest.fail(LEFT_OUT)
        pytest.skip(LEFT_OUT)
    folder.mkdir(parents=True, exist_ok=True)
    with Pebble(folder, **wanted) as pebble:
        yield pebble


def pebble_settings(pebble: Pebble) -> dict[str, str]:
    return {
        "directory_url": pebble.directory_url,
        "contact_email": "ssl@example.com",
        "terms_agreed": "true",
        "ca_file": str(pebble.ca_file),
    }


def vendor_call(key: str, handle: Any = None) -> VendorCall:
    return VendorCall(operation_key=key, step_key=f"{key}/step", log=lambda *_: None, handle=handle)
