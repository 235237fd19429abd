"""The imitated Cloudflare as a WSGI application under `/client/v4`.

Names of calls in faults and in the call log:
tokens.verify; zones.create list get edit delete; zones.activation_check; dnssec.get edit;
dns_records.create list get update edit delete batch export import; registrar.check search;
registrations.create list get edit status; transfer_in.create status; registrar_domains.list get update;
extensions.list get.
Handler faults: `late_failure` on `registrations.create` and `transfer_in.create` (args.message; args.state
`failed`, `blocked` for args.seconds, `action_required` until somebody acts); `stale_read` on `zones.list` and
`registrations.get` (what is younger than args.seconds is not shown).
`options.extra`: `activate_after` (seconds until a zone is active, 20; 0: only by hand), `workflow_seconds` (a
registration, 4), `transfer_seconds` (20).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime

from ez_cloudflare.sandbox import ACCOUNT, TOKEN
from ez_cloudflare.sandbox.envelope import Refusal, granted, refused
from ez_cloudflare.sandbox.hands import add_hands
from ez_cloudflare.sandbox.names import Names
from ez_cloudflare.sandbox.records import Records
from ez_cloudflare.sandbox.zones import Zones
from ezcore.plugin_api.sandbox import SandboxApp, SandboxOptions, SandboxRequest, SandboxResponse, Store
from ezcore.plugin_api.sandbox.faults import Fault

Handler = Callable[[SandboxRequest], SandboxResponse]


class CloudflareSandbox(SandboxApp):
    """One account with zones and domain names; it forgets nothing when it is killed."""

    name = "cloudflare"

    def __init__(self, store: Store, options: SandboxOptions) -> None:
        super().__init__(store, options)
        self.zones = Zones(self)
        self.records = Records(self)
        self.names = Names(self)
        for owner in ("user", f"accounts/{ACCOUNT}"):
            self.add("GET", f"/{owner}/tokens/verify", self._token, "tokens.verify")
        add_hands(self)

    def add(self, method: str, path: str, handler: Handler, call: str) -> None:
        """A route below the API's base."""
        self.route(method, f"/client/v4{path}", handler, call)

    def option(self, name: str, default: float) -> float:
        """A number of `options.extra`."""
        return float(self.options.extra.get(name, default))

    def stamp(self) -> str:
        """Now, as Cloudflare prints it."""
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def age(self, stamp: str) -> float:
        """Seconds since a stamp."""
        return (self.clock.now() - datetime.fromisoformat(stamp)).total_seconds()

    def new_id(self, kind: str) -> str:
        """32 hexadecimal digits, never the same twice."""
        return hashlib.sha256(f"{kind} {self.store.next_number(kind)}".encode()).hexdigest()[:32]

    def authorize(self, call: str, request: SandboxRequest) -> SandboxResponse | None:  # noqa: ARG002
        """The token, and the account that it belongs to."""
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), TOKEN.encode()):
            return refused(Refusal(10000, "Authentication error", 401))
        parts = request.path.split("/")
        if "accounts" in parts and parts[parts.index("accounts") + 1] != ACCOUNT:
            return refused(Refusal(10000, "Authentication error", 403))
        return None

    def refused(self, error: Exception) -> SandboxResponse | None:
        """A refusal in its envelope."""
        if isinstance(error, Refusal):
            return refused(error)
        if isinstance(error, ValueError | KeyError | TypeError):
            return refused(Refusal(1004, f"DNS Validation Error: {type(error).__name__}"))
        return None

    def not_found(self, request: SandboxRequest) -> SandboxResponse:
        """An address nobody knows."""
        message = f"Could not route to {request.path}, perhaps your object identifier is invalid?"
        return refused(Refusal(7003, message, 400))

    def method_not_allowed(self, request: SandboxRequest) -> SandboxResponse:  # noqa: ARG002
        """A known address asked in another way."""
        return refused(Refusal(10405, "Method not allowed for this authentication scheme", 405))

    def rate_limited(self, fault: Fault) -> SandboxResponse:
        """Everything is blocked for a while."""
        wait = str(fault.args.get("retry_after", 1))
        return refused(
            Refusal(971, "Please wait and consider throttling your request rate", 429), ("retry-after", wait)
        )

    def unauthorized(self, fault: Fault) -> SandboxResponse:  # noqa: ARG002
        """A token that was rolled."""
        return refused(Refusal(10000, "Authentication error", 401))

    def _token(self, _: SandboxRequest) -> SandboxResponse:
        return granted({"id": "f" * 32, "status": "active"})
