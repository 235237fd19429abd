"""A registrar and a DNS provider in memory, and a shop that sells names with them.

They keep their own truth and log what reached them, so that a promise such as "registered once" can be counted there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from ezcore.domain_names.tlds import operations as tlds
from ezcore.domain_names.tlds.rules import YearsPrice
from ezcore.kernel.money import Money
from ezcore.plugin_api.errors import PermanentFailure, StillRunning
from ezcore.plugin_api.ports.dns import DnsCapability, DnsProvider, DnsRecord, DnsZone, DsRecord
from ezcore.plugin_api.ports.registrar import (
    Availability,
    DomainContacts,
    Registrar,
    RegistrarCapability,
    Registration,
    TldTerms,
)

OWNER = {
    "name": "Ann Tamm", "organization": "", "email": "ann@client.example", "phone": "+372 5551234",
    "street": "Pikk 1", "city": "Tallinn", "state": "", "postcode": "10123", "country": "EE",
}  # fmt: skip


@dataclass
class Held:
    """A name at the toy registry."""

    registration: Registration
    contacts: DomainContacts


@dataclass
class ToyRegistrar(Registrar):
    """`taken`, `premium` and `codes` are the registry's; `says` replaces the answer of a verb by an exception."""

    today: Callable[[], date]
    name = "toyreg"
    label = "Toy registrar"
    capabilities = frozenset(RegistrarCapability)
    limits = ("Names cannot be given back.",)
    taken: set[str] = field(default_factory=set)
    premium: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    says: dict[str, Exception] = field(default_factory=dict)
    log: list[tuple[Any, ...]] = field(default_factory=list)
    queue: list[Any] = field(default_factory=list)
    terms: list[TldTerms] = field(default_factory=list)
    slow: bool = False

    def _heard(self, verb: str, *what: Any) -> None:
        self.log.append((verb, *what))
        if verb in self.says:
            raise self.says[verb]

    def test_connection(self) -> str:
        return "well"

    def check(self, names: Any) -> Any:
        self._heard("check", *names)
        return [
            Availability(
                name=name,
                available=name not in self.taken and name not in self.held,
                premium=name in self.premium,
            )
            for name in names
        ]

    def suggest(self, words: str, tlds: Any, limit: int) -> Any:
        return [
            Availability(name=f"my{words.split('.', maxsplit=1)[0]}.{one}", available=True) for one in tlds
        ][:limit]

    def info(self, name: str) -> Registration | None:
        self._heard("info", name)
        found = self.held.get(name)
        return found.registration if found else None

    def register(self, call: Any, request: Any) -> Registration:
        if request.name in self.held:
            found = self.held[request.name].registration
            if found.operation_key == call.operation_key:
                return found
        self._heard("register", request.name, request.years)
        if request.name in self.taken or request.name in self.held:
            raise PermanentFailure("the name is taken")
        return self._hold(call, request)

    def transfer(self, call: Any, request: Any) -> Registration:
        self._heard("transfer", request.name)
        if request.auth_code != self.codes.get(request.name):
            raise PermanentFailure("the authorisation code is wrong")
        if call.handle is None:
            raise StillRunning(60, "asked", "the losing registrar has five days")
        self.taken.discard(request.name)
        return self._hold(call, request)

    def _hold(self, call: Any, request: Any) -> Registration:
        today = self.today()
        made = Registration(
            name=request.name, external_id=f"reg-{request.name}", state="active", registered_on=today,
            expires_on=today.replace(year=today.year + request.years), nameservers=request.nameservers, locked=True,
            privacy=request.privacy, auto_renew=False, operation_key=call.operation_key,
        )  # fmt: skip
        self.held[request.name] = Held(made, request.contacts)
        return made

    def change(self, held_as: str, /, **facts: Any) -> Registration:
        held = self.held[held_as]
        held.registration = held.registration.model_copy(update=facts)
        return held.registration

    def renew(self, call: Any, name: str, years: int, expires_on: date) -> Registration:
        self._heard("renew", name, years)
        now = self.held[name].registration
        if now.expires_on > expires_on:
            return now
        return self.change(name, expires_on=expires_on.replace(year=expires_on.year + years), state="active")

    def set_auto_renew(self, call: Any, name: str, on: bool) -> None:  # noqa: FBT001 - the port
        self._heard("set_auto_renew", name, on)
        self.change(name, auto_renew=on)

    def save_nameservers(self, call: Any, name: str, hosts: Any) -> None:
        self._heard("save_nameservers", name, *hosts)
        self.change(name, nameservers=tuple(hosts))

    def save_glue(self, call: Any, name: str, hosts: Any) -> None:
        self._heard("save_glue", name)

    def contacts(self, name: str) -> DomainContacts:
        return self.held[name].contacts

    def save_contacts(self, call: Any, name: str, contacts: Any) -> None:
        self._heard("save_contacts", name)
        self.held[name].contacts = contacts

    def set_lock(self, call: Any, name: str, on: bool) -> None:  # noqa: FBT001 - the port
        self._heard("set_lock", name, on)
        self.change(name, locked=on)

    def set_privacy(self, call: Any, name: str, on: bool) -> None:  # noqa: FBT001 - the port
        self._heard("set_privacy", name, on)
        self.change(name, privacy=on)

    def auth_code(self, call: Any, name: str) -> str:
        self._heard("auth_code", name)
        return f"code-of-{name}"

    def save_ds(self, call: Any, name: str, records: Any) -> None:
        self._heard("save_ds", name, len(records))
        self.change(name, ds=tuple(records))

    def restore(self, call: Any, name: str) -> Registration:
        self._heard("restore", name)
        return self.change(name, state="active")

    def prices(self) -> Any:
        return self.terms

    def poll(self) -> Any:
        return self.queue[:1]  # as EPP does: the next one is shown when this one was acknowledged

    def acknowledge(self, external_id: str) -> None:
        self.queue = [one for one in self.queue if one.external_id != external_id]


@dataclass
class ToyDns(DnsProvider):
    """Zones with their records, by name."""

    name = "toydns"
    label = "Toy DNS"
    capabilities = frozenset({DnsCapability.DNSSEC, DnsCapability.BIND_FILE})
    record_types = frozenset({"A", "AAAA", "CNAME", "MX", "TXT", "SRV", "CAA", "NS"})
    zones: dict[str, tuple[DnsZone, list[DnsRecord]]] = field(default_factory=dict)
    says: dict[str, Exception] = field(default_factory=dict)
    log: list[tuple[Any, ...]] = field(default_factory=list)

    def _heard(self, verb: str, *what: Any) -> None:
        self.log.append((verb, *what))
        if verb in self.says:
            raise self.says[verb]

    def test_connection(self) -> str:
        return "well"

    def find_zone(self, name: str) -> DnsZone | None:
        found = self.zones.get(name)
        return found[0] if found else None

    def create_zone(self, call: Any, name: str) -> DnsZone:
        self._heard("create_zone", name)
        hosts = ("ns1.toydns.example", "ns2.toydns.example")
        zone = DnsZone(external_id=f"z-{name}", name=name, nameservers=hosts)
        return self.zones.setdefault(name, (zone, []))[0]

    def delete_zone(self, call: Any, zone: DnsZone) -> None:
        self._heard("delete_zone", zone.name)
        self.zones.pop(zone.name, None)

    def records(self, zone: DnsZone) -> Any:
        return list(self.zones[zone.name][1])

    def change_records(self, call: Any, zone: DnsZone, changes: Any) -> None:
        self._heard("change_records", zone.name, len(changes.delete), len(changes.add))
        there = self.zones[zone.name][1]
        gone = {one.identity for one in changes.delete}
        there[:] = [one for one in there if one.identity not in gone]
        there.extend(one for one in changes.add if one.identity not in {old.identity for old in there})

    def set_dnssec(self, call: Any, zone: DnsZone, on: bool) -> Any:  # noqa: FBT001 - the port
        self._heard("set_dnssec", zone.name, on)
        found, records = self.zones[zone.name]
        self.zones[zone.name] = (found.model_copy(update={"dnssec": on}), records)
        return [DsRecord(key_tag=1, algorithm=13, digest_type=2, digest="ab" * 32)] if on else []

    def export_bind(self, zone: DnsZone) -> str:
        return "\n".join(f"{one.name}. IN {one.type} {one.content}" for one in self.records(zone))

    def import_bind(self, call: Any, zone: DnsZone, text: str) -> int:
        self._heard("import_bind", zone.name)
        return 0


def eur(text: str) -> Money:
    return Money.parse(text, "EUR")


def sell_names(shop: Any) -> tuple[ToyRegistrar, ToyDns]:
    """The toy vendors are plugged in; .com and .ee are sold for one and two years."""
    registrar = ToyRegistrar(today=lambda: shop.work.clock.today("Europe/Tallinn"))
    dns = ToyDns()
    shop.host.ports.add("ezcore", Registrar, registrar)
    shop.host.ports.add("ezcore", DnsProvider, dns)
    with shop.work.write() as uow:
        for name, register, renew in (("com", "9.00", "12.00"), ("ee", "7.00", "7.00")):
            tld = tlds.add(
                uow, tlds.TldFacts(name, "toyreg", grace_days=30, redemption_days=30, idn=name == "ee")
            )
            one = YearsPrice(1, eur(register), eur(renew), eur("8.00"), eur("80.00"))
            two = YearsPrice(2, eur(register) + eur(renew), eur(renew).times(2))
            tlds.set_prices(uow, tld, "EUR", [one, two])
    return registrar, dns


@dataclass
class NameTrade:
    """A trade that sells names, with the two vendors."""

    trade: Any
    registrar: ToyRegistrar
    dns: ToyDns

    def params(self, name: str = "tamm.com", years: int = 1, **facts: Any) -> dict[str, Any]:
        return {"domain": name, "years": years, "owner": OWNER, "nameservers": [], "privacy": False} | facts

    def order(
        self, actor: Any, name: str = "tamm.com", years: int = 1, kind: str = "domain", **facts: Any
    ) -> int:
        """Order a name; gives the invoice."""
        from ezcore.orders.carts import operations as carts
        from ezcore.orders.orders import operations as orders

        slug = f"{kind}-{name.split('.', 1)[1]}"
        cycle = "1 year" if years == 1 else f"{years} years"
        with self.trade.work.write(actor) as uow:
            cart, _ = carts.open_cart(uow, actor.user_id)
            carts.add_line(uow, cart, slug, cycle, {}, self.params(name, years, **facts), name)
            return orders.place(uow, cart, actor.client_id, f"form:{cart.id}").invoice_id

    def registered(self, name: str = "tamm.com", who: str = "Ann", **facts: Any) -> int:
        """A name that is registered and paid; gives its id."""
        from ezcore.domain_names.names import queries

        actor = self.trade.newcomer(who)
        self.trade.pay(self.order(actor, name, **facts))
        self.trade.settle()
        with self.trade.work.read() as uow:
            return queries.live(uow, name).id

    def domain(self, domain_id: int) -> Any:
        from ezcore.domain_names.names import queries

        with self.trade.work.read() as uow:
            return queries.by_id(uow, domain_id)

    def later(self, **time: float) -> None:
        self.trade.clock.advance(timedelta(**time))
        self.trade.settle()

    def heard(self, verb: str) -> list[Any]:
        return [one for one in self.registrar.log if one[0] == verb]


@pytest.fixture
def names(trade: Any) -> NameTrade:
    """A shop on SQLite that sells names."""
    return NameTrade(trade, *sell_names(trade.shop))
