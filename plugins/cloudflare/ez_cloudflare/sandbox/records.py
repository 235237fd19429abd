"""Records of the imitated zones: single calls, batches in one transaction, BIND files."""

from __future__ import annotations

import email
import email.policy
import ipaddress
from typing import TYPE_CHECKING, Any, Final

from ez_cloudflare.record_data import WITH_DATA, from_data
from ez_cloudflare.sandbox import bind
from ez_cloudflare.sandbox.envelope import Refusal, granted, paged
from ezcore.plugin_api.sandbox import Document, SandboxRequest, SandboxResponse, text_response

if TYPE_CHECKING:
    from ez_cloudflare.sandbox.app import CloudflareSandbox

ALONE: Final = frozenset({"A", "AAAA", "CNAME"})
PLAIN: Final = frozenset({"A", "AAAA", "CNAME", "MX", "NS", "OPENPGPKEY", "PTR", "TXT"})
WITH_PRIORITY: Final = frozenset({"MX", "URI"})
LEAST_TTL, MOST_TTL = 60, 86400
KEPT: Final = ("name", "type", "ttl", "content", "data", "priority", "proxied", "comment", "tags")
Change = tuple[str, Document]


class Records:
    """Handlers of records."""

    def __init__(self, app: CloudflareSandbox) -> None:
        self._app = app
        at = "/zones/{zone}/dns_records"
        for method, path, handler, call in (
            ("GET", f"{at}/export", self.export, "export"),
            ("POST", f"{at}/import", self.take_in, "import"),
            ("POST", f"{at}/batch", self.batch, "batch"),
            ("POST", at, self.create, "create"),
            ("GET", at, self.list, "list"),
            ("GET", at + "/{record}", self.show, "get"),
            ("PUT", at + "/{record}", self.replace, "update"),
            ("PATCH", at + "/{record}", self.patch, "edit"),
            ("DELETE", at + "/{record}", self.delete, "delete"),
        ):
            app.add(method, path, handler, f"dns_records.{call}")

    def create(self, request: SandboxRequest) -> SandboxResponse:
        """One more."""
        return granted(self._carried_out(request, {"posts": [request.json()]})["posts"][0])

    def list(self, request: SandboxRequest) -> SandboxResponse:
        """A page."""
        zone, query = self._app.zones.get(request), request.query
        found = sorted(self._of(zone).values(), key=lambda record: (record["name"], record["type"]))
        found = [one for one in found if query.get("type", one["type"]) == one["type"]]
        wanted = query.get("name", query.get("name.exact"))
        found = [one for one in found if wanted in (None, one["name"])]
        per_page = max(1, min(int(query.get("per_page", 100)), 5000))
        return paged([_shown(record) for record in found], int(query.get("page", 1)), per_page)

    def show(self, request: SandboxRequest) -> SandboxResponse:
        """One."""
        return granted(_shown(self._one(self._of(self._app.zones.get(request)), request.args["record"])))

    def replace(self, request: SandboxRequest) -> SandboxResponse:
        """Overwrites: what is not sent is gone."""
        put = {**request.json(), "id": request.args["record"]}
        return granted(self._carried_out(request, {"puts": [put]})["puts"][0])

    def patch(self, request: SandboxRequest) -> SandboxResponse:
        """Edits: what is not sent stays."""
        put = {**request.json(), "id": request.args["record"]}
        return granted(self._carried_out(request, {"patches": [put]})["patches"][0])

    def delete(self, request: SandboxRequest) -> SandboxResponse:
        """One less."""
        self._carried_out(request, {"deletes": [{"id": request.args["record"]}]})
        return granted({"id": request.args["record"]})

    def batch(self, request: SandboxRequest) -> SandboxResponse:
        """Deletes, patches, puts, posts, in that order, all or nothing."""
        return granted(self._carried_out(request, request.json()))

    def export(self, request: SandboxRequest) -> SandboxResponse:
        """A BIND file."""
        zone = self._app.zones.get(request)
        return text_response(bind.written(zone["name"], list(self._of(zone).values())))

    def take_in(self, request: SandboxRequest) -> SandboxResponse:
        """The records of a BIND file; those that are there are passed over."""
        zone = self._app.zones.get(request)
        wishes, added = bind.read(_uploaded(request), zone["name"]), 0
        for wish in wishes:
            try:
                self._carried_out(request, {"posts": [wish]})
            except Refusal as error:
                if error.code not in (81057, 81058):
                    raise
            else:
                added += 1
        return granted({"recs_added": added, "total_records_parsed": len(wishes)})

    def _carried_out(self, request: SandboxRequest, wish: dict[str, Any]) -> dict[str, Any]:
        zone = self._app.zones.get(request)
        there = self._of(zone)
        done: dict[str, Any] = {"deletes": [], "patches": [], "puts": [], "posts": []}
        for one in wish.get("deletes") or []:
            done["deletes"].append(_shown(self._one(there, one["id"])))
            there.pop(one["id"])
        for kind in ("patches", "puts"):
            for one in wish.get(kind) or []:
                old = there.pop(self._one(there, one["id"])["id"])
                base = old if kind == "patches" else {"id": old["id"], "created_on": old["created_on"]}
                done[kind].append(self._placed(zone, there, {**base, **one}))
        for one in wish.get("posts") or []:
            fresh = {**one, "id": self._app.new_id("record"), "created_on": self._app.stamp()}
            done["posts"].append(self._placed(zone, there, fresh))
        for gone in [one["id"] for one in self._of(zone).values() if one["id"] not in there]:
            self._app.store.delete("record", gone)
        for record in there.values():
            self._app.store.put("record", record["id"], record)
        return done

    def _placed(self, zone: Document, there: dict[str, Document], wish: Document) -> Document:
        record = _checked(wish, zone["name"])
        for other in there.values():
            if _meaning(other) == _meaning(record):
                raise Refusal(81058, "An identical record already exists.")
            same_place = other["name"] == record["name"] and {other["type"], record["type"]} <= ALONE
            if same_place and "CNAME" in (other["type"], record["type"]):
                raise Refusal(81053, "An A, AAAA, or CNAME record with that host already exists.")
        record |= {"zone_id": zone["id"], "modified_on": self._app.stamp()}
        there[record["id"]] = record
        return _shown(record)

    def _of(self, zone: Document) -> dict[str, Document]:
        return {record["id"]: record for record in self._app.store.where("record", zone_id=zone["id"])}

    def _one(self, there: dict[str, Document], record_id: str) -> Document:
        if record_id not in there:
            raise Refusal(81044, "Record does not exist.", 404)
        return there[record_id]


def _checked(wish: Document, zone: str) -> Document:
    kind, name = wish.get("type"), str(wish.get("name", "")).lower().rstrip(".")
    if kind not in PLAIN | WITH_DATA:
        raise Refusal(9004, f"Invalid value for type: {str(kind)[:20]}")
    if name != zone and not name.endswith(f".{zone}"):
        name = zone if name == "@" else f"{name}.{zone}"
    ttl = 1 if wish.get("proxied") else wish.get("ttl", 1)
    if ttl != 1 and not LEAST_TTL <= ttl <= MOST_TTL:
        raise Refusal(9021, "TTL must be between 60 and 86400 seconds, or 1 for Automatic.")
    record: Document = {key: wish[key] for key in ("id", "created_on") if key in wish}
    record |= {"name": name, "type": kind, "ttl": ttl, "proxied": bool(wish.get("proxied"))}
    record |= {"comment": wish.get("comment"), "tags": wish.get("tags") or []}
    if kind in WITH_DATA:
        record["data"] = wish["data"]
        record["content"] = from_data(kind, wish["data"])[0]
    else:
        record["content"] = _content(kind, str(wish.get("content", "")))
    if kind in WITH_PRIORITY:
        record["priority"] = int(wish["priority"])
    return record


def _content(kind: str, content: str) -> str:
    try:
        if kind == "A":
            return str(ipaddress.IPv4Address(content))
        if kind == "AAAA":
            return str(ipaddress.IPv6Address(content))
    except ValueError:
        raise Refusal(
            9005, f"Content for {kind} record must be a valid IPv{4 if kind == 'A' else 6} address."
        ) from None
    if not content:
        raise Refusal(1004, "DNS Validation Error")
    return content


def _meaning(record: Document) -> tuple[Any, ...]:
    priority = record.get("priority", (record.get("data") or {}).get("priority"))
    return (record["name"], record["type"], record["content"], priority)


def _shown(record: Document) -> Document:
    shown: Document = {name: record[name] for name in KEPT if name in record}
    return {
        **shown, "id": record["id"], "proxiable": record["type"] in ALONE, "settings": {}, "meta": {},
        "created_on": record["created_on"], "modified_on": record["modified_on"],
    }  # fmt: skip


def _uploaded(request: SandboxRequest) -> str:
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode()
    message = email.message_from_bytes(head + request.body, policy=email.policy.default)
    for part in message.iter_parts():
        if part.get_param("name", header="content-disposition") == "file":
            payload = part.get_payload(decode=True)
            return payload.decode() if isinstance(payload, bytes) else ""
    raise Refusal(1004, "a file is needed")
