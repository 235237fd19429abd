"""The DNS provider: zones of a PowerDNS server, marked as ours in their `account`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, ClassVar, Final, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter, ValidationError

from ez_powerdns.api import Conflict, Log, Missing, PowerDnsApi, Wire, nonsense, silent
from ez_powerdns.contents import TYPES
from ez_powerdns.leases import lease
from ez_powerdns.rrsets import RrSet, merged, read
from ez_powerdns.settings import PowerDnsSettings
from ezcore.plugin_api import NeedsInfo, PermanentFailure, PluginContext, RetryAfter
from ezcore.plugin_api.ports.dns import (
    DnsCapability,
    DnsProvider,
    DnsRecord,
    DnsZone,
    DsRecord,
    RecordChanges,
)
from ezcore.plugin_api.ports.vendor_call import VendorCall

T = TypeVar("T")
MARK: Final = "ez:"
ADOPT: Final = "adopt"
SHA256: Final = 2
LAG: Final = 2.0


class ZoneSeen(BaseModel):
    """A zone as the server shows it."""

    id: str
    name: str
    account: str = ""
    dnssec: bool = False
    rrsets: list[RrSet] = []


class KeySeen(BaseModel):
    """A key of a signed zone, without its private half."""

    id: int
    active: bool = True
    ds: list[str] = []


class PowerDns(DnsProvider):
    """Zones on a PowerDNS authoritative server. `wire` is replaced where no socket is wanted."""

    name: ClassVar[str] = "powerdns"
    label: ClassVar[str] = "PowerDNS"
    capabilities: ClassVar[frozenset[DnsCapability]] = frozenset({DnsCapability.DNSSEC})
    record_types: ClassVar[frozenset[str]] = TYPES
    limits: ClassVar[tuple[str, ...]] = (
        "All records of one name and type have one time to live.",
        "Records edited on the server by hand in the same second as here may be lost: it replaces whole sets.",
    )

    def __init__(self, context: PluginContext) -> None:
        self._context = context
        self.wire: Wire | None = None

    def settings(self) -> PowerDnsSettings:
        """The plugin's settings now."""
        return PowerDnsSettings.model_validate(self._context.settings().model_dump())

    def test_connection(self) -> str:
        """Version of the server."""
        try:
            seen = self._api().read("")
        except NeedsInfo as error:
            raise PermanentFailure(error.question) from None
        version = str(seen.get("version", "?"))[:20] if isinstance(seen, dict) else "?"
        if not self.settings().hosts:
            raise PermanentFailure("PowerDNS answers, but no nameservers for new zones are filled in")
        return f"PowerDNS {version} answers."

    def find_zone(self, name: str) -> DnsZone | None:
        """The zone, or None."""
        seen = self._find(self._api(), name)
        return self._shown(seen) if seen else None

    def create_zone(self, call: VendorCall, name: str) -> DnsZone:
        """Make the zone with its mark in one call, so a lost answer is found again."""
        api, tag = self._api(call.log), _tag(call.operation_key)
        seen = self._find(api, name)
        if seen is None:
            seen = self._create(api, name, tag)
        if seen.account == tag:
            return self._shown(seen)
        if seen.account.startswith(MARK):
            raise PermanentFailure(f"the zone {name} belongs to another order of this shop")
        if (call.answer or "").strip().lower() != ADOPT:
            raise NeedsInfo(
                f"A zone {name} stands on the PowerDNS server, but this shop did not make it. "
                f'Answer "{ADOPT}" to take it over, or remove it and retry.'
            )
        api.change("PUT", _path(name), {"account": tag})
        return self._shown(seen.model_copy(update={"account": tag}))

    def _create(self, api: PowerDnsApi, name: str, tag: str) -> ZoneSeen:
        settings = self.settings()
        if not settings.hosts:
            raise PermanentFailure("fill in the nameservers of new zones (settings of the plugin powerdns)")
        wish = {
            "name": f"{name}.",
            "kind": settings.kind,
            "nameservers": [f"{host}." for host in settings.hosts],
            "account": tag,
            "soa_edit_api": "DEFAULT",
        }
        try:
            made = _as(ZoneSeen, api.change("POST", "/zones", wish), changes=True)
        except Conflict:
            raise RetryAfter(LAG, f"{name} was made this moment; looking again") from None
        if made.name != f"{name}." or made.account != tag:
            raise nonsense(changes=True)
        return made

    def delete_zone(self, call: VendorCall, zone: DnsZone) -> None:
        """Remove it; one that does not carry our mark is left alone."""
        api = self._api(call.log)
        seen = self._find(api, zone.name)
        if seen is None:
            return
        if not seen.account.startswith(MARK):
            raise PermanentFailure(f"the zone {zone.name} was not made by this shop: it is left alone")
        try:
            api.change("DELETE", _path(zone.name))
        except Missing:
            return

    def records(self, zone: DnsZone) -> Sequence[DnsRecord]:
        """All records of the zone but SOA."""
        return self._read(self._whole(self._api(), zone))

    def change_records(self, call: VendorCall, zone: DnsZone, changes: RecordChanges) -> None:
        """Read, merge and write whole sets, alone in this zone; the server takes all of them or none."""
        settings = self.settings()
        with lease(self._context, zone.name, settings.timeout * 4):
            api = self._api(call.log)
            patches = merged(self._whole(api, zone), changes, settings.ttl)
            if not patches:
                return
            try:
                api.change("PATCH", _path(zone.name), {"rrsets": patches})
            except Missing:
                raise PermanentFailure(f"the zone {zone.name} is not on the server any more") from None

    def set_dnssec(self, call: VendorCall, zone: DnsZone, on: bool) -> Sequence[DsRecord]:  # noqa: FBT001
        """Sign the zone with one key of its own, or take all keys away. Private halves are never logged."""
        api = self._api(call.log)
        with lease(self._context, f"{zone.name} keys", self.settings().timeout * 6):
            keys = self._keys(api, zone)
            if on and not keys:
                made = api.change(
                    "POST", f"{_path(zone.name)}/cryptokeys", {"keytype": "csk", "active": True}
                )
                keys = [_as(KeySeen, made, changes=True)]
                api.change("PUT", f"{_path(zone.name)}/rectify")
            if not on:
                for key in keys:
                    api.change("DELETE", f"{_path(zone.name)}/cryptokeys/{key.id}")
                return []
        return [_ds(line) for key in keys if key.active for line in key.ds if line.split()[2] == str(SHA256)]

    def _keys(self, api: PowerDnsApi, zone: DnsZone) -> list[KeySeen]:
        try:
            return _as(list[KeySeen], api.read(f"{_path(zone.name)}/cryptokeys"))
        except Missing:
            raise PermanentFailure(f"the zone {zone.name} is not on the server any more") from None

    def _api(self, log: Log = silent) -> PowerDnsApi:
        return PowerDnsApi(self.settings(), log, self.wire)

    def _find(self, api: PowerDnsApi, name: str) -> ZoneSeen | None:
        try:
            seen = _as(ZoneSeen, api.read(f"{_path(name)}?rrsets=false"))
        except Missing:
            return None
        if seen.name != f"{name}.":
            raise nonsense()
        return seen

    def _whole(self, api: PowerDnsApi, zone: DnsZone) -> list[RrSet]:
        try:
            answer = api.read(_path(zone.name))
        except Missing:
            raise PermanentFailure(f"the zone {zone.name} is not on the server any more") from None
        # Every zone has an SOA: an answer without sets is not an empty zone but no answer.
        seen = _as(ZoneSeen, answer)
        if seen.name != f"{zone.name}." or not any(one.type == "SOA" for one in seen.rrsets):
            raise nonsense()
        return seen.rrsets

    def _read(self, sets: Sequence[RrSet]) -> list[DnsRecord]:
        try:
            return read(sets)
        except (ValueError, IndexError):
            raise nonsense() from None

    def _shown(self, seen: ZoneSeen) -> DnsZone:
        return DnsZone(
            external_id=seen.id,
            name=seen.name.rstrip("."),
            nameservers=tuple(self.settings().hosts),
            status="active",
            ours=seen.account.startswith(MARK),
            dnssec=seen.dnssec,
        )


def _path(name: str) -> str:
    return f"/zones/{quote(name, safe='._-')}."


def _tag(operation_key: str) -> str:
    """Fits the 40 letters of a zone's account."""
    return MARK + hashlib.sha256(operation_key.encode()).hexdigest()[:32]


def _as(what: type[T], value: Any, *, changes: bool = False) -> T:
    try:
        return TypeAdapter(what).validate_python(value)
    except ValidationError:
        raise nonsense(changes=changes) from None


def _ds(line: str) -> DsRecord:
    try:
        tag, algorithm, kind, digest = line.split(None, 3)
        return DsRecord(
            key_tag=int(tag), algorithm=int(algorithm), digest_type=int(kind), digest="".join(digest.split())
        )
    except ValueError:
        raise nonsense() from None
