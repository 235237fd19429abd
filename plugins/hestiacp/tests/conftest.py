"""A served server, a module that talks to it over real TLS, and a runner of steps with a clock we move."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from ez_hestiacp.module import HestiaModule
from ez_hestiacp.plugin import HestiaPlugin
from ez_hestiacp.sandbox import make, settings
from ez_hestiacp.sandbox.app import HestiaSandbox
from ez_hestiacp.sandbox.control import seen
from ez_hestiacp.sandbox.seed import new_user
from ez_hestiacp.settings import FirstServer, ProductSettings, ServerSettings
from ez_hestiacp.workshop import Workshop
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session

from ezcore.plugin_api.ports.provisioning import ServerFacts
from ezcore.plugin_api.sandbox import (
    Fault,
    RunningServer,
    SandboxClock,
    SandboxOptions,
    make_ca,
    serve,
    server_context,
)
from ezcore.plugin_api.values import ClientFacts, Resource, ServiceFacts
from ezcore.testkit import RunReport, StepRunner


class StandingClock:
    """A clock that only the sandbox's own shift moves."""

    def now(self) -> datetime:
        return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def today(self, _tz: str) -> Any:
        return self.now().date()


def migrate(engine: Engine) -> None:
    """Bring the plugin's tables into a database by its own history."""
    folder = HestiaPlugin.migrations()
    scripts = ScriptDirectory(str(folder), version_locations=[str(folder)])
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "ez_hestiacp_version"})
        context._ensure_version_table()
        with Operations.context(context):
            for revision in reversed(list(scripts.walk_revisions())):
                revision.module.upgrade()


@dataclass
class Context:
    """What the host would hand to the plugin."""

    engine: Engine
    clock: Any
    values: dict[str, str] = field(default_factory=dict)
    name: str = "hestiacp"
    core: Any = None

    def settings(self) -> FirstServer:
        return FirstServer.model_validate(self.values)

    @contextmanager
    def tables(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session


def database(url: str) -> Engine:
    """A database with the plugin's tables; SQLite as the core opens it: we emit BEGIN IMMEDIATE ourselves."""
    engine = create_engine(url)
    migrate(engine)

    @event.listens_for(engine, "connect")
    def _no_begin(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    engine.dispose()
    return engine


@dataclass
class House:
    """One server with one module in front of it."""

    app: HestiaSandbox
    served: RunningServer
    module: HestiaModule
    server: ServerFacts
    engine: Engine

    def wait(self, seconds: float) -> None:
        """Let the server's time pass."""
        self.app.clock.advance(timedelta(seconds=math.ceil(seconds)))

    def fault(self, call: str, kind: str, *, times: int = 1, after: int = 0, **args: Any) -> None:
        self.app.faults.script(Fault(call, kind, times=times, after=after, args=args))

    def service(self, domain: str = "shop.example", name: str = "Ana Client") -> ServiceFacts:
        client = ClientFacts(id=7, name=name, email="ana@example.test")
        return ServiceFacts(
            id=41, label="My site", client=client, product="Web Pro", params={"domain": domain}
        )

    def runner(self, key: str, **given: Any) -> StepRunner:
        return StepRunner(
            module=self.module,
            server=given.pop("server", self.server),
            product_settings=given.pop("size", ProductSettings(package="web-pro")),
            service=given.pop("service", None) or self.service(),
            operation_key=key,
            wait=given.pop("wait", self.wait),
            limit=given.pop("limit", 40),
            **given,
        )

    def run(self, verb: str, key: str = "op_1", resource: Resource | None = None, **given: Any) -> RunReport:
        return self.runner(key, **given).run(verb, resource)

    def created(self, key: str = "op_1", **given: Any) -> Resource:
        report = self.run("create", key, **given)
        assert report.state == "complete", report.said
        assert report.resource
        return report.resource

    def users(self) -> dict[str, dict[str, Any]]:
        """What the server has, by name, without the administrator."""
        with self.app.store.lock():
            return {
                u["user"]: seen(self.app.server, u) for u in self.app.server.users() if u["role"] != "admin"
            }

    def by_hand(self, user: str, **changes: Any) -> None:
        """Change an account as the server's administrator would."""
        found = self.app.store.get("user", user)
        assert found
        self.app.store.put("user", user, found | changes)

    def stranger(self, user: str = "stranger") -> Resource:
        """An account that has nothing to do with us."""
        made = new_user(user, "who@example.test", "default", "Some One", self.app.clock.now())
        self.app.store.put("user", user, made)
        return Resource(external_id=user, operation_key="somebody-else")

    def calls(self, name: str) -> list[dict[str, Any]]:
        return self.app.calls.all(name)

    def with_settings(self, **changes: Any) -> ServerFacts:
        values = {**self.server.settings.model_dump(), **changes}
        return ServerFacts(self.server.id, self.server.name, ServerSettings.model_validate(values))


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the authority that signs the sandbox's certificate."""
    folder = tmp_path_factory.mktemp("authority")
    make_ca(folder)
    return folder


@pytest.fixture
def house_with(tmp_path: Path, authority: Path) -> Iterator[Callable[..., House]]:
    """Builds a house on a server with these options."""
    opened: list[Any] = []

    def build(**extra: str) -> House:
        app = make(tmp_path / "panel", SandboxOptions(clock=StandingClock(), extra=extra))
        assert isinstance(app, HestiaSandbox)
        app.sleep = lambda _seconds: None
        engine = database(f"sqlite:///{tmp_path / 'plugin.sqlite'}")
        served = serve(app, ssl_context=server_context(authority))
        running = served.__enter__()
        opened.append((served, engine))
        values = settings(running.address, make_ca(authority).certificate)
        server = ServerFacts(1, "panel", ServerSettings.model_validate(values))
        workshop = Workshop(Context(engine, SandboxClock(StandingClock(), app.store), values))
        made = House(app, running, HestiaModule(workshop), server, engine)
        workshop.pause = made.wait
        return made

    yield build
    for served, engine in opened:
        served.__exit__(None, None, None)
        engine.dispose()


@pytest.fixture
def house(house_with: Callable[..., House]) -> House:
    return house_with()
