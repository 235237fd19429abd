"""The administrator's hand: what tests and the demo do to accounts behind the shop's back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ez_hestiacp.sandbox.seed import new_user
from ez_hestiacp.sandbox.server import KINDS, Server
from ezcore.plugin_api.sandbox import Document, SandboxRequest, SandboxResponse, json_response

if TYPE_CHECKING:
    from ez_hestiacp.sandbox.app import HestiaSandbox

CHANGED = frozenset({"suspended", "package", "contact", "name", "role"})


def add_routes(app: HestiaSandbox) -> None:
    """Give the application its own control endpoints."""
    for method, path, act in (
        ("GET", "state", state),
        ("POST", "user", change),
        ("POST", "delete", delete),
        ("POST", "add", add),
        ("POST", "usage", usage),
    ):
        app.route(method, f"/_control/{path}", _by_hand(app, act))


def _by_hand(
    app: HestiaSandbox, act: Callable[[Server, SandboxRequest], SandboxResponse]
) -> Callable[[SandboxRequest], SandboxResponse]:
    def handler(request: SandboxRequest) -> SandboxResponse:
        with app.store.lock():
            return act(app.server, request)

    return handler


def seen(server: Server, user: Document) -> Document:
    """What a person checking an order wants to see. Never the password."""
    shown = {key: value for key, value in user.items() if key != "password"}
    return shown | {kind: [item["name"] for item in server.owned(kind, user["user"])] for kind in KINDS}


def state(server: Server, _request: SandboxRequest) -> SandboxResponse:
    """Every account with what it has."""
    return json_response({"users": [seen(server, user) for user in server.users()]})


def change(server: Server, request: SandboxRequest) -> SandboxResponse:
    """Change an account by hand."""
    wanted = dict(request.json())
    user = server.store.get("user", str(wanted.pop("user", "")))
    if user is None:
        return json_response({"error": "no such user"}, 404)
    user |= {name: value for name, value in wanted.items() if name in CHANGED}
    server.put(user)
    return json_response(seen(server, user))


def delete(server: Server, request: SandboxRequest) -> SandboxResponse:
    """Delete an account by hand."""
    server.remove(str(request.json()["user"]))
    return json_response({"ok": True})


def add(server: Server, request: SandboxRequest) -> SandboxResponse:
    """Make an account that has nothing to do with the shop."""
    wanted = request.json()
    package = wanted.get("package", "default")
    user = new_user(
        wanted["user"], wanted.get("contact", "who@example.test"), package, "Some One", server.now()
    )
    server.put(user)
    return json_response(seen(server, user))


def usage(server: Server, request: SandboxRequest) -> SandboxResponse:
    """Let an account have used so much; shown after the next nightly count."""
    wanted = request.json()
    user = server.user(str(wanted["user"]))
    used = user["used"] | {name: int(wanted[name]) for name in ("disk", "bandwidth") if name in wanted}
    server.put(user | {"used": used})
    return json_response(seen(server, user))
