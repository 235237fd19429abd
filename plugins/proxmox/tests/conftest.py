"""A served cluster, a module that talks to it over real TLS, and a runner of steps with a clock we move."""

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
from ez_proxmox.module import ProxmoxModule
from ez_proxmox.plugin import ProxmoxPlugin
from ez_proxmox.sandbox import make, settings
from ez_proxmox.sandbox.app import ProxmoxSandbox
from ez_proxmox.settings import FirstServer, ProductSettings, ServerSettings
from ez_proxmox.workshop import Workshop
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
from plugins.proxmox.tests.vendor_schema import FOLDER, VendorSchema

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG5vdCBhIHNlY3JldCBidXQgMzIgYnl0ZXMgb2Yga2V5 ana+vps@example.test"
OPTIONS = {"latency": "1", "latency.qmclone": "5", "auth_delay": "0", "resources_lag": "10"}


class StandingClock:
    """A clock that only the sandbox's own shift moves."""

    def now(self) -> datetime:
        return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def today(self, _tz: str) -> Any:
        return self.now().date()


def migrate(engine: Engine) -> None:
    """Bring the plugin's tables into a database by its own history."""
    folder = ProxmoxPlugin.migrations()
    scripts = ScriptDirectory(str(folder), version_locations=[str(folder)])
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "ez_proxmox_version"})
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
    name: str = "proxmox"
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
    if engine.dialect.name != "sqlite":
        return engine

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
    """One cluster with one module in front of it."""

    app: ProxmoxSandbox
    served: RunningServer
    module: ProxmoxModule
    server: ServerFacts
    engine: Engine
    folder: Path

    def wait(self, seconds: float) -> None:
        """Let the cluster's time pass."""
        self.app.clock.advance(timedelta(seconds=math.ceil(seconds)))

    def fault(self, call: str, kind: str, *, times: int = 1, after: int = 0, **args: Any) -> None:
        self.app.faults.script(Fault(call, kind, times=times, after=after, args=args))

    def service(self, params: dict[str, Any] | None = None) -> ServiceFacts:
        client = ClientFacts(id=7, name="Ana Client", email="ana@example.test")
        wishes = {"hostname": "web.example.test", "ssh_keys": KEY} if params is None else params
        return ServiceFacts(id=41, label="My VPS", client=client, product="VPS S", params=wishes)

    def runner(self, key: str, **given: Any) -> StepRunner:
        return StepRunner(
            module=self.module,
            server=given.pop("server", self.server),
            product_settings=given.pop("size", ProductSettings(cores=2, memory_mb=2048, disk_gb=20)),
            service=given.pop("service", None) or self.service(),
            operation_key=key,
            wait=given.pop("wait", self.wait),
            limit=given.pop("limit", 40),
            **given,
        )

    def run(self, verb: str, key: str = "op_1", resource: Resource | None = None, **given: Any) -> RunReport:
        return self.runner(key, **given).run(verb, resource)

    def act(self, verb: str, made: Resource, key: str = "job_1", /, **given: Any) -> RunReport:
        """Run an action on what was made; `key` names its job, `given` may hold the fields of its form."""
        action = self.module.action(verb)
        assert action, verb
        runner = {
            n: given.pop(n) for n in ("doubled", "limit", "size", "server", "answer", "wait") if n in given
        }
        wish = action.input_model.model_validate(given) if action.input_model else None
        return self.runner(key, input=wish, **runner).run(verb, made)

    def created(self, key: str = "op_1", **given: Any) -> Resource:
        report = self.run("create", key, **given)
        assert report.state == "complete", report.said
        assert report.resource
        return report.resource

    def vms(self) -> dict[int, dict[str, Any]]:
        """What the cluster has, by number, without the template."""
        from ez_proxmox.sandbox.control import seen

        with self.app.store.lock():
            self.app.settle()
            return {g["vmid"]: seen(g) for g in self.app.guests.all() if not g["config"].get("template")}

    def calls(self, name: str) -> list[dict[str, Any]]:
        return self.app.calls.all(name)

    def with_settings(self, **changes: Any) -> ServerFacts:
        values = {**self.server.settings.model_dump(), **changes}
        return ServerFacts(self.server.id, self.server.name, ServerSettings.model_validate(values))

    def by_hand(self, vmid: int, **changes: Any) -> None:
        """Change a machine as the cluster's administrator would."""
        guest = self.app.guests.find(vmid)
        assert guest
        for name, value in changes.items():
            if name in ("node", "status", "lock", "deaf", "ha"):
                guest[name] = value
            else:
                guest["config"][name] = value
        self.app.guests.put(guest)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the authority that signs the sandbox's certificate."""
    folder = tmp_path_factory.mktemp("authority")
    make_ca(folder)
    return folder


@pytest.fixture
def context_on() -> Callable[[str], Context]:
    """Opens the plugin's context on another database."""
    return lambda url: Context(database(url), StandingClock())


@pytest.fixture
def house(tmp_path: Path, authority: Path) -> Iterator[House]:
    app = make(tmp_path / "cluster", SandboxOptions(clock=StandingClock(), extra=OPTIONS))
    assert isinstance(app, ProxmoxSandbox)
    engine = database(f"sqlite:///{tmp_path / 'plugin.sqlite'}")
    with serve(app, ssl_context=server_context(authority)) as served:
        values = settings(served.address, make_ca(authority).certificate)
        server = ServerFacts(1, "pve", ServerSettings.model_validate(values))
        workshop = Workshop(Context(engine, SandboxClock(StandingClock(), app.store), values))
        made = House(app, served, ProxmoxModule(workshop), server, engine, tmp_path)
        workshop.pause = made.wait
        schema = VendorSchema() if FOLDER else None
        if schema:
            app.witness = schema.check
        yield made
    engine.dispose()
    # Whatever a test made us and the imitation say to each other is what the vendor's schema allows.
    assert schema is None or schema.wrong == []
