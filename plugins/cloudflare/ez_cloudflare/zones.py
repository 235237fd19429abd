"""The DNS provider: zones of our account, their records, DNSSEC and BIND files."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import ClassVar, Final, Literal

from pydantic import BaseModel, Field

from ez_cloudflare import records as words
from ez_cloudflare.api import CloudflareApi
from ez_cloudflare.batch import carry_out, every_record
from ez_cloudflare.office import Office
from ez_cloudflare.refusals import ZONE_EXISTS, Missing, Refusal
from ezcore.plugin_api import NeedsInfo, PermanentFailure, RetryAfter
from ezcore.plugin_api.ports.dns import (
    DnsCapability,
    DnsProvider,
    DnsRecord,
    DnsZone,
    DsRecord,
    RecordChanges,
)
from ezcore.plugin_api.ports.vendor_call import VendorCall

ADOPT: Final = "adopt"
LAG: Final = 5.0
Status = Literal["pending", "active", "paused"]


class ZoneSeen(BaseModel):
    """A zone as Cloudflare shows it."""

    id: str = Field(pattern=r"^[0-9a-f]{32}$")
    name: str
    name_servers: list[str] = []
    status: str | None = None
    paused: bool | None = None


class DnssecSeen(BaseModel):
    """The signing of a zone as Cloudflare shows it."""

    status: str | None = None
    key_tag: int | None = None
    algorithm: str | None = None
    digest_type: str | None = None
    digest: str | None = None


class Identity(BaseModel):
    """Something with an id."""

    id: str


class Imported(BaseModel):
    """What an import answered."""

    recs_added: float


class CloudflareDns(DnsProvider):
    """Zones at Cloudflare. A zone stays `pending` until the registry names Cloudflare's nameservers."""

    name: ClassVar[str] = "cloudflare"
    label: ClassVar[str] = "Cloudflare DNS"
    capabilities: ClassVar[frozenset[DnsCapability]] = frozenset(
        {DnsCapability.DNSSEC, DnsCapability.PROXIED, DnsCapability.COMMENTS, DnsCapability.BIND_FILE}
    )
    record_types: ClassVar[frozenset[str]] = words.TYPES
    limits: ClassVar[tuple[str, ...]] = (
        "A zone works only after the domain name's nameservers were changed to those that Cloudflare gives it.",
        "A zone that is deleted and made again gets other nameservers.",
        "A time to live is between 60 and 86400 seconds; records behind the proxy have none of their own.",
    )

    def __init__(self, office: Office) -> None:
        self._office = office

    def test_connection(self) -> str:
        """Is the token good?"""
        return self._office.test_connection()

    def find_zone(self, name: str) -> DnsZone | None:
        """The zone in our account, or None."""
        with self._office.api() as api:
            seen = _find(api, name)
            return self._shown(seen, dnssec=_signed(api, seen.id)) if seen else None

    def create_zone(self, call: VendorCall, name: str) -> DnsZone:
        """Make the zone. The mark is written before Cloudflare is asked, so a lost answer is found again."""
        marks = self._office.marks("zone")
        with self._office.api(call.log) as api:
            mark, seen = marks.of(name), _find(api, name)
            if mark and mark.operation_key != call.operation_key and seen:
                raise PermanentFailure(f"the zone {name} belongs to another order of this shop")
            # Registering a name may bring its zone along: that one is ours as the name is.
            ours = mark is not None or self._office.marks("name").of(name) is not None
            if seen and not ours and (call.answer or "").strip().lower() != ADOPT:
                raise NeedsInfo(
                    f"A zone {name} stands in our Cloudflare account, but this shop did not make it. "
                    f'Answer "{ADOPT}" to take it over, or remove it and retry.'
                )
            if seen is None:
                asked_before = mark is not None and mark.operation_key == call.operation_key
                marks.set(name, call.operation_key, "asked")
                seen = self._create(api, name, asked_before=asked_before)
            marks.set(name, call.operation_key, "made")
            return self._shown(seen)

    def _create(self, api: CloudflareApi, name: str, *, asked_before: bool) -> ZoneSeen:
        try:
            made = api.change(
                ZoneSeen,
                api.client.zones.with_raw_response.create,
                account={"id": api.account_id},
                name=name,
                type="full",
            )
        except Refusal as error:
            if ZONE_EXISTS not in error.codes:
                self._office.marks("zone").drop(name)
                raise
            if asked_before:
                raise RetryAfter(LAG, f"{name} was made and is not listed yet") from None
            self._office.marks("zone").drop(name)
            raise NeedsInfo(
                f"Cloudflare says that {name} already exists, but not in our account. "
                "Its owner has to remove it there first; then retry."
            ) from None
        if made.name != name:
            raise RetryAfter(LAG, "Cloudflare answered with another zone")
        return made

    def delete_zone(self, call: VendorCall, zone: DnsZone) -> None:
        """Remove it with its records; one that does not carry our mark is left alone."""
        marks = self._office.marks("zone")
        with self._office.api(call.log) as api:
            seen = _find(api, zone.name)
            if seen is None or seen.id != zone.external_id:
                return
            if marks.of(zone.name) is None:
                raise PermanentFailure(f"the zone {zone.name} was not made by this shop: it is left alone")
            with suppress(Missing):
                api.change(Identity, api.client.zones.with_raw_response.delete, zone_id=zone.external_id)
            marks.drop(zone.name)

    def records(self, zone: DnsZone) -> Sequence[DnsRecord]:
        """All records, every page of them."""
        with self._office.api() as api:
            return every_record(api, zone)

    def change_records(self, call: VendorCall, zone: DnsZone, changes: RecordChanges) -> None:
        """Look what is there, then send what is missing as one transaction."""
        with self._office.api(call.log) as api:
            carry_out(api, zone, changes)

    def set_dnssec(self, call: VendorCall, zone: DnsZone, on: bool) -> Sequence[DsRecord]:  # noqa: FBT001
        """Sign the zone, or stop. At Cloudflare Registrar the DS record is published by itself."""
        with self._office.api(call.log) as api:
            seen = api.change(
                DnssecSeen,
                api.client.dns.dnssec.with_raw_response.edit,
                zone_id=zone.external_id,
                status="active" if on else "disabled",
            )
        if not on:
            return []
        if seen.key_tag is None or not (seen.algorithm and seen.digest_type and seen.digest):
            raise RetryAfter(LAG, "the zone's keys are not ready yet")
        return [
            DsRecord(
                key_tag=seen.key_tag,
                algorithm=int(seen.algorithm),
                digest_type=int(seen.digest_type),
                digest=seen.digest,
            )
        ]

    def export_bind(self, zone: DnsZone) -> str:
        """The zone as a BIND file."""
        with self._office.api() as api:
            return api.text(api.client.dns.records.with_raw_response.export, zone_id=zone.external_id)

    def import_bind(self, call: VendorCall, zone: DnsZone, text: str) -> int:
        """Add the records of a BIND file; those that are there are passed over by Cloudflare."""
        with self._office.api(call.log) as api:
            done = api.change(
                Imported,
                api.client.dns.records.with_raw_response.import_,
                zone_id=zone.external_id,
                file=text,
            )
        return int(done.recs_added)

    def _shown(self, seen: ZoneSeen, *, dnssec: bool = False) -> DnsZone:
        status: Status = "paused" if seen.paused else "active" if seen.status == "active" else "pending"
        return DnsZone(
            external_id=seen.id,
            name=seen.name,
            nameservers=tuple(seen.name_servers),
            status=status,
            ours=self._office.marks("zone").of(seen.name) is not None,
            dnssec=dnssec,
            facts={"cloudflare_status": seen.status},
        )


def _find(api: CloudflareApi, name: str) -> ZoneSeen | None:
    zones = api.read(
        list[ZoneSeen],
        api.client.zones.with_raw_response.list,
        account={"id": api.account_id},
        name=name,
        per_page=50,
    )
    return next((zone for zone in zones if zone.name == name), None)


def _signed(api: CloudflareApi, zone_id: str) -> bool:
    seen = api.read(DnssecSeen, api.client.dns.dnssec.with_raw_response.get, zone_id=zone_id)
    return seen.status in ("active", "pending")
