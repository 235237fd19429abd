"""Contact objects (RFC 5733): whose they are is told by their id, made from the operation key."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from ez_epp import xml
from ez_epp.refusals import EXISTS, Refusal
from ez_epp.registry import Log, Registry
from ezcore.plugin_api import RetryAfter
from ezcore.plugin_api.ports.registrar import DomainContact, DomainContacts
from ezcore.plugin_api.ports.vendor_call import VendorCall

TAG_LENGTH = 14
ROLES = {"admin": "a", "tech": "t", "billing": "b"}


def tag_of(operation_key: str) -> str:
    """The id of the registrant that an operation makes: the mark by which a name is known as this operation's."""
    digest = hashlib.sha256(operation_key.encode()).digest()
    return "ez" + base64.b32encode(digest).decode().lower()[: TAG_LENGTH - 2]


def create(registry: Registry, key: str, log: Log, contact_id: str, contact: DomainContact) -> None:
    """Make it; one that is there was made by an earlier try. Raises: as `Registry.change`."""
    verb = xml.el(
        "contact:create",
        xml.el("contact:id", contact_id),
        *_body(contact),
        xml.el("contact:authInfo", xml.el("contact:pw", _password(contact_id, key))),
    )
    try:
        registry.change(key, log, f"contact:create {contact_id}", xml.el("epp:create", verb))
    except Refusal as error:
        if error.code != EXISTS:
            raise


def update(registry: Registry, key: str, log: Log, contact_id: str, contact: DomainContact) -> None:
    """Change it to these words. Raises: as `Registry.change`."""
    changed = xml.el("contact:chg", *_body(contact))
    verb = xml.el("contact:update", xml.el("contact:id", contact_id), changed)
    registry.change(key, log, f"contact:update {contact_id}", xml.el("epp:update", verb))


def save_all(
    registry: Registry, call: VendorCall, have: tuple[str, Mapping[str, str]], wanted: DomainContacts
) -> dict[str, str]:
    """Change the objects of a name; the ids of roles that got an object of their own and have to be named."""
    registrant, roles = have
    update(registry, call.step_key, call.log, registrant, wanted.registrant)
    made: dict[str, str] = {}
    for role, letter in ROLES.items():
        person = getattr(wanted, role)
        if person is None:
            continue
        if roles.get(role, registrant) != registrant:
            update(registry, call.step_key, call.log, roles[role], person)
            continue
        made[role] = tag_of(call.operation_key) + letter
        create(registry, call.operation_key, call.log, made[role], person)
    return made


def read(registry: Registry, contact_id: str) -> DomainContact:
    """As the registry has it. Raises: as `Registry.ask`; RetryAfter for an answer that is none."""
    verb = xml.el("epp:info", xml.el("contact:info", xml.el("contact:id", contact_id)))
    data = registry.ask(f"contact:info {contact_id}", verb).data("contact:infData")
    if data is None or xml.text(data, "contact:id") != contact_id:
        raise RetryAfter(5, "the registry's answer about a contact makes no sense")
    info = xml.one(data, "contact:postalInfo[@type='loc']")
    info = xml.one(data, "contact:postalInfo") if info is None else info
    return DomainContact(
        name=xml.text(info, "contact:name"),
        organization=xml.text(info, "contact:org"),
        email=xml.text(data, "contact:email"),
        phone=xml.text(data, "contact:voice"),
        street=tuple((node.text or "") for node in xml.every(info, "contact:addr/contact:street")),
        city=xml.text(info, "contact:addr/contact:city"),
        state=xml.text(info, "contact:addr/contact:sp"),
        postcode=xml.text(info, "contact:addr/contact:pc"),
        country=xml.text(info, "contact:addr/contact:cc"),
    )


def _body(contact: DomainContact) -> list[xml.Node]:
    # "int" has to be ASCII (RFC 5733 2.4); names with other letters go as "loc".
    words = (
        contact.name,
        contact.organization,
        *contact.street,
        contact.city,
        contact.state,
        contact.postcode,
    )
    kind = "int" if all(word.isascii() for word in words) else "loc"
    address = xml.el(
        "contact:addr",
        *(xml.el("contact:street", line) for line in contact.street[:3]),
        xml.el("contact:city", contact.city),
        xml.el("contact:sp", contact.state) if contact.state else None,
        xml.el("contact:pc", contact.postcode),
        xml.el("contact:cc", contact.country),
    )
    organization = xml.el("contact:org", contact.organization) if contact.organization else None
    postal = xml.el(
        "contact:postalInfo", xml.el("contact:name", contact.name), organization, address, type=kind
    )
    return [postal, xml.el("contact:voice", contact.phone), xml.el("contact:email", contact.email)]


def _password(contact_id: str, key: str) -> str:
    # A contact is never moved by its code here, but RFC 5733 wants one.
    return "Aa1-" + hashlib.sha256(f"contact {contact_id} {key}".encode()).hexdigest()[:12]
