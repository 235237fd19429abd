"""Zones of the imitated account: pending until they are delegated, other nameservers each time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ez_cloudflare.sandbox import ACCOUNT
from ez_cloudflare.sandbox.envelope import Refusal, granted, paged
from ezcore.plugin_api.sandbox import Document, SandboxRequest, SandboxResponse

if TYPE_CHECKING:
    from ez_cloudflare.sandbox.app import CloudflareSandbox

NAME: Final = re.compile(r"(?=.{4,253}$)([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
FIRST, SECOND = (
    ("ada", "bob", "cara", "dale", "elle", "finn", "gina"),
    ("hank", "iris", "jim", "kate", "lars"),
)
MOST: Final = 50


class Zones:
    """Handlers of zones and their signing."""

    def __init__(self, app: CloudflareSandbox) -> None:
        self._app = app
        for method, path, handler, call in (
            ("POST", "/zones", self.create, "zones.create"),
            ("GET", "/zones", self.list, "zones.list"),
            ("GET", "/zones/{zone}", self.show, "zones.get"),
            ("PATCH", "/zones/{zone}", self.edit, "zones.edit"),
            ("DELETE", "/zones/{zone}", self.delete, "zones.delete"),
            ("PUT", "/zones/{zone}/activation_check", self.check, "zones.activation_check"),
            ("GET", "/zones/{zone}/dnssec", self.signing, "dnssec.get"),
            ("PATCH", "/zones/{zone}/dnssec", self.sign, "dnssec.edit"),
        ):
            app.add(method, path, handler, call)

    def get(self, request: SandboxRequest) -> Document:
        """The zone of the address. Raises: Refusal."""
        zone = self._app.store.get("zone", request.args["zone"])
        if zone is None:
            path = f"/zones/{request.args['zone']}"
            raise Refusal(7003, f"Could not route to {path}, perhaps your object identifier is invalid?", 404)
        return self._settled(zone)

    def named(self, name: str) -> Document | None:
        """The zone of a name in this account."""
        return next((zone for zone in self._app.store.all("zone") if zone["name"] == name), None)

    def create(self, request: SandboxRequest) -> SandboxResponse:
        """A pending zone."""
        given = request.json()
        name = str(given.get("name", ""))
        if (given.get("account") or {}).get("id") != ACCOUNT:
            raise Refusal(1101, "The account is missing or not yours", 403)
        if not NAME.fullmatch(name):
            raise Refusal(1001, f"Invalid zone name '{name[:60]}'")
        if self.named(name) or self._app.store.get("elsewhere_zone", name):
            raise Refusal(1061, f"{name} already exists")
        zone = self.made(name)
        return granted(self._shown(zone))

    def made(self, name: str) -> Document:
        """A zone is there."""
        number, at = self._app.store.next_number("zone_pair"), self._app.stamp()
        pair = (FIRST[number % len(FIRST)], SECOND[number % len(SECOND)])
        zone: Document = {
            "id": self._app.new_id("zone"), "name": name, "created_on": at, "status": "pending", "paused": False,
            "activated_on": None, "signed": False, "name_servers": [f"{one}.ns.cloudflare.com" for one in pair],
        }  # fmt: skip
        self._app.store.put("zone", zone["id"], zone)
        return zone

    def list(self, request: SandboxRequest) -> SandboxResponse:
        """Filtered by name and account."""
        query = request.query
        stale = self._app.faults.take("zones.list", "stale_read")
        zones = [self._settled(zone) for zone in self._app.store.all("zone")]
        if stale:
            zones = [
                one for one in zones if self._app.age(one["created_on"]) > float(stale.args.get("seconds", 5))
            ]
        if query.get("account.id", ACCOUNT) != ACCOUNT:
            zones = []
        if "name" in query:
            zones = [zone for zone in zones if zone["name"] == query["name"]]
        per_page = min(int(query.get("per_page", 20)), MOST)
        return paged([self._shown(zone) for zone in zones], int(query.get("page", 1)), per_page)

    def show(self, request: SandboxRequest) -> SandboxResponse:
        """One."""
        return granted(self._shown(self.get(request)))

    def edit(self, request: SandboxRequest) -> SandboxResponse:
        """Paused or not."""
        zone = self.get(request)
        zone["paused"] = bool(request.json().get("paused", zone["paused"]))
        self._app.store.put("zone", zone["id"], zone)
        return granted(self._shown(zone))

    def delete(self, request: SandboxRequest) -> SandboxResponse:
        """With its records."""
        zone = self.get(request)
        self.removed(zone)
        return granted({"id": zone["id"]})

    def removed(self, zone: Document) -> None:
        """A zone is gone."""
        for record in list(self._app.store.where("record", zone_id=zone["id"])):
            self._app.store.delete("record", record["id"])
        self._app.store.delete("zone", zone["id"])

    def check(self, request: SandboxRequest) -> SandboxResponse:
        """Look at the delegation now."""
        return granted({"id": self.get(request)["id"]})

    def signing(self, request: SandboxRequest) -> SandboxResponse:
        """The keys, if it is signed."""
        return granted(self._signing(self.get(request)))

    def sign(self, request: SandboxRequest) -> SandboxResponse:
        """Sign it, or stop."""
        zone, status = self.get(request), request.json().get("status")
        if status not in ("active", "disabled"):
            raise Refusal(1004, "DNSSEC status must be active or disabled")
        zone["signed"] = status == "active"
        self._app.store.put("zone", zone["id"], zone)
        return granted(self._signing(zone))

    def _signing(self, zone: Document) -> dict[str, Any]:
        if not zone["signed"]:
            return {"status": "disabled", "modified_on": zone["created_on"]}
        tag, digest = int(zone["id"][:4], 16), (zone["id"] * 2).upper()
        return {
            "status": "pending" if zone["status"] == "pending" else "active", "flags": 257, "algorithm": "13",
            "key_type": "ECDSAP256SHA256", "digest_type": "2", "digest_algorithm": "SHA256", "digest": digest,
            "ds": f"{zone['name']}. 3600 IN DS {tag} 13 2 {digest}", "key_tag": tag,
            "public_key": "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==",
            "modified_on": zone["created_on"],
        }  # fmt: skip

    def _settled(self, zone: Document) -> Document:
        after = self._app.option("activate_after", 20)
        if zone["status"] == "pending" and after and self._app.age(zone["created_on"]) >= after:
            zone["status"], zone["activated_on"] = "active", self._app.stamp()
            self._app.store.put("zone", zone["id"], zone)
        return zone

    def _shown(self, zone: Document) -> dict[str, Any]:
        kept = ("id", "name", "status", "paused", "name_servers", "created_on", "activated_on")
        return {
            **{name: zone[name] for name in kept},
            "account": {"id": ACCOUNT, "name": "Sandbox"},
            "development_mode": 0,
            "meta": {"step": 2, "phishing_detected": False, "custom_certificate_quota": 0, "page_rule_quota": 3},
            "modified_on": zone["created_on"],
            "original_dnshost": None, "original_name_servers": None, "original_registrar": None,
            "owner": {"id": None, "name": None, "type": "user"},
            "plan": {"id": "0" * 32, "name": "Free Website", "price": 0, "currency": "USD", "is_subscribed": False},
            "permissions": ["#zone:read", "#zone:edit", "#dns_records:edit"],
            "type": "full",
        }  # fmt: skip
