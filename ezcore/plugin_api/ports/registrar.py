"""Port of registrars: domain names at a registry or reseller.

Names are lower case A-labels without the last dot. Times are UTC; expiries are dates in UTC, as registries count.
Verbs that take a `VendorCall` run as steps of durable jobs: they look before they act, may raise the signals of
`ezcore.plugin_api.errors` (a pending registration is StillRunning), and are safe to repeat. The name of the domain is
the natural key: one registration per name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import Field

from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.dns import DsRecord
from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.values import Facts


class RegistrarCapability(StrEnum):
    """Verbs and features a registrar really has. The UI shows only what is declared."""

    SUGGEST = "suggest"
    TRANSFER = "transfer"
    RENEW = "renew"
    AUTO_RENEW = "auto_renew"
    NAMESERVERS = "nameservers"
    GLUE = "glue"
    CONTACTS = "contacts"
    LOCK = "lock"
    PRIVACY = "privacy"
    AUTH_CODE = "auth_code"
    DNSSEC = "dnssec"
    RESTORE = "restore"
    DELETE = "delete"
    PRICES = "prices"
    POLL = "poll"


class DomainContact(Facts):
    """A person or organisation of a domain name. `phone` as +CC.NUMBER (EPP, RFC 5733); `country` ISO 3166-1."""

    name: str
    organization: str = ""
    email: str
    phone: str
    street: tuple[str, ...]
    city: str
    state: str = ""
    postcode: str
    country: str
    extra: dict[str, str] = Field(default_factory=dict)
    """What single registries ask for (VAT number, nationality ...)."""


class DomainContacts(Facts):
    """The four contacts; the registrant is always sent, the others fall back to it."""

    registrant: DomainContact
    admin: DomainContact | None = None
    tech: DomainContact | None = None
    billing: DomainContact | None = None


class Availability(Facts):
    """The answer for one name. `price` is the vendor's for the first period, where it says one."""

    name: str
    available: bool
    premium: bool = False
    reason: str = ""
    price: Money | None = None


class DomainRequest(Facts):
    """What to register or transfer in. `auth_code` belongs to transfers and is never logged."""

    name: str
    years: int
    contacts: DomainContacts
    nameservers: tuple[str, ...] = ()
    privacy: bool = False
    auth_code: str | None = Field(default=None, repr=False)


class GlueHost(Facts):
    """A host below the domain name, with its addresses at the registry."""

    name: str
    addresses: tuple[str, ...]


class Registration(Facts):
    """A domain name as the registrar sees it now. `status` in EPP's words (clientTransferProhibited ...)."""

    name: str
    external_id: str
    state: Literal["pending", "active", "grace", "redemption", "transferring_out", "gone"]
    registered_on: date | None = None
    expires_on: date | None = None
    nameservers: tuple[str, ...] = ()
    locked: bool | None = None
    privacy: bool | None = None
    auto_renew: bool | None = None
    status: tuple[str, ...] = ()
    ds: tuple[DsRecord, ...] = ()
    operation_key: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict)


class TldTerms(Facts):
    """What an ending costs at the vendor per year, and its rules. Days of grace and redemption after expiry."""

    tld: str
    register_price: Money
    renew_price: Money
    transfer_price: Money | None = None
    restore_price: Money | None = None
    min_years: int = 1
    max_years: int = 10
    grace_days: int = 0
    redemption_days: int = 0
    idn: bool = False
    transfer_needs_code: bool = True


class PollMessage(Facts):
    """Something that happened at the registry: a transfer ended, a name was deleted. Acknowledged by its id."""

    external_id: str
    name: str | None
    kind: Literal["registered", "transferred_in", "transferred_out", "renewed", "failed", "deleted", "other"]
    text: str
    facts: dict[str, Any] = Field(default_factory=dict)


class Registrar(ABC):
    """Registers and keeps domain names; described by its plugin's settings."""

    name: ClassVar[str]
    label: ClassVar[str]
    capabilities: ClassVar[frozenset[RegistrarCapability]]
    limits: ClassVar[tuple[str, ...]] = ()
    """Sentences that staff and clients are told ("must use this registrar's nameservers")."""

    @abstractmethod
    def test_connection(self) -> str:
        """Is the vendor reachable and are we let in? A sentence for staff. Raises: PermanentFailure, RetryAfter."""

    @abstractmethod
    def check(self, names: Sequence[str]) -> Sequence[Availability]:
        """Which of these can be registered, in their order. Asked within a request: answers in seconds."""

    @abstractmethod
    def info(self, name: str) -> Registration | None:
        """The name as it stands in our account; None when it is not there. Also `find` and `sync`."""

    @abstractmethod
    def register(self, call: VendorCall, request: DomainRequest) -> Registration:
        """Register it, once: what is in our account with our key is adopted.

        Raises: StillRunning, OutcomeUnknown, PermanentFailure (taken, premium, refused contact), NeedsInfo.
        """

    def suggest(self, words: str, tlds: Sequence[str], limit: int) -> Sequence[Availability]:
        """Free names like these words (capability SUGGEST)."""
        raise NotImplementedError

    def transfer(self, call: VendorCall, request: DomainRequest) -> Registration:
        """Bring it here with its authorisation code (capability TRANSFER). Takes days: StillRunning."""
        raise NotImplementedError

    def renew(self, call: VendorCall, name: str, years: int, expires_on: date) -> Registration:
        """Renew from the expiry that we know; a name that expires later already is renewed (capability RENEW)."""
        raise NotImplementedError

    def set_auto_renew(self, call: VendorCall, name: str, on: bool) -> None:  # noqa: FBT001 - the wish
        """Let the vendor renew by itself, or not (capability AUTO_RENEW)."""
        raise NotImplementedError

    def save_nameservers(self, call: VendorCall, name: str, hosts: Sequence[str]) -> None:
        """Delegate the name (capability NAMESERVERS)."""
        raise NotImplementedError

    def save_glue(self, call: VendorCall, name: str, hosts: Sequence[GlueHost]) -> None:
        """Hosts below the name, exactly these (capability GLUE)."""
        raise NotImplementedError

    def contacts(self, name: str) -> DomainContacts:
        """As the registry has them (capability CONTACTS)."""
        raise NotImplementedError

    def save_contacts(self, call: VendorCall, name: str, contacts: DomainContacts) -> None:
        """Change them (capability CONTACTS)."""
        raise NotImplementedError

    def set_lock(self, call: VendorCall, name: str, on: bool) -> None:  # noqa: FBT001 - the wish
        """Forbid transfers away, or allow them (capability LOCK)."""
        raise NotImplementedError

    def set_privacy(self, call: VendorCall, name: str, on: bool) -> None:  # noqa: FBT001 - the wish
        """Hide the contacts in the public directory, or not (capability PRIVACY)."""
        raise NotImplementedError

    def auth_code(self, call: VendorCall, name: str) -> str:
        """The code for moving it away; a secret (capability AUTH_CODE)."""
        raise NotImplementedError

    def save_ds(self, call: VendorCall, name: str, records: Sequence[DsRecord]) -> None:
        """Publish exactly these DS records at the parent (capability DNSSEC)."""
        raise NotImplementedError

    def restore(self, call: VendorCall, name: str) -> Registration:
        """Bring it back from redemption (capability RESTORE)."""
        raise NotImplementedError

    def delete(self, call: VendorCall, name: str) -> None:
        """Give it up (capability DELETE); within the add grace period the registry refunds."""
        raise NotImplementedError

    def prices(self) -> Sequence[TldTerms]:
        """What every ending costs us (capability PRICES)."""
        raise NotImplementedError

    def poll(self) -> Sequence[PollMessage]:
        """What waits in the registry's queue, oldest first (capability POLL)."""
        raise NotImplementedError

    def acknowledge(self, external_id: str) -> None:
        """The message is stored: take it off the queue (capability POLL)."""
        raise NotImplementedError
