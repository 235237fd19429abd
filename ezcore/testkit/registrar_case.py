"""What a plugin with a registrar tells the conformance suite about itself: one fixture returns one of these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ezcore.plugin_api.ports.registrar import (
    DomainContact,
    DomainContacts,
    DomainRequest,
    Registrar,
    Registration,
)
from ezcore.testkit.vendor_case import VendorCase

AUTH_CODE = "transfer-Code-7731"
CONTACT = DomainContact(
    name="Ana Tamm",
    organization="Tamm OÜ",
    email="ana@example.com",
    phone="+372.5123456",
    street=("Pikk 1", "korter 2"),
    city="Tallinn",
    state="Harjumaa",
    postcode="10123",
    country="EE",
)


@dataclass(kw_only=True)
class RegistrarCase(VendorCase):
    """A registrar under test.

    `calls` has `check`, `register`, `info`, and `transfer`, `renew`, `set_lock`, `save_nameservers` where they are
    declared. The sandbox knows the fault `late_failure` on `register` and, where declared, on `transfer`: accepted now,
    failed afterwards (`message` in its args). `held(name)` says how many registrations of a name stand in our account,
    `bought(name)` how often one was paid for. `taken(name)` gives a name to somebody else at another registrar,
    `stranger(name)` puts one into our account that is not ours, `remove(name)` takes one away by hand. `premium` is a
    name that costs more, `transferable(name)` one whose code is `AUTH_CODE`.
    """

    registrar: Registrar
    held: Callable[[str], int]
    bought: Callable[[str], int]
    taken: Callable[[str], None]
    stranger: Callable[[str], None]
    remove: Callable[[str], None]
    transferable: Callable[[str], None] | None = None
    premium: str | None = None
    tld: str = "com"
    nameservers: tuple[str, ...] = ()

    def name(self, label: str = "tamm") -> str:
        """A name of the test's ending."""
        return f"{label}.{self.tld}"

    def request(self, name: str, years: int = 1, auth_code: str | None = None) -> DomainRequest:
        """What is ordered."""
        return DomainRequest(
            name=name,
            years=years,
            contacts=DomainContacts(registrant=CONTACT),
            nameservers=self.nameservers,
            privacy=True,
            auth_code=auth_code,
        )

    def registered(self, key: str, name: str, *, doubled: bool = False) -> Registration:
        """A name of ours, whatever it takes."""
        asked = self.request(name)
        return self.insist(key, lambda call: self.registrar.register(call, asked), doubled=doubled)
