"""The registrar: every verb looks at the registry first, then does what is missing."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import ClassVar, Final

from ez_epp import contacts, queue, xml
from ez_epp.contacts import save_all as save_contacts
from ez_epp.domains import LOCK, Seen, look
from ez_epp.hosts import ensure as ensure_hosts
from ez_epp.hosts import save_all as save_glue
from ez_epp.marks import Marks
from ez_epp.refusals import EXISTS, MISSING, PENDING, NoRight, Refusal
from ez_epp.registry import Registry
from ezcore.plugin_api import NeedsInfo, PermanentFailure, RetryAfter, StillRunning
from ezcore.plugin_api.ports.dns import DsRecord
from ezcore.plugin_api.ports.registrar import (
    Availability,
    DomainContacts,
    DomainRequest,
    GlueHost,
    PollMessage,
    Registrar,
    RegistrarCapability,
    Registration,
)
from ezcore.plugin_api.ports.vendor_call import VendorCall

SLICE: Final = 20
ADOPT, AGAIN = "adopt", "again"
PENDING_WAIT: Final = 30.0
TRANSFER_WAIT: Final = 900.0


class EppRegistrar(Registrar):
    """Names at one registry."""

    name: ClassVar[str] = "epp"
    label: ClassVar[str] = "EPP registry"
    capabilities: ClassVar[frozenset[RegistrarCapability]] = frozenset(
        {
            RegistrarCapability.TRANSFER,
            RegistrarCapability.RENEW,
            RegistrarCapability.NAMESERVERS,
            RegistrarCapability.GLUE,
            RegistrarCapability.CONTACTS,
            RegistrarCapability.LOCK,
            RegistrarCapability.AUTH_CODE,
            RegistrarCapability.DNSSEC,
            RegistrarCapability.RESTORE,
            RegistrarCapability.DELETE,
            RegistrarCapability.POLL,
        }
    )
    limits: ClassVar[tuple[str, ...]] = (
        "EPP tells no prices: enter the registry's price list by hand.",
        "Premium names are not sold; a registry that asks a price for one name refuses it.",
        "A name that is moved in keeps its contacts until they are saved here.",
    )

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def test_connection(self) -> str:
        """Log in and look into the queue."""
        self._registry.ask("poll", xml.el("epp:poll", op="req"))
        return "The registry answers and accepts our login."

    def check(self, names: Sequence[str]) -> Sequence[Availability]:
        """At most 20 names at a time; a name that the registry leaves out is not offered."""
        found: dict[str, Availability] = {}
        for at in range(0, len(names), SLICE):
            some = [xml.el("domain:name", name) for name in names[at : at + SLICE]]
            answer = self._registry.ask("domain:check", xml.el("epp:check", xml.el("domain:check", *some)))
            for one in xml.every(answer.data("domain:chkData"), "domain:cd"):
                name, named = xml.text(one, "domain:name").lower(), xml.one(one, "domain:name")
                free = named is not None and named.get("avail") in ("1", "true")
                reason = "" if free else xml.text(one, "domain:reason")[:200] or "taken"
                found[name] = Availability(name=name, available=free, reason=reason)
        odd = {
            name: Availability(name=name, available=False, reason="the registry says nothing")
            for name in names
        }
        return [found.get(name, odd[name]) for name in names]

    def info(self, name: str) -> Registration | None:
        """The name under our login."""
        mark = self._marks().of(name)
        try:
            seen = self._ours(name)
        except NoRight:
            # Many registries say 2201 for a name of somebody else, and also for a login that may ask nothing.
            if mark is None and not self.check([name])[0].available:
                return None
            raise
        return seen.shown(mark.operation_key if mark else None) if seen else None

    def register(self, call: VendorCall, request: DomainRequest) -> Registration:
        """Look, then contact, hosts and name. What the registry works on is followed by its messages."""
        name, marks, tag = request.name, self._marks(), contacts.tag_of(call.operation_key)
        done = self._known(call, name, tag)
        if done is not None:
            return done
        mark = marks.of(name)
        if mark is None or mark.state == "failed":
            [offer] = self.check([name])
            if not offer.available:
                raise PermanentFailure(f"{name} cannot be registered: {offer.reason}")
        marks.set(name, call.operation_key, "asked")
        try:
            answer = self._create(call, request, tag)
        except (PermanentFailure, NeedsInfo) as error:
            if isinstance(error, Refusal) and error.code == EXISTS and self._ours(name):
                raise RetryAfter(1, f"{name} is there after all") from None
            marks.drop(name)
            raise
        if answer == PENDING:
            raise StillRunning(PENDING_WAIT, "register", f"the registry works on {name}")
        return self._finished(call, name)

    def transfer(self, call: VendorCall, request: DomainRequest) -> Registration:
        """Ask for it with its code; the holder's registrar or time approves."""
        name, marks = request.name, self._marks()
        mark = marks.of(name)
        mine = mark is not None and mark.operation_key == call.operation_key
        done = self._known(call, name, None)
        if done is not None:
            return done
        if mine and self._transfer_status(name) == "pending":
            raise StillRunning(TRANSFER_WAIT, "transfer", f"the transfer of {name} waits for approval")
        if not request.auth_code:
            raise NeedsInfo(f"The authorisation code of {name} is missing.")
        marks.set(name, call.operation_key, "asked")
        asked = xml.el(
            "domain:transfer",
            xml.el("domain:name", name),
            xml.el("domain:authInfo", xml.el("domain:pw", request.auth_code)),
        )
        try:
            answer = self._change(
                call, f"domain:transfer {name}", xml.el("epp:transfer", asked, op="request")
            )
        except (PermanentFailure, NeedsInfo):
            marks.drop(name)
            raise
        if answer == PENDING:
            raise StillRunning(TRANSFER_WAIT, "transfer", f"the transfer of {name} waits for approval")
        return self._finished(call, name)

    def renew(self, call: VendorCall, name: str, years: int, expires_on: date) -> Registration:
        """The expiry that we know goes along, so the registry refuses a second time."""
        seen = self._needed(name)
        if seen.expires is None or seen.expires <= expires_on:
            verb = xml.el(
                "domain:renew",
                xml.el("domain:name", name),
                xml.el("domain:curExpDate", expires_on.isoformat()),
                xml.el("domain:period", str(years), unit="y"),
            )
            self._change(call, f"domain:renew {name}", xml.el("epp:renew", verb))
            seen = self._needed(name)
        return seen.shown(call.operation_key)

    def save_nameservers(self, call: VendorCall, name: str, hosts: Sequence[str]) -> None:
        """Make the hosts that are missing, then change what differs."""
        have, wanted = set(self._needed(name).nameservers), {host.lower() for host in hosts}
        ensure_hosts(self._registry, call, sorted(wanted - have))
        self._update(
            call,
            name,
            add=_nameservers(sorted(wanted - have)),
            remove=_nameservers(sorted(have - wanted)),
        )

    def save_glue(self, call: VendorCall, name: str, hosts: Sequence[GlueHost]) -> None:
        """Exactly these; a host that a name still uses is refused by the registry."""
        save_glue(self._registry, call, self._needed(name).hosts, hosts)

    def contacts(self, name: str) -> DomainContacts:
        """As the registry has them."""
        seen = self._needed(name)
        others = {
            role: contacts.read(self._registry, seen.contacts[role])
            for role in contacts.ROLES
            if seen.contacts.get(role, seen.registrant) != seen.registrant
        }
        return DomainContacts(registrant=contacts.read(self._registry, seen.registrant), **others)

    def save_contacts(self, call: VendorCall, name: str, contacts: DomainContacts) -> None:
        """Change the contact objects; a role without an own object gets one."""
        seen = self._needed(name)
        made = save_contacts(self._registry, call, (seen.registrant, seen.contacts), contacts)
        gone = {role: seen.contacts[role] for role in made if role in seen.contacts}
        self._update(call, name, add=_roles(made), remove=_roles(gone))

    def set_lock(self, call: VendorCall, name: str, on: bool) -> None:  # noqa: FBT001 - the wish
        """The status `clientTransferProhibited`."""
        if (LOCK in self._needed(name).statuses) != on:
            status = [xml.el("domain:status", s=LOCK)]
            self._update(call, name, add=status if on else [], remove=[] if on else status)

    def auth_code(self, call: VendorCall, name: str) -> str:
        """The one that the registry shows us, else a new one."""
        seen = self._needed(name)
        if seen.code:
            return seen.code
        code = f"Ez7-{secrets.token_urlsafe(12)}"
        changed = xml.el("domain:chg", xml.el("domain:authInfo", xml.el("domain:pw", code)))
        verb = xml.el("domain:update", xml.el("domain:name", name), changed)
        self._change(call, f"domain:update {name}", xml.el("epp:update", verb))
        return code

    def save_ds(self, call: VendorCall, name: str, records: Sequence[DsRecord]) -> None:
        """Exactly these, by the extension secDNS-1.1."""
        have = set(self._needed(name).ds)
        wanted = {one.model_copy(update={"digest": one.digest.upper()}) for one in records}
        if have == wanted:
            return
        if not self._registry.announces("secDNS"):
            raise PermanentFailure("This registry takes no DS records by EPP.")
        add, remove = wanted - have, have - wanted
        extension = xml.el(
            "secDNS:update",
            xml.el("secDNS:rem", *map(_ds, remove)) if remove else None,
            xml.el("secDNS:add", *map(_ds, add)) if add else None,
        )
        verb = xml.el("epp:update", xml.el("domain:update", xml.el("domain:name", name)))
        self._registry.change(call.step_key, call.log, f"domain:update {name}", verb, extension)

    def restore(self, call: VendorCall, name: str) -> Registration:
        """Ask by RFC 3915; a registry that wants a report is told so to staff."""
        seen = self._needed(name)
        if "redemptionPeriod" in seen.rgp:
            if not self._registry.announces("rgp"):
                raise PermanentFailure("This registry restores no names by EPP.")
            extension = xml.el("rgp:update", xml.el("rgp:restore", op="request"))
            verb = xml.el("domain:update", xml.el("domain:name", name), xml.el("domain:chg"))
            self._registry.change(
                call.step_key, call.log, f"domain:restore {name}", xml.el("epp:update", verb), extension
            )
            seen = self._needed(name)
        if "pendingRestore" in seen.rgp:
            raise NeedsInfo(f"The registry wants a restore report for {name}. Send it, then retry.")
        return seen.shown(call.operation_key)

    def delete(self, call: VendorCall, name: str) -> None:
        """What is gone or on its way is done."""
        seen = self._ours(name)
        if seen is None or seen.state == "redemption":
            return
        verb = xml.el("epp:delete", xml.el("domain:delete", xml.el("domain:name", name)))
        try:
            self._change(call, f"domain:delete {name}", verb)
        except Refusal as error:
            if error.code != MISSING:
                raise
        self._marks().drop(name)

    def poll(self) -> Sequence[PollMessage]:
        """The oldest message: the next one is shown once it was acknowledged."""
        message = queue.head(self._registry, self._marks())
        return [message] if message else []

    def acknowledge(self, external_id: str) -> None:
        """Take it off the queue."""
        queue.acknowledge(self._registry, external_id)

    def _known(self, call: VendorCall, name: str, tag: str | None) -> Registration | None:
        """What an earlier try of this operation reached, if anything. Raises: NeedsInfo for what is not its own."""
        marks, answer = self._marks(), (call.answer or "").strip().lower()
        mark = marks.of(name)
        mine = mark is not None and mark.operation_key == call.operation_key
        if mark and mine and mark.state == "asked":
            queue.head(self._registry, marks)
            mark = marks.of(name)
        if mark and mine and mark.state == "failed" and answer != AGAIN:
            raise PermanentFailure(f'{mark.cause}. Answer "{AGAIN}" to order {name} again.')
        seen = self._ours(name)
        if seen is None:
            if tag and mine and mark and mark.state == "asked" and call.handle:
                raise StillRunning(PENDING_WAIT, call.handle, f"the registry works on {name}")
            return None
        if not mine and seen.registrant != tag and answer != ADOPT:
            raise NeedsInfo(
                f"{name} is under our login already, and not by this order. "
                f'Answer "{ADOPT}" if it belongs to this service.'
            )
        if seen.state == "pending":
            raise StillRunning(PENDING_WAIT, "register", f"the registry works on {name}")
        marks.set(name, call.operation_key, "made")
        return seen.shown(call.operation_key)

    def _finished(self, call: VendorCall, name: str) -> Registration:
        seen = self._ours(name)
        if seen is None:
            raise RetryAfter(5, f"{name} is done and not shown yet")
        self._marks().set(name, call.operation_key, "made")
        return seen.shown(call.operation_key)

    def _create(self, call: VendorCall, request: DomainRequest, tag: str) -> int:
        roles = {}
        contacts.create(self._registry, call.operation_key, call.log, tag, request.contacts.registrant)
        for role, letter in contacts.ROLES.items():
            person = getattr(request.contacts, role)
            roles[role] = tag if person is None else tag + letter
            if person is not None:
                contacts.create(self._registry, call.operation_key, call.log, tag + letter, person)
        ensure_hosts(self._registry, call, request.nameservers)
        verb = xml.el(
            "domain:create",
            xml.el("domain:name", request.name),
            xml.el("domain:period", str(request.years), unit="y"),
            *_nameservers(request.nameservers),
            xml.el("domain:registrant", tag),
            *_roles(roles),
            xml.el("domain:authInfo", xml.el("domain:pw", self._code(call.operation_key))),
        )
        return self._change(call, f"domain:create {request.name}", xml.el("epp:create", verb))

    def _code(self, operation_key: str) -> str:
        """Known to us alone, and the same in every try."""
        secret = self._registry.settings().password.get_secret_value()
        return "Ez7-" + hashlib.sha256(f"{secret} {operation_key}".encode()).hexdigest()[:12]

    def _transfer_status(self, name: str) -> str:
        verb = xml.el("epp:transfer", xml.el("domain:transfer", xml.el("domain:name", name)), op="query")
        try:
            data = self._registry.ask(f"domain:transfer query {name}", verb).data("domain:trnData")
        except (Refusal, NoRight):
            return ""
        return xml.text(data, "domain:trStatus")

    def _update(
        self, call: VendorCall, name: str, add: Sequence[xml.Node] = (), remove: Sequence[xml.Node] = ()
    ) -> None:
        if add or remove:
            verb = xml.el(
                "domain:update",
                xml.el("domain:name", name),
                xml.el("domain:add", *add) if add else None,
                xml.el("domain:rem", *remove) if remove else None,
            )
            self._change(call, f"domain:update {name}", xml.el("epp:update", verb))

    def _change(self, call: VendorCall, what: str, verb: xml.Node) -> int:
        return self._registry.change(call.operation_key, call.log, what, verb).code

    def _ours(self, name: str) -> Seen | None:
        seen = look(self._registry, name)
        return seen if seen and seen.client == self._registry.settings().username else None

    def _needed(self, name: str) -> Seen:
        seen = self._ours(name)
        if seen is None:
            raise PermanentFailure(f"{name} is not under our login at the registry")
        return seen

    def _marks(self) -> Marks:
        settings = self._registry.settings()
        return Marks(self._registry.context, f"{settings.username}@{settings.host}")


def _nameservers(names: Sequence[str]) -> list[xml.Node]:
    return [xml.el("domain:ns", *(xml.el("domain:hostObj", name) for name in names))] if names else []


def _roles(people: Mapping[str, str]) -> list[xml.Node]:
    return [xml.el("domain:contact", contact_id, type=role) for role, contact_id in people.items()]


def _ds(record: DsRecord) -> xml.Node:
    return xml.el(
        "secDNS:dsData",
        xml.el("secDNS:keyTag", str(record.key_tag)),
        xml.el("secDNS:alg", str(record.algorithm)),
        xml.el("secDNS:digestType", str(record.digest_type)),
        xml.el("secDNS:digest", record.digest.upper()),
    )
