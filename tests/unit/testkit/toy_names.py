"""A toy vendor of zones and names, with a provider and a registrar in front of it that speak without a socket."""

from __future__ import annotations

import json
from datetime import date
from types import MappingProxyType

from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter, StillRunning
from ezcore.plugin_api.ports.dns import DnsProvider, DnsRecord, DnsZone
from ezcore.plugin_api.ports.registrar import Availability, Registrar, RegistrarCapability, Registration
from ezcore.plugin_api.sandbox import (
    LoseAnswer,
    SandboxApp,
    SandboxOptions,
    SandboxRequest,
    Store,
    json_response,
)

TOKEN = "toy-token-that-is-secret"
LARGEST = 1_000_000
HEADERS = MappingProxyType({"authorization": TOKEN, "content-type": "application/json"})


class ToySandbox(SandboxApp):
    """Zones by name with their records; names with a state."""

    name = "toy"

    def __init__(self):
        super().__init__(Store(None), SandboxOptions())
        for method, path, handler, call in (
            ("GET", "/zones/{name}", self._zone, "zone"),
            ("PUT", "/zones/{name}", self._make_zone, "make_zone"),
            ("DELETE", "/zones/{name}", self._drop_zone, "drop_zone"),
            ("GET", "/zones/{name}/records", self._records, "records"),
            ("POST", "/zones/{name}/records", self._change, "change"),
            ("GET", "/check/{name}", self._check, "check"),
            ("GET", "/names/{name}", self._name, "name"),
            ("POST", "/names/{name}", self._buy, "buy"),
            ("POST", "/names/{name}/lock", self._lock, "lock"),
        ):
            self.route(method, path, handler, call)

    def _zone(self, request):
        found = self.store.get("zone", request.args["name"])
        return json_response(found) if found else json_response({"error": "no such zone"}, 404)

    def _make_zone(self, request):
        name = request.args["name"]
        if self.store.get("zone", name):
            return json_response({"error": "exists"}, 409)
        self.store.put("zone", name, {"name": name, "tag": request.json()["tag"], "records": []})
        return self._zone(request)

    def _drop_zone(self, request):
        gone = self.store.delete("zone", request.args["name"])
        return json_response({"ok": True}, 200 if gone else 404)

    def _records(self, request):
        zone = self.store.get("zone", request.args["name"])
        if zone is None:
            return json_response({"error": "no such zone"}, 404)
        return json_response({"records": zone["records"]})

    def _change(self, request):
        zone = self.store.get("zone", request.args["name"])
        if zone is None:
            return json_response({"error": "no such zone"}, 404)
        wish = request.json()
        left = [one for one in zone["records"] if one["id"] not in wish["delete"]]
        for one in wish["add"]:
            if one["type"] == "CNAME" and any(other["name"] == one["name"] for other in left):
                return json_response({"error": f"{one['name']} has other records"}, 422)
            left.append(one)
        self.store.put("zone", zone["name"], {**zone, "records": left})
        return json_response({"ok": True})

    def _check(self, request):
        known = self.store.get("name", request.args["name"])
        return json_response({"name": request.args["name"], "free": known is None})

    def _name(self, request):
        known = self.store.get("name", request.args["name"])
        if known is None or known["tag"] == "elsewhere":
            return json_response({"error": "no such name"}, 404)
        return json_response(known)

    def _buy(self, request):
        name = request.args["name"]
        if self.store.get("name", name):
            return json_response({"error": "taken"}, 409)
        late = self.faults.take("buy", "late_failure")
        state = "failed" if late else "active"
        words = late.args["message"] if late else ""
        self.store.put(
            "name",
            name,
            {"name": name, "tag": request.json()["tag"], "state": state, "why": words, "lock": True},
        )
        self.store.put(
            "bought", name, {"times": (self.store.get("bought", name) or {"times": 0})["times"] + 1}
        )
        return json_response({"name": name, "state": "pending"}, 202)

    def _lock(self, request):
        known = self.store.get("name", request.args["name"])
        self.store.put("name", known["name"], {**known, "lock": request.json()["on"]})
        return json_response({"ok": True})


class Wire:
    """How the plugin speaks: signals for whatever may be answered. The suites' planted defects replace parts."""

    lost_is_unknown = True
    believes_anything = False
    shows_headers = False
    one_word_for_refusals = False

    def __init__(self, app):
        self.app = app

    def ask(self, call, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else b""
        request = SandboxRequest(method, path, "", HEADERS, data, "toy:")
        shown = f"{method} {path} {dict(HEADERS) if self.shows_headers else ''}"
        try:
            answer = self.app.handle(request)
        except LoseAnswer:
            if not self.lost_is_unknown:
                raise PermanentFailure("no answer") from None
            raise OutcomeUnknown from None
        if call and method != "GET":
            call.log(shown, "", answer.status)
        return self.read(answer)

    def read(self, answer):
        if answer.status in (401, 403):
            word = "refused" if self.one_word_for_refusals else str(answer.status)
            raise PermanentFailure(f"the vendor says {word}")
        if answer.status == 429:
            raise RetryAfter(float(dict(answer.header_list)["Retry-After"]))
        if answer.status == 404:
            return None
        try:
            value = json.loads(answer.body[:LARGEST])
        except ValueError:
            if self.believes_anything:
                return {}
            raise OutcomeUnknown("unreadable answer") from None
        if answer.status >= 400:
            raise PermanentFailure(value["error"])
        if not self.believes_anything and not isinstance(value, dict):
            raise OutcomeUnknown("unreadable answer")
        return value


class ToyDns(DnsProvider):
    name, label = "toy", "Toy"
    capabilities = frozenset()
    record_types = frozenset({"A", "TXT", "CNAME"})
    looks_first = True
    asks_about_strangers = True
    merges = True

    def __init__(self, wire):
        self.wire = wire

    def test_connection(self):
        return "Toys are here."

    def _get(self, call, name):
        found = self.wire.ask(call, "GET", f"/zones/{name}")
        if found is not None and "tag" not in found:
            raise OutcomeUnknown("not a zone")
        return found

    def _seen(self, zone, key=None):
        ours = zone["tag"] != "theirs" if key is None else zone["tag"] == key
        return DnsZone(
            external_id=zone["name"], name=zone["name"], nameservers=("ns.toy.example",), ours=ours
        )

    def find_zone(self, name):
        found = self._get(None, name)
        return self._seen(found) if found else None

    def create_zone(self, call, name):
        found = self._get(call, name) if self.looks_first else None
        if found is None:
            self.wire.ask(call, "PUT", f"/zones/{name}", {"tag": call.operation_key})
            found = self._get(call, name)
        if self.asks_about_strangers and found["tag"] != call.operation_key:
            raise NeedsInfo("That zone is not ours. May it be taken over?")
        return self._seen(found, call.operation_key)

    def delete_zone(self, call, zone):
        found = self._get(call, zone.name)
        if found is not None and found["tag"] == "theirs":
            raise PermanentFailure("not ours")
        self.wire.ask(call, "DELETE", f"/zones/{zone.name}")

    def _listed(self, zone):
        found = self.wire.ask(None, "GET", f"/zones/{zone.name}/records")
        if found is None:
            raise PermanentFailure("the zone is gone")
        if not isinstance(found.get("records"), list):
            if self.wire.believes_anything:
                return []
            raise OutcomeUnknown("not a list")
        return found["records"]

    def records(self, zone):
        return [
            DnsRecord(name=one["name"], type=one["type"], content=one["content"], ttl=one["ttl"])
            for one in self._listed(zone)
        ]

    def change_records(self, call, zone, changes):
        known = {(one["name"], one["type"], one["content"]): one for one in self._listed(zone)}
        doomed = [*changes.delete, *(changes.add if self.merges else ())]
        delete = [known[one.identity[:3]]["id"] for one in doomed if one.identity[:3] in known]
        add = [
            {
                "id": self.wire.app.store.next_number("id"),
                **one.model_dump(include={"name", "type", "content", "ttl"}),
            }
            for one in changes.add
        ]
        self.wire.ask(call, "POST", f"/zones/{zone.name}/records", {"delete": delete, "add": add})


class ToyRegistrar(Registrar):
    name, label = "toy", "Toy"
    capabilities = frozenset({RegistrarCapability.LOCK})
    looks_first = True
    asks_about_strangers = True
    buys_what_failed = False

    def __init__(self, wire):
        self.wire = wire

    def test_connection(self):
        return "Toys are here."

    def check(self, names):
        answers = [self.wire.ask(None, "GET", f"/check/{name}") or {} for name in names]
        free = [answer.get("free") is True for answer in answers]
        return [
            Availability(name=name, available=yes, reason="" if yes else "taken")
            for name, yes in zip(names, free, strict=True)
        ]

    def info(self, name):
        found = self.wire.ask(None, "GET", f"/names/{name}")
        if found is None or found.get("state") == "failed":
            return None
        if "tag" not in found:
            raise OutcomeUnknown("not a name")
        return Registration(
            name=name, external_id=name, state="active", expires_on=date(2027, 3, 2), locked=found["lock"]
        )

    def register(self, call, request):
        path = f"/names/{request.name}"
        found = self.wire.ask(call, "GET", path) if self.looks_first else None
        if found is not None and found["state"] == "failed":
            if self.buys_what_failed:
                self.wire.app.store.delete("name", request.name)
                self.wire.ask(call, "POST", path, {"tag": call.operation_key})
            raise PermanentFailure(found["why"])
        if found is None:
            self.wire.ask(call, "POST", path, {"tag": call.operation_key})
            raise StillRunning(1, None)
        if self.asks_about_strangers and found["tag"] != call.operation_key:
            raise NeedsInfo("That name is not ours.")
        return self.info(request.name)

    def set_lock(self, call, name, on):
        self.wire.ask(call, "POST", f"/names/{name}/lock", {"on": on})
