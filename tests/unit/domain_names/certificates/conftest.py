"""A shop whose certificates come from the real pebble, with its DNS and one site to install on."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from ez_acme.sandbox.pebble import LEFT_OUT, Pebble, installed
from sqlalchemy import select

from ezcore.app import build
from ezcore.domain_names.certificates.models import Certificate
from ezcore.domain_names.certificates.module import CertificatesModule, NoServer
from ezcore.domain_names.certificates.places import Place, Places
from ezcore.domain_names.certificates.rules import covers
from ezcore.kernel.clock import MovingClock
from ezcore.plugin_api.ports.certificates import CertificateTarget
from ezcore.plugin_api.ports.dns import DnsProvider, DnsRecord, DnsZone
from ezcore.plugin_api.ports.provisioning import ServerFacts
from ezcore.plugin_api.values import ClientFacts, Resource, ServiceFacts
from ezcore.settings import load
from ezcore.simulation.catalog_seed import seed_catalog
from ezcore.testkit import StepRunner
from tests.fixtures_trade import Trade


class PebblesDns(DnsProvider):
    """The DNS that pebble asks, as a provider with one zone."""

    name = "pebbles"
    label = "Pebble's DNS"
    capabilities = frozenset()
    record_types = frozenset({"TXT"})

    def __init__(self, pebble: Pebble, zone: str) -> None:
        self.pebble = pebble
        self.zone = DnsZone(external_id="z1", name=zone, nameservers=("ns1.example.net", "ns2.example.net"))
        self.texts: list[DnsRecord] = []
        self.most = 0
        self.deaf = False

    def test_connection(self) -> str:
        return "fine"

    def find_zone(self, name):
        return self.zone if name == self.zone.name else None

    def create_zone(self, call, name):
        raise NotImplementedError

    def delete_zone(self, call, zone):
        raise NotImplementedError

    def records(self, zone):
        return list(self.texts)

    def change_records(self, call, zone, changes):
        self.texts = [one for one in self.texts if one.identity not in {d.identity for d in changes.delete}]
        self.texts += changes.add
        self.most = max(self.most, len(self.texts))
        for name in {one.name for one in (*changes.delete, *changes.add)}:
            self.pebble.clear_txt(name)
        for one in self.texts if not self.deaf else ():
            self.pebble.set_txt(one.name, one.content)


class Panel(CertificateTarget):
    """A panel that remembers what each site serves."""

    name = "panel"

    def __init__(self) -> None:
        self.served: dict[str, tuple[str, str]] = {}
        self.proofs: dict[str, str] = {}
        self.pebble: Pebble | None = None

    def install(self, call, server, resource, host, key_pem, chain_pem):
        self.served[host] = (key_pem, chain_pem)

    def installed_serial(self, server, resource, host):
        if host not in self.served:
            return None
        return f"{x509.load_pem_x509_certificates(self.served[host][1].encode())[0].serial_number:x}"

    def publish_proof(self, call, server, resource, host, path, value):
        self.proofs[path] = value
        assert self.pebble is not None
        self.pebble.set_http(path.rsplit("/", 1)[-1], value)

    def withdraw_proof(self, call, server, resource, host, path):
        self.proofs.pop(path, None)


class OneSite(Places):
    """The client runs one site on the panel."""

    def __init__(self, panel: Panel, host: str) -> None:
        self.panel, self.host = panel, host

    def serving(self, client_id: int, names: Sequence[str]) -> Sequence[Place]:
        server = ServerFacts(id=1, name="panel-1", settings=NoServer())
        resource = Resource(external_id="site", operation_key="create-site")
        place = Place(77, self.panel, server, resource, self.host)
        return [place] if covers(names, self.host) else []


@dataclass
class Town:
    """The shop, the authority, the DNS, the panel."""

    trade: Trade
    pebble: Pebble
    dns: PebblesDns
    panel: Panel
    service_id: int
    client_id: int
    product: dict[str, Any] = field(default_factory=dict)

    @property
    def module(self) -> CertificatesModule:
        return CertificatesModule(self.trade.work, self.trade.shop.host.ports)

    def runner(
        self, names: str, *, key: str = "create-1", doubled: bool = False, csr: str = ""
    ) -> StepRunner:
        client = ClientFacts(id=self.client_id, name="Ann", email="ann@client.example")
        service = ServiceFacts(
            id=self.service_id, label="ssl", client=client, product="ssl", params={"names": names, "csr": csr}
        )
        return StepRunner(
            module=self.module,
            server=ServerFacts(id=0, name="", settings=NoServer()),
            product_settings=self.module.product_model.model_validate(self.product),
            service=service,
            operation_key=key,
            doubled=doubled,
            limit=40,
        )

    def certificate(self) -> Certificate:
        with self.trade.work.read() as uow:
            return uow.session.scalars(select(Certificate)).one()

    def let_time_pass(self, turns: int = 40) -> None:
        """Jobs that wait for the authority are asked again; its time is real."""
        for _ in range(turns):
            self.trade.settle()
            if self.certificate().open_job_id is None:
                return
            time.sleep(0.05)
            self.trade.clock.advance(timedelta(seconds=30))


@pytest.fixture
def pebble(tmp_path: Path) -> Iterator[Pebble]:
    if not installed():
        if os.environ.get("EZ_CI") == "1":
            pytest.fail(LEFT_OUT)
        pytest.skip(LEFT_OUT)
    folder = tmp_path / "pebble"
    folder.mkdir()
    with Pebble(folder) as running:
        yield running


@pytest.fixture
def town(pebble: Pebble, migrated_sqlite: Path, tmp_path: Path) -> Iterator[Town]:
    database = tmp_path / "town.sqlite3"
    database.write_bytes(migrated_sqlite.read_bytes())
    address, port = pebble.dns
    ini = {
        "ez.plugins": "acme",
        "ez.state_dir": str(tmp_path),
        "ez.database.url": f"sqlite:///{database}",
        "ez.security.secret_keys": "test-key-that-is-no-secret-at-all-0001",
        "ez.certificates.resolver": f"{address}:{port}",
        "acme.directory_url": pebble.directory_url,
        "acme.contact_email": "ssl@example.com",
        "acme.terms_agreed": "true",
        "acme.ca_file": str(pebble.ca_file),
    }
    clock = MovingClock(datetime.now(UTC).replace(microsecond=0))
    shop = build(load(ini, {}), clock=clock, bell=lambda: None, virtual_time=True)
    shop.migrate()
    with shop.work.write() as uow:
        seed_catalog(uow, vps_module=None)
    trade = Trade(shop, clock)
    dns, panel = PebblesDns(pebble, "example.com"), Panel()
    panel.pebble = pebble
    shop.host.ports.add("ezcore", DnsProvider, dns)
    shop.host.ports.add("ezcore", CertificateTarget, panel)
    shop.host.ports.add("ezcore", Places, OneSite(panel, "example.com"))
    service_id = trade.active_service()
    yield Town(trade, pebble, dns, panel, service_id, trade.service(service_id).client_id)
    shop.engine.dispose()
