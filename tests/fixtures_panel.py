"""A panel in memory and its module: knows accounts, counts what reached it, and shows hostile things when told to.

It keeps its own truth, so that promises such as "restarted once" can be counted there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel, Field, SecretStr
from sqlalchemy import select

from ezcore.catalog.products.models import Product
from ezcore.plugin_api.errors import PermanentFailure
from ezcore.plugin_api.ports.looks import (
    FactsBlock,
    Look,
    Meter,
    MetersBlock,
    RemoteAccount,
    RowAction,
    ServerReport,
    TableBlock,
    TableRow,
    UsageSample,
)
from ezcore.plugin_api.ports.provisioning import (
    Capability,
    ModuleAction,
    ModuleStep,
    ProvisioningCall,
    ProvisioningModule,
    ServerFacts,
)
from ezcore.plugin_api.values import Resource
from ezcore.services.servers import operations as servers


class PanelServer(BaseModel):
    """Where the panel is and how it lets us in."""

    host: str = Field(min_length=3)
    token: SecretStr


class PanelProduct(BaseModel):
    """What is sold."""

    package: str = "small"


class Nothing(BaseModel):
    """The client is asked nothing."""


class Snapshot(BaseModel):
    """A name, and a phrase that locks it."""

    label: str = Field(min_length=2, max_length=20, title="Name of the snapshot")
    phrase: SecretStr = SecretStr("")


class NameOnly(BaseModel):
    label: str


@dataclass
class Account:
    tag: str | None
    label: str
    state: str = "active"
    server: int = 1
    location: str = "node1"
    address: str = "192.0.2.10"
    password: str = ""


@dataclass
class Panel:
    """The truth at the vendor."""

    accounts: dict[str, Account] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    snapshots: list[str] = field(default_factory=list)
    samples: list[UsageSample] = field(default_factory=list)
    broken: Exception | None = None
    refuses: str | None = None
    name_shown: str = "quiet"

    def count(self, verb: str) -> int:
        return sum(one == verb for one, _ in self.calls)


class PanelModule(ProvisioningModule):
    name: ClassVar[str] = "panel"
    label: ClassVar[str] = "Panel"
    capabilities: ClassVar[frozenset[Capability]] = frozenset(Capability) - {
        Capability.CONSOLE,
        Capability.ONE_TIME_SECRET,
    }
    server_model: ClassVar[type[BaseModel]] = PanelServer
    product_model: ClassVar[type[BaseModel]] = PanelProduct
    order_model: ClassVar[type[BaseModel]] = Nothing

    def __init__(self, panel: Panel) -> None:
        self.panel = panel

    def _steps(self, verb: str) -> Sequence[ModuleStep]:
        return [ModuleStep(verb, verb.capitalize(), run=lambda call: self._do(verb, call))]

    def _do(self, verb: str, call: ProvisioningCall) -> Any:
        panel = self.panel
        panel.calls.append((verb, call))
        if panel.broken is not None:
            raise panel.broken
        if panel.refuses == verb:
            raise PermanentFailure("the panel refuses it")
        if verb == "create":
            return self._made(call)
        account = panel.accounts[call.resource.external_id]
        if verb in ("suspend", "unsuspend"):
            account.state = "suspended" if verb == "suspend" else "active"
        elif verb == "terminate":
            panel.accounts.pop(call.resource.external_id)
        elif verb == "change_password":
            account.password = call.secret("password", lambda: f"pw-{len(panel.calls)}")
        elif verb == "snapshot":
            panel.snapshots.append(call.input.label)
        elif verb == "roll_back":
            panel.calls.append(("rolled back to", call.input.label))
        elif verb == "adopt":
            account.tag = call.operation_key
        return {"message": f"{verb} is done"}

    def _made(self, call: ProvisioningCall) -> Resource:
        found = self.find(call.server, call.operation_key)
        if found is None:
            number = f"acc{len(self.panel.accounts) + 1}"
            self.panel.accounts[number] = Account(
                call.operation_key, call.service.label, server=call.server.id
            )
            self.panel.accounts[number].password = call.secret("password", lambda: "first")
            found = self.find(call.server, call.operation_key)
        assert found is not None
        return found

    create = lambda self: self._steps("create")
    suspend = lambda self: self._steps("suspend")
    unsuspend = lambda self: self._steps("unsuspend")
    terminate = lambda self: self._steps("terminate")
    renew = lambda self: self._steps("renew")
    change_package = lambda self: self._steps("change_package")
    change_password = lambda self: self._steps("change_password")
    adopt = lambda self: self._steps("adopt")

    def actions(self) -> Sequence[ModuleAction]:
        return (
            ModuleAction(
                "restart", "Restart", self._steps("restart"), icon="rotate-cw", confirm="It stops a moment."
            ),
            ModuleAction("snapshot", "Take a snapshot", self._steps("snapshot"), input_model=Snapshot),
            ModuleAction(
                "roll_back", "Roll back", self._steps("roll_back"), input_model=NameOnly, in_rows=True
            ),
            ModuleAction("rebuild", "Rebuild", self._steps("rebuild"), by_client=False),
        )

    def find(self, server: ServerFacts, operation_key: str) -> Resource | None:
        for number, one in self.panel.accounts.items():
            if one.tag == operation_key and one.server == server.id:
                return Resource(
                    external_id=number,
                    operation_key=operation_key,
                    address=one.address,
                    location=one.location,
                )
        return None

    def test_connection(self, server: ServerFacts) -> ServerReport:
        if self.panel.broken is not None:
            raise self.panel.broken
        return ServerReport(version="9.9", accounts=len(self.panel.accounts), warnings=("old firmware",))

    def look(self, server: ServerFacts, resource: Resource) -> Look:
        if self.panel.broken is not None:
            raise self.panel.broken
        account = self.panel.accounts.get(resource.external_id)
        if account is None:
            return Look(state="missing")
        rows = tuple(
            TableRow(
                cells=(one,),
                actions=(RowAction(action="roll_back", title="Roll back", inputs=(("label", one),)),),
            )
            for one in self.panel.snapshots
        )
        return Look(
            state=account.state,
            power=self.panel.name_shown,
            location=account.location,
            blocks=(
                FactsBlock(title="System", rows=(("Host", self.panel.name_shown),)),
                MetersBlock(
                    title="Disk",
                    meters=(Meter(label="Disk", used=Decimal("2.5"), limit=Decimal(10), unit="GB"),),
                ),
                TableBlock(title="Snapshots", columns=("Name",), rows=rows, empty="No snapshot yet"),
            ),
        )

    def list_accounts(self, server: ServerFacts) -> Sequence[RemoteAccount]:
        if self.panel.broken is not None:
            raise self.panel.broken
        return [
            RemoteAccount(
                external_id=number,
                label=one.label,
                state=one.state,
                operation_key=one.tag,
                address=one.address,
                location=one.location,
            )
            for number, one in self.panel.accounts.items()
            if one.server == server.id
        ]

    def read_usage(
        self, server: ServerFacts, resources: Sequence[Resource], since: datetime
    ) -> Sequence[UsageSample]:
        self.panel.calls.append(("read_usage", since))
        if self.panel.broken is not None:
            raise self.panel.broken
        return self.panel.samples

    def login_link(self, server: ServerFacts, resource: Resource) -> str:
        if self.panel.broken is not None:
            raise self.panel.broken
        return f"https://panel.example/login?once={resource.external_id}"


def install(shop: Any, slug: str = "web-start", server: str = "panel-1") -> Panel:
    """Put the panel into a shop: its module, one server, and a product made by it."""
    panel = Panel()
    module = PanelModule(panel)
    shop.host.ports.add("ezcore", ProvisioningModule, module)
    with shop.work.write() as uow:
        servers.add_server(uow, server, module, {"host": "panel.example", "token": "t0ken-of-the-panel"})
        uow.session.scalars(select(Product).where(Product.slug == slug)).one().module = "panel"
    return panel


@pytest.fixture
def panel(trade: Any) -> Panel:
    """The panel of `trade`; `web-start` is made there."""
    return install(trade.shop)
