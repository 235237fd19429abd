"""How PowerDNS answers: the names of its calls and the refusals that it says in plain text."""

from __future__ import annotations

from collections.abc import Iterator

from ezcore.plugin_api.sandbox import SandboxApp, SandboxRequest, SandboxResponse, text_response
from ezcore.plugin_api.sandbox.faults import Fault

SERVER = "/api/v1/servers/localhost"
ONE = SERVER + "/zones/{zone}"
CALLS = (
    ("GET", SERVER, "server"),
    ("GET", f"{SERVER}/zones", "zones.list"),
    ("POST", f"{SERVER}/zones", "zones.create"),
    ("GET", ONE, "zones.get"),
    ("PATCH", ONE, "zones.patch"),
    ("PUT", ONE, "zones.edit"),
    ("DELETE", ONE, "zones.delete"),
    ("PUT", f"{ONE}/rectify", "zones.rectify"),
    ("GET", f"{ONE}/export", "zones.export"),
    ("GET", f"{ONE}/cryptokeys", "cryptokeys.list"),
    ("POST", f"{ONE}/cryptokeys", "cryptokeys.create"),
    ("DELETE", ONE + "/cryptokeys/{key}", "cryptokeys.delete"),
)


class SpeaksPowerDns(SandboxApp):
    """What the imitation and the relay have in common."""

    name = "powerdns"

    def calls_of_the_api(self) -> Iterator[tuple[str, str, str]]:
        """Method, address and name of every call."""
        return iter(CALLS)

    def not_found(self, request: SandboxRequest) -> SandboxResponse:  # noqa: ARG002
        """Plain text."""
        return text_response("Not Found", 404)

    def rate_limited(self, fault: Fault) -> SandboxResponse:
        """PowerDNS knows no limits; a proxy before it does."""
        wait = str(fault.args.get("retry_after", 1))
        return SandboxResponse(b"Too Many Requests", 429, headers=(("Retry-After", wait),))

    def unauthorized(self, fault: Fault) -> SandboxResponse:  # noqa: ARG002
        """A key that was changed."""
        return text_response("Unauthorized", 401)
