"""A shop that charges the Union's VAT from Estonia, with an imitation of VIES that listens on this machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from ezcore.accounts import operations as accounts
from ezcore.billing.taxes import operations as taxes
from ezcore.billing.taxes.sandbox import ViesSandbox
from ezcore.plugin_api.sandbox import Fault, SandboxOptions, Store, serve
from tests.fixtures_database import BOTH
from tests.fixtures_trade import Trade, open_trade

EU_VAT = {"tax__scheme": "eu_vat", "tax__seller_country": "EE", "tax__seller_tax_number": "EE100931558"}


@dataclass
class Register:
    """The imitated VIES: how to make it misbehave, and what it was asked."""

    app: ViesSandbox
    address: str

    def away(self, country: str, *, away: bool = True) -> None:
        self._post("away", {"country": country, "away": away})

    def put(self, number: str, *, valid: bool) -> None:
        self._post("numbers", {"number": number, "name": "Somebody", "valid": valid})

    def fault(self, kind: str, **args: Any) -> None:
        self.app.faults.script(Fault("check", kind, args=args))

    def calls(self) -> int:
        return len(self.app.calls.all("check"))

    def _post(self, what: str, body: dict[str, Any]) -> None:
        request = Request(f"{self.address}/_control/{what}/", json.dumps(body).encode(), method="POST")
        with urlopen(request, timeout=5) as answer:
            assert answer.status == 200


@pytest.fixture
def vies() -> Iterator[Register]:
    """VIES, listening."""
    app = ViesSandbox(Store(), SandboxOptions())
    with serve(app) as running:
        yield Register(app, running.address)


@pytest.fixture(params=BOTH)
def eu_trade(request: pytest.FixtureRequest, tmp_path: Path, vies: Register) -> Iterator[Trade]:
    """A shop in Estonia with the rates of the Union, once per database."""
    if request.param == "sqlite":
        path = tmp_path / "eu.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        yield from _open(f"sqlite:///{path}", tmp_path, vies)
        return
    server = request.getfixturevalue("postgresql_server")
    url = server.create(request.getfixturevalue("migrated_postgresql"))
    yield from _open(url, tmp_path, vies)
    server.drop(url)


def _open(url: str, folder: Path, vies: Register) -> Iterator[Trade]:
    for trade in open_trade(url, folder, tax__vies_url=vies.address, **EU_VAT):
        with trade.work.write() as uow:
            taxes.seed_eu_rates(uow)
        yield trade


def company(trade: Trade, country: str = "DE", number: str = "DE136695976", name: str = "Muster") -> int:
    """A business with a tax number that nobody has checked yet; gives its client's id."""
    with trade.work.write() as uow:
        email = f"{name.lower()}@client.example"
        return accounts.create_verified(
            uow, email, name, country=country, company=f"{name} GmbH", tax_number=number
        ).client_id
