"""A small shop with one running machine: web and console process in threads, the imitated cluster over TLS.

`machine_room` is what tests of consoles start from; everything listens on loopback and ends with the test.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ezcore.accounts import operations as accounts
from ezcore.app import Ezcore, build, make_app
from ezcore.catalog.products.models import Product, ProductGroup
from ezcore.consoles.door import Door
from ezcore.consoles.proxy import Proxy
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.plugin_api.sandbox import RunningServer, SandboxOptions, make_ca, serve, server_context
from ezcore.plugin_api.values import ClientFacts, Resource, ServiceFacts
from ezcore.plugin_host.discovery import installed_plugins
from ezcore.services.servers import operations as servers
from ezcore.services.servers.models import Server
from ezcore.services.services.models import Service, ServiceResource, ServiceState
from ezcore.settings import load
from ezcore.testkit import StepRunner

KEYS = {"ez.security.secret_keys": "test-key-that-is-no-secret-at-all-0001"}
QUICK = {"latency": "0", "auth_delay": "0", "resources_lag": "0"}


@dataclass
class MachineRoom:
    """A client, Ann, with service 1 on machine 100, and Bob, who has nothing."""

    shop: Ezcore
    address: str
    console: str
    cluster: RunningServer
    service_id: int
    ann: str
    bob: str

    @property
    def path(self) -> str:
        """The console's page."""
        return f"/dashboard/services/{self.service_id}/console/"


@pytest.fixture(scope="session")
def migrated_with_cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the core's tables and those of the plugin."""
    if "proxmox" not in {plugin.name for plugin in installed_plugins()}:
        pytest.skip("left out: the plugin proxmox is not installed")
    path = tmp_path_factory.mktemp("consoles") / "shop.sqlite3"
    shop = build(
        load({**KEYS, "ez.plugins": "proxmox", "ez.database.url": f"sqlite:///{path}"}, {}), bell=lambda: None
    )
    shop.migrate()
    shop.engine.dispose()
    return path


@pytest.fixture
def machine_room(migrated_with_cluster: Path, tmp_path: Path) -> Iterator[MachineRoom]:
    (spec,) = [plugin.load().sandbox() for plugin in installed_plugins() if plugin.name == "proxmox"]
    assert spec
    database = tmp_path / "shop.sqlite3"
    shutil.copy(migrated_with_cluster, database)
    web, console = _free_port(), _free_port()
    with ExitStack() as stack:
        app = spec.make(tmp_path / "cluster", SandboxOptions(extra=QUICK))
        cluster = stack.enter_context(serve(app, ssl_context=server_context(tmp_path)))
        ini = {
            f"proxmox.{n}": v
            for n, v in spec.settings(cluster.address, make_ca(tmp_path).certificate).items()
        }
        ini |= KEYS | {
            "ez.plugins": "proxmox",
            "ez.state_dir": str(tmp_path),
            "ez.database.url": f"sqlite:///{database}",
            "ez.shop.site_url": f"http://127.0.0.1:{web}",
            "ez.consoles.url": f"ws://127.0.0.1:{console}/",
        }
        shop = build(load(ini, {}), bell=lambda: None)
        stack.callback(shop.engine.dispose)
        service_id, ann, bob = _people_and_machine(shop)
        stack.enter_context(_web(shop, web))
        stack.enter_context(_console(shop, console))
        yield MachineRoom(
            shop, f"http://127.0.0.1:{web}", f"ws://127.0.0.1:{console}/", cluster, service_id, ann, bob
        )


def _people_and_machine(shop: Ezcore) -> tuple[int, str, str]:
    module = shop.host.ports.get(ProvisioningModule, "proxmox")  # type: ignore[type-abstract]
    with shop.work.write() as uow:
        people = [accounts.create_verified(uow, f"{n}@client.example", n.title()) for n in ("ann", "bob")]
        tokens = [accounts.open_session(uow, one.user.id, ip="127.0.0.1", agent="test") for one in people]
        group = ProductGroup(slug="servers", name="Servers")
        server = Server(name="pve", module="proxmox")
        uow.session.add_all([group, server])
        uow.session.flush()
        product = Product(group_id=group.id, slug="vps", name="VPS", kind="vps", module="proxmox")
        uow.session.add(product)
        uow.session.flush()
        facts, product_id = servers.facts(uow, server, module), product.id
        client_id, server_id = people[0].client.id, server.id
    client = ClientFacts(id=client_id, name="Ann", email="ann@client.example")
    runner = StepRunner(
        module=module, server=facts, product_settings=module.product_model(), operation_key="op_1",
        service=ServiceFacts(id=1, label="atlas.example", client=client, product="VPS"),
    )  # fmt: skip
    report = runner.run("create")
    assert report.resource, report.said
    with shop.work.write() as uow:
        service = Service(
            reference="SVC-1", client_id=client_id, product_id=product_id, label="atlas.example", module="proxmox",
            server_id=server_id, state=ServiceState.ACTIVE, currency="EUR", price_minor=500, cycle_name="1 month",
            anchor_day=1, created_at=uow.now(),
        )  # fmt: skip
        uow.session.add(service)
        uow.session.flush()
        uow.session.add(_resource(service.id, server_id, report.resource, uow.now()))
        return service.id, tokens[0], tokens[1]


def _resource(service_id: int, server_id: int, made: Resource, now: Any) -> ServiceResource:
    return ServiceResource(
        service_id=service_id, module="proxmox", server_id=server_id, external_id=made.external_id,
        operation_key=made.operation_key, address=made.address, location=made.location, facts=made.facts,
        live_key=f"proxmox:{server_id}:{made.external_id}", created_at=now,
    )  # fmt: skip


@contextmanager
def _web(shop: Ezcore, port: int) -> Iterator[None]:
    from waitress.server import create_server

    server = create_server(make_app(shop), host="127.0.0.1", port=port, threads=4, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield
    server.close()
    thread.join(timeout=5)


@contextmanager
def _console(shop: Ezcore, port: int) -> Iterator[None]:
    loop = asyncio.new_event_loop()
    proxy = Proxy(Door(shop.work, shop.host.ports).open, shop.settings.shop.site_url)

    async def listen() -> Any:
        return await proxy.listen("127.0.0.1", port)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(timeout=10)
    yield

    async def over() -> None:
        server.close()
        await server.wait_closed()

    asyncio.run_coroutine_threadsafe(over(), loop).result(timeout=10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=5)
    loop.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
