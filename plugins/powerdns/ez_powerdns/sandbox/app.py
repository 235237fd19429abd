"""The imitated PowerDNS as a WSGI application: zones, whole sets of records, keys. See `speech.py` for its calls."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from typing import Any, Final

from ez_powerdns.sandbox import KEY
from ez_powerdns.sandbox.speech import SpeaksPowerDns
from ezcore.plugin_api.sandbox import (
    Document,
    SandboxOptions,
    SandboxRequest,
    SandboxResponse,
    Store,
    json_response,
    text_response,
)

KNOWN: Final = frozenset(
    {
        "A", "AAAA", "ALIAS", "CAA", "CNAME", "DS", "HTTPS", "LOC", "MX", "NAPTR", "NS", "PTR", "SOA", "SRV",
        "SSHFP", "SVCB", "TLSA", "TXT", "URI",
    }
)  # fmt: skip
SHOWN: Final = ("id", "name", "kind", "account", "dnssec", "serial")


class Refusal(Exception):
    """A refusal in JSON."""

    def __init__(self, error: str, status: int = 422) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


class PowerDnsSandbox(SpeaksPowerDns):
    """A small server that forgets nothing when it is killed."""

    def __init__(self, store: Store, options: SandboxOptions) -> None:
        super().__init__(store, options)
        handlers = {
            "server": self._server, "zones.list": self._list, "zones.create": self._create, "zones.get": self._get,
            "zones.patch": self._patch, "zones.edit": self._edit, "zones.delete": self._delete,
            "zones.rectify": self._rectify, "zones.export": self._export, "cryptokeys.list": self._keys,
            "cryptokeys.create": self._make_key, "cryptokeys.delete": self._drop_key,
        }  # fmt: skip
        for method, path, call in self.calls_of_the_api():
            self.route(method, path, handlers[call], call)

    def authorize(self, call: str, request: SandboxRequest) -> SandboxResponse | None:  # noqa: ARG002
        """The API key."""
        given = request.headers.get("x-api-key", "")
        good = hmac.compare_digest(given.encode(), KEY.encode())
        return None if good else text_response("Unauthorized", 401)

    def refused(self, error: Exception) -> SandboxResponse | None:
        """JSON with `error`; 404 and 409 are plain text."""
        if not isinstance(error, Refusal):
            return None
        if error.status in (404, 409):
            return text_response(error.error, error.status)
        return json_response({"error": error.error}, error.status)

    def _server(self, _: SandboxRequest) -> SandboxResponse:
        return json_response(
            {"id": "localhost", "type": "Server", "daemon_type": "authoritative", "version": "4.7.3"}
        )

    def _list(self, request: SandboxRequest) -> SandboxResponse:
        wanted = request.query.get("zone")
        zones = [zone for zone in self.store.all("zone") if wanted in (None, zone["name"])]
        return json_response([_brief(zone) for zone in zones])

    def _create(self, request: SandboxRequest) -> SandboxResponse:
        given = request.json()
        for field in ("name", "kind"):
            if not isinstance(given, dict) or not isinstance(given.get(field), str):
                raise Refusal(f"Key '{field}' not present or not a String")
        name = given["name"]
        if not name.endswith("."):
            raise Refusal(f"DNS Name '{name}' is not canonical")
        if self.store.get("zone", name):
            raise Refusal("Conflict", 409)
        for host in given.get("nameservers", []):
            if not host.endswith("."):
                raise Refusal(f"Nameserver is not canonical: '{host}'")
        soa = f"a.misconfigured.dns.server.invalid. hostmaster.{name} 2026030201 10800 3600 604800 3600"
        zone: Document = {
            "id": name, "name": name, "kind": given["kind"], "account": given.get("account", ""), "dnssec": False,
            "serial": 2026030201, "keys": [],
            "rrsets": [_set(name, "SOA", [soa]), _set(name, "NS", given.get("nameservers", []))],
        }  # fmt: skip
        zone["rrsets"] = [one for one in zone["rrsets"] if one["records"]]
        self.store.put("zone", name, zone)
        return json_response(_whole(zone), 201)

    def _get(self, request: SandboxRequest) -> SandboxResponse:
        zone = self._zone(request)
        return json_response(_brief(zone) if request.query.get("rrsets") == "false" else _whole(zone))

    def _patch(self, request: SandboxRequest) -> SandboxResponse:
        zone, wish = self._zone(request), request.json()
        sets = {(one["name"], one["type"]): one for one in zone["rrsets"]}
        for one in wish.get("rrsets", []):
            key = (one["name"], one["type"])
            _check(one, zone["name"])
            if one["changetype"] == "DELETE" or not one.get("records"):
                sets.pop(key, None)
                continue
            _check_neighbours(one, sets)
            sets[key] = {name: one[name] for name in ("name", "type", "ttl", "records")}
        zone["rrsets"], zone["serial"] = list(sets.values()), zone["serial"] + 1
        self.store.put("zone", zone["id"], zone)
        return _nothing()

    def _edit(self, request: SandboxRequest) -> SandboxResponse:
        zone = self._zone(request)
        zone |= {name: value for name, value in request.json().items() if name in ("account", "kind")}
        self.store.put("zone", zone["id"], zone)
        return _nothing()

    def _delete(self, request: SandboxRequest) -> SandboxResponse:
        self.store.delete("zone", self._zone(request)["id"])
        return _nothing()

    def _rectify(self, request: SandboxRequest) -> SandboxResponse:
        self._zone(request)
        return json_response({"result": "Rectified"})

    def _export(self, request: SandboxRequest) -> SandboxResponse:
        lines = [
            f"{one['name']}\t{one['ttl']}\tIN\t{one['type']}\t{record['content']}"
            for one in self._zone(request)["rrsets"]
            for record in one["records"]
        ]
        return text_response("\n".join(lines) + "\n")

    def _keys(self, request: SandboxRequest) -> SandboxResponse:
        return json_response(self._zone(request)["keys"])

    def _make_key(self, request: SandboxRequest) -> SandboxResponse:
        zone = self._zone(request)
        number = self.store.next_number("key")
        digest = hashlib.sha256(f"{zone['name']} {number}".encode()).hexdigest()
        key = {
            "id": number, "active": True, "keytype": "csk", "type": "Cryptokey", "algorithm": "ECDSAP256SHA256",
            "ds": [f"{number % 65536} 13 2 {digest}", f"{number % 65536} 13 4 {digest + digest[:32]}"],
        }  # fmt: skip
        zone["keys"], zone["dnssec"] = [*zone["keys"], key], True
        self.store.put("zone", zone["id"], zone)
        return json_response({**key, "privatekey": "Private-key-format: v1.2\nPrivateKey: imitated"}, 201)

    def _drop_key(self, request: SandboxRequest) -> SandboxResponse:
        zone = self._zone(request)
        zone["keys"] = [key for key in zone["keys"] if str(key["id"]) != request.args["key"]]
        zone["dnssec"] = bool(zone["keys"])
        self.store.put("zone", zone["id"], zone)
        return _nothing()

    def _zone(self, request: SandboxRequest) -> Document:
        zone = self.store.get("zone", request.args["zone"].lower())
        if zone is None:
            raise Refusal("Not Found", 404)
        return zone


def _set(name: str, kind: str, contents: list[str]) -> dict[str, Any]:
    records = [{"content": content, "disabled": False} for content in contents]
    return {"name": name, "type": kind, "ttl": 3600, "records": records}


def _brief(zone: Document) -> dict[str, Any]:
    return {name: zone[name] for name in SHOWN}


def _whole(zone: Document) -> dict[str, Any]:
    return {**_brief(zone), "rrsets": [{**one, "comments": []} for one in zone["rrsets"]]}


def _nothing() -> SandboxResponse:
    return SandboxResponse(b"", 204)


def _check(one: dict[str, Any], zone: str) -> None:
    """Raises: Refusal in the server's own words."""
    where = f"RRset {one['name']} IN {one['type']}"
    if not one["name"].endswith("."):
        raise Refusal(f"DNS Name '{one['name']}' is not canonical")
    if one["name"] != zone and not one["name"].endswith(f".{zone}"):
        raise Refusal(f"{where}: Name is out of zone")
    if one["type"] not in KNOWN:
        raise Refusal(f"{where}: unknown type given")
    if not isinstance(one.get("changetype"), str):
        raise Refusal("Key 'changetype' not present or not a String")
    if one["changetype"] == "REPLACE" and not isinstance(one.get("ttl"), int):
        raise Refusal("Key 'ttl' not an Integer or not present")
    for record in one.get("records", []):
        problem = _problem(one["type"], record["content"])
        if problem:
            at = f"Record {one['name']}/{one['type']} '{record['content']}'"
            raise Refusal(f"{at}: Parsing record content (try 'pdnsutil check-zone'): {problem}")


def _problem(kind: str, content: str) -> str:
    if kind == "TXT" and not content.startswith('"'):
        return 'Data field in DNS should start with quote (")'
    if kind in ("CNAME", "NS", "PTR", "ALIAS", "MX") and not content.endswith("."):
        return "Not in expected format (parsed as a relative name)"
    try:
        if kind == "A":
            ipaddress.IPv4Address(content)
        if kind == "AAAA":
            ipaddress.IPv6Address(content)
    except ValueError:
        return f"unable to parse IP address, strange character: {content[:1]}"
    return ""


def _check_neighbours(one: dict[str, Any], sets: dict[tuple[str, str], Any]) -> None:
    others = {kind for name, kind in sets if name == one["name"] and kind != one["type"]}
    if (one["type"] == "CNAME" and others) or "CNAME" in others:
        raise Refusal(f"RRset {one['name']} IN {one['type']}: Conflicts with pre-existing RRset")
