"""Contacts and hosts of the imitated registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ez_epp import xml
from ez_epp.sandbox.reply import Refused, Said
from ezcore.plugin_api.sandbox import Document

if TYPE_CHECKING:
    from ez_epp.sandbox.app import EppSandbox

FIELDS = ("name", "org")
ADDRESS = ("city", "sp", "pc", "cc")


class Objects:
    """Everything that is no domain name."""

    def __init__(self, app: EppSandbox) -> None:
        self._app = app

    def handlers(self) -> dict[str, Callable[[xml.Node, xml.Node], Said]]:
        """By call."""
        return {
            "contact.create": self._contact_create,
            "contact.info": self._contact_info,
            "contact.update": self._contact_update,
            "host.create": self._host_create,
            "host.info": self._host_info,
            "host.update": self._host_update,
            "host.delete": self._host_delete,
        }

    def _contact_create(self, verb: xml.Node, _: xml.Node) -> Said:
        number, store = xml.text(verb[0], "contact:id"), self._app.store
        if store.get("contact", number):
            raise Refused(2302, "Object exists")
        store.put("contact", number, {"id": number, **_person(verb[0])})
        made = xml.el(
            "contact:creData", xml.el("contact:id", number), xml.el("contact:crDate", self._app.later(0))
        )
        return Said(1000, data=made)

    def _contact_info(self, verb: xml.Node, _: xml.Node) -> Said:
        contact = self._app.store.get("contact", xml.text(verb[0], "contact:id"))
        if contact is None:
            raise Refused(2303, "Object does not exist")
        address = [xml.el("contact:street", line) for line in contact["street"]]
        address += [xml.el(f"contact:{part}", contact[part]) for part in ADDRESS if contact[part]]
        words = [xml.el(f"contact:{part}", contact[part]) for part in FIELDS if contact[part]]
        data = xml.el(
            "contact:infData",
            xml.el("contact:id", contact["id"]),
            xml.el("contact:roid", f"C-{contact['id']}"),
            xml.el("contact:status", s="ok"),
            xml.el("contact:postalInfo", *words, xml.el("contact:addr", *address), type=contact["type"]),
            xml.el("contact:voice", contact["voice"]),
            xml.el("contact:email", contact["email"]),
            xml.el("contact:clID", "ez-sandbox"),
        )
        return Said(1000, data=data)

    def _contact_update(self, verb: xml.Node, _: xml.Node) -> Said:
        number, store = xml.text(verb[0], "contact:id"), self._app.store
        if store.get("contact", number) is None:
            raise Refused(2303, "Object does not exist")
        store.put("contact", number, {"id": number, **_person(xml.one(verb[0], "contact:chg"))})
        return Said(1000)

    def _host_create(self, verb: xml.Node, _: xml.Node) -> Said:
        name, store = xml.text(verb[0], "host:name"), self._app.store
        if store.get("host", name):
            raise Refused(2302, "Object exists")
        store.put("host", name, {"name": name, "addresses": _addresses(verb[0])})
        made = xml.el("host:creData", xml.el("host:name", name), xml.el("host:crDate", self._app.later(0)))
        return Said(1000, data=made)

    def _host_info(self, verb: xml.Node, _: xml.Node) -> Said:
        host = self._host(verb)
        found = [xml.el("host:addr", one, ip="v6" if ":" in one else "v4") for one in host["addresses"]]
        data = xml.el(
            "host:infData",
            xml.el("host:name", host["name"]),
            xml.el("host:roid", f"H-{host['name']}"),
            xml.el("host:status", s="ok"),
            *found,
            xml.el("host:clID", "ez-sandbox"),
        )
        return Said(1000, data=data)

    def _host_update(self, verb: xml.Node, _: xml.Node) -> Said:
        host = self._host(verb)
        gone = set(_addresses(xml.one(verb[0], "host:rem")))
        kept = [one for one in host["addresses"] if one not in gone]
        host["addresses"] = kept + _addresses(xml.one(verb[0], "host:add"))
        self._app.store.put("host", host["name"], host)
        return Said(1000)

    def _host_delete(self, verb: xml.Node, _: xml.Node) -> Said:
        host = self._host(verb)
        if any(host["name"] in domain["ns"] for domain in self._app.store.all("domain")):
            raise Refused(2305, "Object association prohibits operation")
        self._app.store.delete("host", host["name"])
        return Said(1000)

    def _host(self, verb: xml.Node) -> Document:
        host = self._app.store.get("host", xml.text(verb[0], "host:name"))
        if host is None:
            raise Refused(2303, "Object does not exist")
        return host


def _addresses(node: xml.Node | None) -> list[str]:
    return [one.text for one in xml.every(node, "host:addr")]


def _person(node: xml.Node) -> dict[str, object]:
    postal = xml.one(node, "contact:postalInfo")
    if postal is None:
        raise Refused(2003, "Required parameter missing: postalInfo")
    return {
        "type": postal.get("type"),
        **{part: xml.text(postal, f"contact:{part}") for part in FIELDS},
        "street": [one.text for one in xml.every(postal, "contact:addr/contact:street")],
        **{part: xml.text(postal, f"contact:addr/contact:{part}") for part in ADDRESS},
        "voice": xml.text(node, "contact:voice"),
        "email": xml.text(node, "contact:email"),
    }
