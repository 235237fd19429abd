"""Bundles: a name, a site and a certificate in one order, at vendors in memory that log what reached them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import select

from ezcore.catalog.products.models import ProductGroup
from ezcore.catalog.products.operations import NewProduct, create_product
from ezcore.kernel.money import Money
from ezcore.orders.carts import operations as carts
from ezcore.orders.fulfilment.models import OrderStage
from ezcore.orders.fulfilment.queries import stages_of
from ezcore.orders.orders import operations as orders
from ezcore.orders.orders.models import Order
from ezcore.plugin_api.ports.provisioning import Capability, ModuleStep, ProvisioningModule
from ezcore.plugin_api.values import Resource

VERBS = frozenset({Capability.CREATE, Capability.SUSPEND, Capability.UNSUSPEND, Capability.TERMINATE})


class Nothing(BaseModel):
    """No settings, no questions."""


@dataclass
class ToyModule(ProvisioningModule):
    """Creates what it is asked for, or says what `says` holds; `log` is what reached the vendor."""

    name: str
    log: list[tuple[str, str]]
    says: dict[str, Exception] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    label = "Toy"
    needs_server = False
    capabilities = VERBS
    server_model = product_model = order_model = Nothing

    def create(self) -> Any:
        return (ModuleStep("make", "Make it", run=self._create, undo=self._undo),)

    def suspend(self) -> Any:
        return (ModuleStep("suspend", "Stop it", run=lambda _: None),)

    unsuspend = suspend

    def terminate(self) -> Any:
        return (ModuleStep("remove", "Remove it", run=self._undo),)

    def find(self, server: Any, operation_key: str) -> Resource | None:
        return None

    def _create(self, call: Any) -> Resource:
        self.log.append((self.name, "create"))
        if "create" in self.says:
            raise self.says["create"]
        self.held[call.operation_key] = call.service.label
        facts = {"kind": "HostingAccount"} if self.name == "toypanel" else {}
        return Resource(
            external_id=call.operation_key[:80],
            operation_key=call.operation_key,
            address="192.0.2.80",
            facts=facts,
        )

    def _undo(self, call: Any) -> None:
        self.held.pop(call.operation_key, None)


@dataclass
class BundleTrade:
    """A trade that sells bundles; `log` is the order in which vendors were reached."""

    names: Any
    panel: ToyModule
    authority: ToyModule

    @property
    def trade(self) -> Any:
        return self.names.trade

    @property
    def log(self) -> list[str]:
        """What happened at the vendors, in words, reads left out."""
        return [
            " ".join(str(part) for part in one[:2])
            for one in self.panel.log
            if one[0] not in ("info", "check")
        ]

    def order(self, actor: Any, *, certificate: bool = True, name: str = "tamm.com") -> int:
        """One order with name, site and certificate; gives its number."""
        with self.trade.work.write(actor) as uow:
            cart, _ = carts.open_cart(uow, actor.user_id)
            if certificate:
                carts.add_line(
                    uow, cart, "toy-cert", "1 year", {}, {"names": f"{name}\n*.{name}"}, "Certificate"
                )
            carts.add_line(uow, cart, "toy-site", "1 month", {}, {"domain": name}, "Web Pro")
            carts.add_line(uow, cart, "domain-com", "1 year", {}, self.names.params(name), name)
            return orders.place(uow, cart, actor.client_id, f"form:{cart.id}").id

    def paid(self, who: str = "Ann", **facts: Any) -> int:
        """A bundle ordered and paid; nothing has run yet."""
        number = self.order(self.trade.newcomer(who), **facts)
        with self.trade.work.read() as uow:
            invoice = uow.session.get_one(Order, number).invoice_id
        self.trade.pay(invoice)
        return number

    def states(self, order: int) -> dict[str, str]:
        """Stage by its first word and its state."""
        with self.trade.work.read() as uow:
            return {_word(uow, stage): stage.state for stage in stages_of(uow, order)}

    def stage(self, order: int, kind: str) -> OrderStage:
        with self.trade.work.read() as uow:
            return next(one for one in stages_of(uow, order) if _word(uow, one) == kind)

    def status(self, order: int) -> str:
        with self.trade.work.read() as uow:
            return uow.session.get_one(Order, order).status

    def all(self, model: Any) -> list[Any]:
        with self.trade.work.read() as uow:
            return list(uow.session.scalars(select(model).order_by(model.id)))


def _word(uow: Any, stage: OrderStage) -> str:
    words = {"Register": "register", "Set": "account", "Issue": "certificate"}
    return words.get(stage.title.split()[0], stage.kind)


class Shared(list):
    """One log for all vendors."""


def sell_bundles(names: Any) -> BundleTrade:
    """Toy panel and toy authority are plugged in beside the toy registrar and its DNS; products are sold."""
    log: list[Any] = Shared()
    names.registrar.log = names.dns.log = log
    panel, authority = ToyModule("toypanel", log), ToyModule("certificates", log)
    shop = names.trade.shop
    for module in (panel, authority):
        shop.host.ports.add("ezcore", ProvisioningModule, module)
    with shop.work.write() as uow:
        shelf = uow.session.scalars(select(ProductGroup).order_by(ProductGroup.id)).first()
        for slug, module in (("toy-site", "toypanel"), ("toy-cert", "certificates")):
            prices = {"1 month": Money.parse("5.00", "EUR"), "1 year": Money.parse("10.00", "EUR")}
            create_product(uow, shelf, NewProduct(slug, slug, "hosting", module=module, prices=prices))
    return BundleTrade(names, panel, authority)


@pytest.fixture
def bundles(names: Any) -> BundleTrade:
    """A shop on SQLite that sells bundles."""
    return sell_bundles(names)
