"""What somebody does at the imitated Cloudflare by hand, under `/_control`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ezcore.plugin_api.sandbox import SandboxRequest, SandboxResponse, json_response

if TYPE_CHECKING:
    from ez_cloudflare.sandbox.app import CloudflareSandbox


def add_hands(app: CloudflareSandbox) -> None:
    """Give the imitation its control endpoints.

    zones {"name", "do": make | remove | activate | elsewhere}, names {"name", "do": hold | remove | elsewhere,
    "auth_code"}, workflows {"name", "state"}.
    """
    hands = Hands(app)
    app.route("POST", "/_control/zones", hands.zones)
    app.route("POST", "/_control/names", hands.names)
    app.route("POST", "/_control/workflows", hands.workflows)


class Hands:
    """The handlers."""

    def __init__(self, app: CloudflareSandbox) -> None:
        self._app = app

    def zones(self, request: SandboxRequest) -> SandboxResponse:
        """Make, remove, activate a zone, or let it stand in another account."""
        given = request.json()
        name, deed = given["name"], given["do"]
        zone = self._app.zones.named(name)
        if deed == "make":
            self._app.zones.made(name)
        elif deed == "elsewhere":
            self._app.store.put("elsewhere_zone", name, {"name": name})
        elif zone is None:
            return json_response({"error": "no such zone"}, 404)
        elif deed == "remove":
            self._app.zones.removed(zone)
        elif deed == "activate":
            self._app.store.put(
                "zone", zone["id"], {**zone, "status": "active", "activated_on": self._app.stamp()}
            )
        return json_response({"ok": True})

    def names(self, request: SandboxRequest) -> SandboxResponse:
        """Put a name into the account, take it away, or give it to somebody elsewhere."""
        given = request.json()
        name, deed = given["name"], given["do"]
        if deed == "hold":
            self._app.names.held(name, {}, 1)
        elif deed == "remove":
            self._app.store.delete("registration", name)
        elif deed == "elsewhere":
            self._app.store.put("elsewhere", name, {"name": name, "auth_code": given.get("auth_code")})
        return json_response({"ok": True})

    def workflows(self, request: SandboxRequest) -> SandboxResponse:
        """Decide how a workflow goes on."""
        given = request.json()
        found = self._app.names.flow.decide(given["name"], given["state"])
        return json_response({"ok": found}, 200 if found else 404)
