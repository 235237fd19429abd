"""Domain names of the imitated registry, their transfers and the message queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from ez_epp import xml
from ez_epp.sandbox import USERNAME
from ez_epp.sandbox.reply import Refused, Said
from ezcore.plugin_api.sandbox import Document

if TYPE_CHECKING:
    from ez_epp.sandbox.app import EppSandbox

OTHER = "other-reg"
PENDING = "Command completed successfully; action pending"


class Domains:
    """A document `domain` per name; `purchase` per paid year or move; `message` per entry of the queue."""

    def __init__(self, app: EppSandbox) -> None:
        self._app = app

    def handlers(self) -> dict[str, Callable[[xml.Node, xml.Node], Said]]:
        """By call."""
        return {
            "domain.check": self._check,
            "domain.info": self._info,
            "domain.create": self._create,
            "domain.renew": self._renew,
            "domain.transfer": self._transfer,
            "domain.transfer.query": self._query,
            "domain.update": self._update,
            "domain.delete": self._delete,
            "poll": self._poll,
        }

    def held(self, name: str, client: str = OTHER, code: str = "", registrant: str = "somebody") -> Document:
        """Put a name into the registry by hand."""
        document = {
            "name": name, "client": client, "registrant": registrant, "code": code, "ns": [], "contacts": {},
            "status": [], "rgp": ["addPeriod"], "ds": [], "created": self._app.later(0),
            "expires": _years(self._app.later(0), 1),
        }  # fmt: skip
        self._app.store.put("domain", name, document)
        return document

    def message(self, text: str, data: dict[str, str]) -> None:
        """Queue one."""
        number = f"{self._app.store.next_number('message'):06d}"
        self._app.store.put("message", number, {"id": number, "text": text, "at": self._app.later(0), **data})

    def work_off(self) -> None:
        """What has become due: ends of transfers and late failures."""
        store = self._app.store
        with store.lock():
            for due in [one for one in store.all("due") if self._app.is_past(one["at"])]:
                store.delete("due", due["name"])
                if due["failure"]:
                    self.message(due["failure"], {"name": due["name"], "kind": due["kind"], "done": "0"})
                    if due["kind"] == "create":
                        store.delete("domain", due["name"])
                elif due["kind"] == "transfer":
                    domain = store.get("domain", due["name"]) or self.held(due["name"])
                    expires = _years(domain["expires"], 1)
                    store.put(
                        "domain",
                        due["name"],
                        {**domain, "client": USERNAME, "expires": expires, "status": []},
                    )
                    self.message("Transfer approved", {"name": due["name"], "kind": "transfer", "done": "1"})

    def _check(self, verb: xml.Node, _: xml.Node) -> Said:
        cells = []
        for node in xml.every(verb[0], "domain:name"):
            taken = self._app.store.get("domain", node.text) is not None
            named = xml.el("domain:name", node.text, avail="0" if taken else "1")
            cells.append(xml.el("domain:cd", named, xml.el("domain:reason", "In use") if taken else None))
        return Said(1000, data=xml.el("domain:chkData", *cells))

    def _info(self, verb: xml.Node, _: xml.Node) -> Said:
        domain = self._domain(verb)
        name = domain["name"]
        ours = domain["client"] == USERNAME
        hosts = [one["name"] for one in self._app.store.all("host") if one["name"].endswith(f".{name}")]
        data = xml.el(
            "domain:infData",
            xml.el("domain:name", name),
            xml.el("domain:roid", f"D-{name}"),
            *(xml.el("domain:status", s=one) for one in domain["status"] or ["ok"]),
            xml.el("domain:registrant", domain["registrant"]),
            *(xml.el("domain:contact", one, type=role) for role, one in domain["contacts"].items()),
            xml.el("domain:ns", *(xml.el("domain:hostObj", one) for one in domain["ns"]))
            if domain["ns"]
            else None,
            *(xml.el("domain:host", one) for one in hosts),
            xml.el("domain:clID", domain["client"]),
            xml.el("domain:crDate", domain["created"]),
            xml.el("domain:exDate", domain["expires"]),
            xml.el("domain:authInfo", xml.el("domain:pw", domain["code"]))
            if ours and domain["code"]
            else None,
        )
        grace = xml.el("rgp:infData", *(xml.el("rgp:rgpStatus", s=one) for one in domain["rgp"]))
        extensions = [grace] if domain["rgp"] else []
        if domain["ds"]:
            extensions.append(xml.el("secDNS:infData", *(_ds(one) for one in domain["ds"])))
        return Said(1000, data=data, extensions=tuple(extensions))

    def _create(self, verb: xml.Node, _: xml.Node) -> Said:
        asked, store = verb[0], self._app.store
        name, registrant = xml.text(asked, "domain:name"), xml.text(asked, "domain:registrant")
        if store.get("domain", name):
            raise Refused(2302, "Object exists")
        servers = [node.text for node in xml.every(asked, "domain:ns/domain:hostObj")]
        if not store.get("contact", registrant) or not all(store.get("host", one) for one in servers):
            raise Refused(2303, "Object does not exist")
        domain = self.held(name, USERNAME, xml.text(asked, "domain:authInfo/domain:pw"), registrant)
        domain["ns"] = servers
        domain["contacts"] = {one.get("type"): one.text for one in xml.every(asked, "domain:contact")}
        years = int(xml.text(asked, "domain:period") or 1)
        domain["expires"] = _years(domain["created"], years)
        fault = self._app.faults.take("domain.create", "late_failure")
        domain["status"] = ["pendingCreate"] if fault else []
        store.put("domain", name, domain)
        data = xml.el(
            "domain:creData",
            xml.el("domain:name", name),
            xml.el("domain:crDate", domain["created"]),
            xml.el("domain:exDate", domain["expires"]),
        )
        if fault:
            self._due(name, "create", "pending_seconds", 4, str(fault.args.get("message", "refused")))
            return Said(1001, PENDING, data)
        self._paid(name)
        return Said(1000, data=data)

    def _renew(self, verb: xml.Node, _: xml.Node) -> Said:
        domain = self._domain(verb, ours=True)
        if not domain["expires"].startswith(xml.text(verb[0], "domain:curExpDate")):
            raise Refused(2306, "Parameter value policy error: curExpDate")
        domain["expires"] = _years(domain["expires"], int(xml.text(verb[0], "domain:period")))
        self._app.store.put("domain", domain["name"], domain)
        named = xml.el("domain:name", domain["name"])
        return Said(1000, data=xml.el("domain:renData", named, xml.el("domain:exDate", domain["expires"])))

    def _transfer(self, verb: xml.Node, _: xml.Node) -> Said:
        domain = self._domain(verb)
        if not domain["code"] or xml.text(verb[0], "domain:authInfo/domain:pw") != domain["code"]:
            raise Refused(2202, "Invalid authorization information")
        if domain["client"] == USERNAME:
            raise Refused(2106, "Object is not eligible for transfer")
        if self._app.store.get("due", domain["name"]):
            raise Refused(2300, "Object pending transfer")
        fault = self._app.faults.take("domain.transfer", "late_failure")
        self._due(
            domain["name"],
            "transfer",
            "transfer_seconds",
            20,
            str(fault.args.get("message")) if fault else "",
        )
        if not fault:
            self._paid(domain["name"])
        return Said(1001, PENDING, _move(self._app, domain["name"], "pending"))

    def _query(self, verb: xml.Node, _: xml.Node) -> Said:
        name = self._domain(verb)["name"]
        if self._app.store.get("due", name) is None:
            raise Refused(2301, "Object not pending transfer")
        return Said(1000, data=_move(self._app, name, "pending"))

    def _update(self, verb: xml.Node, extension: xml.Node | None) -> Said:
        domain = self._domain(verb, ours=True)
        for part in ("rem", "add"):
            node, taking = xml.one(verb[0], f"domain:{part}"), part == "rem"
            servers = [one.text for one in xml.every(node, "domain:ns/domain:hostObj")]
            if not taking and not all(self._app.store.get("host", one) for one in servers):
                raise Refused(2303, "Object does not exist")
            domain["ns"] = _changed(domain["ns"], servers, taking=taking)
            statuses = [one.get("s") for one in xml.every(node, "domain:status")]
            domain["status"] = _changed(domain["status"], statuses, taking=taking)
            for one in xml.every(node, "domain:contact"):
                domain["contacts"].pop(one.get("type"), None)
                domain["contacts"] |= {} if taking else {one.get("type"): one.text}
            ds = [
                [xml.local(field) + "=" + field.text for field in one]
                for one in xml.every(extension, f"secDNS:update/secDNS:{part}/secDNS:dsData")
            ]
            domain["ds"] = _changed(domain["ds"], ds, taking=taking)
        domain["code"] = xml.text(verb[0], "domain:chg/domain:authInfo/domain:pw") or domain["code"]
        if xml.one(extension, "rgp:update/rgp:restore") is not None:
            if "redemptionPeriod" not in domain["rgp"]:
                raise Refused(2304, "Object status prohibits operation")
            domain["rgp"], domain["status"] = [], []
        self._app.store.put("domain", domain["name"], domain)
        return Said(1000)

    def _delete(self, verb: xml.Node, _: xml.Node) -> Said:
        domain = self._domain(verb, ours=True)
        if "addPeriod" in domain["rgp"]:
            self._app.store.delete("domain", domain["name"])
            return Said(1000)
        gone = {**domain, "rgp": ["redemptionPeriod"], "status": ["pendingDelete"]}
        self._app.store.put("domain", domain["name"], gone)
        return Said(1001, PENDING)

    def _poll(self, verb: xml.Node, _: xml.Node) -> Said:
        queue = self._app.store.all("message")
        if verb.get("op") == "ack":
            if not queue or queue[0]["id"] != verb.get("msgID"):
                raise Refused(2303, "Object does not exist")
            self._app.store.delete("message", queue[0]["id"])
            return Said(1000)
        if not queue:
            return Said(1300, "Command completed successfully; no messages")
        head = queue[0]
        told = xml.el(
            "epp:msgQ",
            xml.el("epp:qDate", head["at"]),
            xml.el("epp:msg", head["text"]),
            count=str(len(queue)),
            id=head["id"],
        )
        done = head["done"] == "1"
        if head["kind"] == "transfer":
            data = _move(self._app, head["name"], "serverApproved" if done else "clientRejected")
        else:
            number = xml.el("domain:paTRID", xml.el("epp:svTRID", f"sandbox-{head['id']}"))
            named = xml.el("domain:name", head["name"], paResult=head["done"])
            data = xml.el("domain:panData", named, number, xml.el("domain:paDate", head["at"]))
        return Said(1301, "Command completed successfully; ack to dequeue", data, queue=told)

    def _domain(self, verb: xml.Node, *, ours: bool = False) -> Document:
        domain = self._app.store.get("domain", xml.text(verb[0], "domain:name"))
        if domain is None:
            raise Refused(2303, "Object does not exist")
        if ours and domain["client"] != USERNAME:
            raise Refused(2201, "Authorization error")
        return domain

    def _paid(self, name: str) -> None:
        number = str(self._app.store.next_number("purchase"))
        self._app.store.put("purchase", number, {"name": name})

    def _due(self, name: str, kind: str, option: str, seconds: float, failure: str) -> None:
        at = self._app.later(self._app.option(option, seconds))
        self._app.store.put("due", name, {"name": name, "kind": kind, "at": at, "failure": failure})


def _changed(have: list[object], part: Sequence[object], *, taking: bool) -> list[object]:
    return [one for one in have if one not in part] + ([] if taking else list(part))


def _ds(fields: list[str]) -> xml.Node:
    pairs = [field.split("=", 1) for field in fields]
    return xml.el("secDNS:dsData", *(xml.el(f"secDNS:{name}", value) for name, value in pairs))


def _move(app: EppSandbox, name: str, status: str) -> xml.Node:
    return xml.el(
        "domain:trnData",
        xml.el("domain:name", name),
        xml.el("domain:trStatus", status),
        xml.el("domain:reID", USERNAME),
        xml.el("domain:reDate", app.later(0)),
        xml.el("domain:acID", OTHER),
        xml.el("domain:acDate", app.later(0)),
    )


def _years(stamp: str, years: int) -> str:
    day = date.fromisoformat(stamp[:10])
    leap = day.month == 2 and day.day == 29  # noqa: PLR2004 - the 29th of February
    return f"{day.replace(year=day.year + years, day=28 if leap else day.day).isoformat()}{stamp[10:]}"
