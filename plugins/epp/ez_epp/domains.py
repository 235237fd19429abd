"""Domain objects (RFC 5731, 5910, 3915) as the port knows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from ez_epp import xml
from ez_epp.refusals import MISSING, Refusal
from ez_epp.registry import Registry
from ezcore.plugin_api import RetryAfter
from ezcore.plugin_api.ports.dns import DsRecord
from ezcore.plugin_api.ports.registrar import Registration

LOCK = "clientTransferProhibited"
State = Literal["pending", "active", "grace", "redemption", "transferring_out", "gone"]


@dataclass(frozen=True)
class Seen:
    """What `info` says of a name."""

    name: str
    roid: str
    client: str
    registrant: str
    statuses: tuple[str, ...]
    rgp: frozenset[str]
    nameservers: tuple[str, ...]
    hosts: tuple[str, ...]
    contacts: dict[str, str]
    created: date | None
    expires: date | None
    code: str
    ds: tuple[DsRecord, ...]

    @property
    def state(self) -> State:
        """In the port's words."""
        if "pendingCreate" in self.statuses:
            return "pending"
        if (
            self.rgp & {"redemptionPeriod", "pendingRestore", "pendingDelete"}
            or "pendingDelete" in self.statuses
        ):
            return "redemption"
        if "pendingTransfer" in self.statuses:
            return "transferring_out"
        return "grace" if "autoRenewPeriod" in self.rgp else "active"

    def shown(self, operation_key: str | None) -> Registration:
        """As the port wants it."""
        return Registration(
            name=self.name,
            external_id=self.roid or self.name,
            state=self.state,
            registered_on=self.created,
            expires_on=self.expires,
            nameservers=self.nameservers,
            locked=LOCK in self.statuses,
            status=self.statuses,
            ds=self.ds,
            operation_key=operation_key,
        )


def look(registry: Registry, name: str) -> Seen | None:
    """The name at the registry, whosever it is. Raises: as `Registry.ask`; RetryAfter for what makes no sense."""
    verb = xml.el("epp:info", xml.el("domain:info", xml.el("domain:name", name, hosts="all")))
    try:
        answer = registry.ask(f"domain:info {name}", verb)
    except Refusal as error:
        if error.code == MISSING:
            return None
        raise
    data = answer.data("domain:infData")
    try:
        if data is None or xml.text(data, "domain:name").lower() != name or not xml.text(data, "domain:clID"):
            raise ValueError("another name")  # noqa: TRY301 - one answer for all that makes no sense
        return _seen(name, data, answer.root)
    except ValueError:
        raise RetryAfter(5, "the registry's answer about a name makes no sense") from None


def _seen(name: str, data: xml.Node, root: xml.Node) -> Seen:
    extension = "epp:response/epp:extension/"
    ds = [
        DsRecord(
            key_tag=int(xml.text(one, "secDNS:keyTag")),
            algorithm=int(xml.text(one, "secDNS:alg")),
            digest_type=int(xml.text(one, "secDNS:digestType")),
            digest=xml.text(one, "secDNS:digest").upper(),
        )
        for one in xml.every(root, f"{extension}secDNS:infData/secDNS:dsData")
    ]
    return Seen(
        name=name,
        roid=xml.text(data, "domain:roid"),
        client=xml.text(data, "domain:clID"),
        registrant=xml.text(data, "domain:registrant"),
        statuses=tuple(node.get("s", "") for node in xml.every(data, "domain:status")),
        rgp=frozenset(node.get("s", "") for node in xml.every(root, f"{extension}rgp:infData/rgp:rgpStatus")),
        nameservers=tuple((node.text or "").lower() for node in xml.every(data, "domain:ns/domain:hostObj")),
        hosts=tuple((node.text or "").lower() for node in xml.every(data, "domain:host")),
        contacts={node.get("type", ""): node.text or "" for node in xml.every(data, "domain:contact")},
        created=_day(xml.text(data, "domain:crDate")),
        expires=_day(xml.text(data, "domain:exDate")),
        code=xml.text(data, "domain:authInfo/domain:pw"),
        ds=tuple(ds),
    )


def _day(stamp: str) -> date | None:
    if not stamp:
        return None
    moment = datetime.fromisoformat(stamp)
    return moment.astimezone(UTC).date() if moment.tzinfo else moment.date()
