"""The imitated registrar: search, checks, registrations and transfers that take their time."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from ez_cloudflare.sandbox import ACCOUNT
from ez_cloudflare.sandbox.endings import COSTS, CURRENCY, offer, schema
from ez_cloudflare.sandbox.envelope import Refusal, granted
from ez_cloudflare.sandbox.flow import Flow, in_years
from ezcore.plugin_api.sandbox import Document, SandboxRequest, SandboxResponse

if TYPE_CHECKING:
    from ez_cloudflare.sandbox.app import CloudflareSandbox

MOST_NAMES: Final = 500
MOST_CHECKED: Final = 20
RENEWED_BEFORE, GRACE, REDEMPTION = 30, 40, 30
"""Days."""
AT: Final = f"/accounts/{ACCOUNT}/registrar"


class Names:
    """Handlers of the registrar."""

    def __init__(self, app: CloudflareSandbox) -> None:
        self._app = app
        self.flow = Flow(app)
        one = f"{AT}/registrations/{{name}}"
        for method, path, handler, call in (
            ("POST", f"{AT}/domain-check", self.check, "registrar.check"),
            ("GET", f"{AT}/domain-search", self.search, "registrar.search"),
            ("POST", f"{AT}/registrations", self.register, "registrations.create"),
            ("GET", f"{AT}/registrations", self.list, "registrations.list"),
            ("GET", one, self.show, "registrations.get"),
            ("PATCH", one, self.edit, "registrations.edit"),
            ("GET", f"{one}/registration-status", self.status, "registrations.status"),
            ("GET", f"{one}/update-status", self.update_status, "registrations.update_status"),
            ("POST", f"{one}/transfer-in", self.transfer, "transfer_in.create"),
            ("GET", f"{one}/transfer-in-status", self.transfer_status, "transfer_in.status"),
            ("GET", f"{AT}/domains", self.domains, "registrar_domains.list"),
            ("GET", f"{AT}/domains/{{name}}", self.domain, "registrar_domains.get"),
            ("PUT", f"{AT}/domains/{{name}}", self.save, "registrar_domains.update"),
            ("GET", f"{AT}/extensions", self.extensions, "extensions.list"),
            ("GET", f"{AT}/extensions/{{ending}}", self.extension, "extensions.get"),
        ):
            app.add(method, path, handler, call)

    def taken(self, name: str) -> bool:
        """Does anybody have it?"""
        return any(self._app.store.get(kind, name) for kind in ("elsewhere", "registration"))

    def check(self, request: SandboxRequest) -> SandboxResponse:
        """What the registries say now."""
        names = request.json().get("domains") or []
        if not 1 <= len(names) <= MOST_CHECKED:
            raise Refusal(10002, "domains must have between 1 and 20 items")
        return granted({"domains": [offer(name, taken=self.taken(name)) for name in names if "." in name]})

    def search(self, request: SandboxRequest) -> SandboxResponse:
        """Names like these words."""
        query = request.query_pairs
        words = "".join(char for char in request.query.get("q", "").lower() if char.isalnum())[:40] or "name"
        wanted = [value for key, value in query if key.startswith("extensions")]
        endings = [one for value in wanted for one in value.split(",") if one in COSTS] or list(COSTS)
        names = [f"{words}{tail}.{ending}" for tail in ("", "online", "hq", "shop") for ending in endings]
        limit = int(request.query.get("limit", 20))
        free = [name for name in names if not self.taken(name)]
        return granted({"domains": [offer(name, taken=False) for name in free[:limit]]})

    def register(self, request: SandboxRequest) -> SandboxResponse:
        """Order a name; it is paid for at once."""
        given = request.json()
        name = str(given.get("domain_name", ""))
        seen = offer(name, taken=self.taken(name))
        if self._app.store.get("registration", name):
            raise Refusal(10005, "A registration for this domain already exists in this account", 409)
        if not seen["registrable"]:
            raise Refusal(10006, f"Domain cannot be registered: {seen['reason']}")
        if len(self._app.store.all("registration")) >= MOST_NAMES:
            raise Refusal(10007, "The account has reached its limit of 500 domains")
        self._contacts(given)
        years = int(given.get("years") or schema(name)["properties"]["years"]["minimum"])
        if years < schema(name)["properties"]["years"]["minimum"]:
            raise Refusal(10008, "years is below the minimum of this extension")
        workflow = self.flow.begin("registration", name, given, years=years)
        return granted(workflow, 201 if workflow["completed"] else 202)

    def transfer(self, request: SandboxRequest) -> SandboxResponse:
        """Bring a name here with its code."""
        name, given = request.args["name"], request.json()
        elsewhere = self._app.store.get("elsewhere", name)
        if self._app.store.get("registration", name):
            raise Refusal(10005, "A registration for this domain already exists in this account", 409)
        if elsewhere is None:
            raise Refusal(10009, "Domain is not registered anywhere")
        code = base64.b64decode(given.get("auth_code") or "", validate=True).decode()
        if code != elsewhere.get("auth_code"):
            raise Refusal(10010, "invalid_auth_code: the code is not that of the domain")
        self._contacts(given)
        return granted(self.flow.begin("transfer-in", name, given, years=1), 202)

    def status(self, request: SandboxRequest) -> SandboxResponse:
        """Of a registration."""
        return granted(self.flow.status("registration", request.args["name"]))

    def transfer_status(self, request: SandboxRequest) -> SandboxResponse:
        """Of a transfer."""
        return granted(self.flow.status("transfer-in", request.args["name"]))

    def update_status(self, request: SandboxRequest) -> SandboxResponse:
        """Of the last change."""
        return granted(self.flow.status("update", request.args["name"]))

    def list(self, request: SandboxRequest) -> SandboxResponse:
        """By cursor."""
        names = [self._shown(self._aged(one)) for one in self._app.store.all("registration")]
        return _by_cursor(names, request, 50)

    def show(self, request: SandboxRequest) -> SandboxResponse:
        """One."""
        self.flow.settle(request.args["name"])
        one = self._one(request)
        stale = self._app.faults.take("registrations.get", "stale_read")
        if stale and self._app.age(one["created_at"]) < float(stale.args.get("seconds", 5)):
            raise Refusal(10001, "Domain not found", 404)
        return granted(self._shown(one))

    def edit(self, request: SandboxRequest) -> SandboxResponse:
        """Renewed by itself or not."""
        one = self._one(request)
        one["auto_renew"] = bool(request.json().get("auto_renew", one["auto_renew"]))
        self._app.store.put("registration", one["domain_name"], one)
        return granted(self.flow.done("update", one["domain_name"]))

    def domains(self, _: SandboxRequest) -> SandboxResponse:
        """The older list."""
        return granted([self._older(one) for one in self._app.store.all("registration")])

    def domain(self, request: SandboxRequest) -> SandboxResponse:
        """The older view of one."""
        return granted(self._older(self._one(request)))

    def save(self, request: SandboxRequest) -> SandboxResponse:
        """Lock, privacy, renewal."""
        one, given = self._one(request), request.json()
        one["locked"] = bool(given.get("locked", one["locked"]))
        one["auto_renew"] = bool(given.get("auto_renew", one["auto_renew"]))
        if "privacy" in given:
            one["privacy_mode"] = "redaction" if given["privacy"] else "off"
        self._app.store.put("registration", one["domain_name"], one)
        return granted(self._older(one))

    def extensions(self, request: SandboxRequest) -> SandboxResponse:
        """What is sold."""
        return _by_cursor([_extension(ending) for ending in sorted(COSTS)], request, 25)

    def extension(self, request: SandboxRequest) -> SandboxResponse:
        """One ending."""
        if request.args["ending"] not in COSTS:
            raise Refusal(10001, "Extension not found", 404)
        return granted(_extension(request.args["ending"]))

    def held(self, name: str, given: dict[str, Any], years: int) -> None:
        """The name is in the account from now on."""
        now = self._app.clock.now()
        self._app.store.delete("elsewhere", name)
        document: Document = {
            "domain_name": name, "status": "active", "auto_renew": bool(given.get("auto_renew")), "locked": True,
            "privacy_mode": given.get("privacy_mode", "redaction"), "contacts": given.get("contacts"),
            "created_at": self._app.stamp(), "expires_at": in_years(now, years).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }  # fmt: skip
        self._app.store.put("registration", name, document)

    def _contacts(self, given: dict[str, Any]) -> None:
        """Without a registrant Cloudflare takes the account's default contact; the imitation insists on one."""
        registrant = (given.get("contacts") or {}).get("registrant")
        if registrant is None:
            raise Refusal(10011, "no registrant was sent: the account's default contact would be used")
        if not str(registrant.get("phone", "")).startswith("+"):
            raise Refusal(10012, "contacts.registrant.phone must be in E.164 format")

    def _one(self, request: SandboxRequest) -> Document:
        one = self._app.store.get("registration", request.args["name"])
        if one is None:
            raise Refusal(10001, "Domain not found", 404)
        return self._aged(one)

    def _aged(self, one: Document) -> Document:
        """What time has brought: renewed by itself 30 days before the end, or expired."""
        now, ends = self._app.clock.now(), datetime.fromisoformat(one["expires_at"])
        while one["auto_renew"] and now >= ends - timedelta(days=RENEWED_BEFORE):
            ends = in_years(ends, 1)
            number = self._app.store.next_number("purchase")
            self._app.store.put("purchase", str(number), {"name": one["domain_name"], "kind": "renewal"})
        days = (now - ends).days
        late = (
            "expired"
            if days < GRACE
            else "redemption_period"
            if days < GRACE + REDEMPTION
            else "pending_delete"
        )
        one["status"] = one["status"] if now < ends else late
        if one["auto_renew"]:
            one["status"] = "active"
        one["expires_at"] = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
        self._app.store.put("registration", one["domain_name"], one)
        return one

    def _shown(self, one: Document) -> dict[str, Any]:
        kept = ("domain_name", "status", "auto_renew", "locked", "privacy_mode", "created_at", "expires_at")
        return {name: one[name] for name in kept}

    def _older(self, one: Document) -> dict[str, Any]:
        return {
            "id": one["domain_name"], "available": False, "can_register": False, "created_at": one["created_at"],
            "current_registrar": "Cloudflare", "expires_at": one["expires_at"], "locked": one["locked"],
            "registry_statuses": "clienttransferprohibited" if one["locked"] else "ok", "supported_tld": True,
            "updated_at": one["created_at"],
        }  # fmt: skip


def _extension(ending: str) -> dict[str, Any]:
    terms = schema(f"x.{ending}")
    return {
        "metadata": {"name": ending, "tld": ending.rpartition(".")[2]},
        "registration_schema": terms,
        "transfer_schema": {**terms, "title": f"Transfer of .{ending} ({CURRENCY})"},
    }


def _by_cursor(items: list[Any], request: SandboxRequest, most: int) -> SandboxResponse:
    start = int(request.query.get("cursor") or 0)
    size = min(int(request.query.get("per_page", most)), most)
    some = items[start : start + size]
    onward = str(start + size) if start + size < len(items) else ""
    info = {"count": len(some), "per_page": size, "total_count": len(items), "cursor": onward}
    return granted(some, info=info)
