"""Port of DNS providers: zones and their records at a vendor.

Names are absolute, lower case, in A-labels and without the last dot (`www.example.com`); the apex is the zone's name.
Every verb may raise the signals of `ezcore.plugin_api.errors`; what already is as wished is done, not an error.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, ClassVar, Literal

from pydantic import Field

from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.values import Facts

RecordType = Literal[
    "A", "AAAA", "ALIAS", "CAA", "CNAME", "DS", "HTTPS", "LOC", "MX", "NAPTR", "NS", "PTR", "SRV", "SSHFP", "SVCB",
    "TLSA", "TXT", "URI",
]  # fmt: skip


class DnsCapability(StrEnum):
    """What a provider can do beyond zones and records. The UI shows only what is declared."""

    DNSSEC = "dnssec"
    PROXIED = "proxied"
    COMMENTS = "comments"
    BIND_FILE = "bind_file"
    SECONDARY = "secondary"


class DnsRecord(Facts):
    """One record. `content` is in presentation form without quotes for TXT and without last dots for host names.

    `priority` belongs to MX, SRV and URI; `ttl` in seconds, None: the provider's own. `external_id` is the vendor's,
    where records have one.
    """

    name: str
    type: RecordType
    content: str
    ttl: int | None = None
    priority: int | None = None
    proxied: bool | None = None
    comment: str = ""
    external_id: str | None = None

    @property
    def identity(self) -> tuple[str, str, str, int | None]:
        """What makes two records the same record, whatever their ttl."""
        return (self.name, self.type, self.content, self.priority)


class DnsZone(Facts):
    """A zone at the vendor. `pending` until the registry's nameservers point at `nameservers`."""

    external_id: str
    name: str
    nameservers: tuple[str, ...]
    status: Literal["pending", "active", "paused"] = "active"
    ours: bool = True
    """Does it carry our mark? Zones that do not are never adopted without a person's word."""
    dnssec: bool = False
    facts: dict[str, Any] = Field(default_factory=dict)


class RecordChanges(Facts):
    """A batch, carried out as one where the vendor can: deletes first, then replacements, then additions."""

    delete: tuple[DnsRecord, ...] = ()
    add: tuple[DnsRecord, ...] = ()


class DsRecord(Facts):
    """What the registrar has to publish at the parent (RFC 4034)."""

    key_tag: int
    algorithm: int
    digest_type: int
    digest: str


class DnsProvider(ABC):
    """Holds zones at one kind of vendor; described by its plugin's settings."""

    name: ClassVar[str]
    label: ClassVar[str]
    capabilities: ClassVar[frozenset[DnsCapability]]
    record_types: ClassVar[frozenset[str]]
    limits: ClassVar[tuple[str, ...]] = ()
    """Sentences that staff and clients are told."""

    @abstractmethod
    def test_connection(self) -> str:
        """Is the vendor reachable and are we let in? A sentence for staff. Raises: PermanentFailure, RetryAfter."""

    @abstractmethod
    def find_zone(self, name: str) -> DnsZone | None:
        """The zone in our account, or None."""

    @abstractmethod
    def create_zone(self, call: VendorCall, name: str) -> DnsZone:
        """Make the zone, or adopt the one that carries `call.operation_key`.

        Raises: NeedsInfo when a zone of this name is there that is not ours; PermanentFailure, OutcomeUnknown.
        """

    @abstractmethod
    def delete_zone(self, call: VendorCall, zone: DnsZone) -> None:
        """Remove it with its records; not found is done."""

    @abstractmethod
    def records(self, zone: DnsZone) -> Sequence[DnsRecord]:
        """All records of the zone but SOA, every page of them."""

    @abstractmethod
    def change_records(self, call: VendorCall, zone: DnsZone, changes: RecordChanges) -> None:
        """Carry out the batch. Adding what is there and deleting what is not are done.

        Raises: PermanentFailure naming the record that the vendor refuses (a CNAME beside an A, a bad content).
        """

    def set_dnssec(self, call: VendorCall, zone: DnsZone, on: bool) -> Sequence[DsRecord]:  # noqa: FBT001 - the wish
        """Sign the zone, or stop; the DS records for the parent (capability DNSSEC)."""
        raise NotImplementedError

    def export_bind(self, zone: DnsZone) -> str:
        """The zone as a BIND file (capability BIND_FILE)."""
        raise NotImplementedError

    def import_bind(self, call: VendorCall, zone: DnsZone, text: str) -> int:
        """Add the records of a BIND file; how many were added (capability BIND_FILE)."""
        raise NotImplementedError
