"""Consoles of the imitated cluster: a ticket by vncproxy, then a WebSocket on the same port that shows a screen.

A ticket opens one socket within ten seconds, on the node and for the guest it was given for.
"""

from __future__ import annotations

import re
import secrets
from functools import partial
from typing import Final

from ez_proxmox.sandbox import refusals
from ez_proxmox.sandbox.tasks import Tasks
from ezcore.plugin_api.sandbox import Document, SandboxRequest, Store
from ezcore.plugin_api.sandbox.screen import Screen
from ezcore.plugin_api.sandbox.sockets import Conversation, SandboxSocket

KIND: Final = "vnc"
LIFETIME: Final = 10.0
PATH: Final = re.compile(r"/api2/json/nodes/([^/]+)/(qemu|lxc)/(\d+)/vncwebsocket")


def open_proxy(
    store: Store, tasks: Tasks, guest: Document, user: str, given: dict[str, str], now: float
) -> Document:
    """POST vncproxy: a port and a ticket; with `generate-password` a password of its own."""
    ticket = f"PVEVNC:{int(now):08X}::{secrets.token_urlsafe(48)}"
    upid = tasks.start(guest["node"], "vncproxy", guest["vmid"], user, {"vmid": guest["vmid"]})
    port = 5900 + store.next_number("vnc") % 100
    password = secrets.token_urlsafe(6) if given.get("generate-password") == "1" else None
    facts = {"vmid": guest["vmid"], "node": guest["node"], "port": str(port), "until": now + LIFETIME}
    running = guest["status"] == "running"
    store.put(KIND, ticket, {**facts, "password": password or ticket, "running": running})
    answer: Document = {"user": user, "ticket": ticket, "port": port, "cert": "", "upid": upid}
    return {**answer, **({"password": password} if password else {})}


def conversation(store: Store, request: SandboxRequest, now: float) -> Conversation | None:
    """The screen that this request may see; the ticket is used up. None when it may not."""
    path = PATH.fullmatch(request.path)
    if path is None:
        return None
    with store.lock():
        ticket = request.query.get("vncticket", "")
        known = store.get(KIND, ticket)
        asked = {"node": path[1], "vmid": int(path[3]), "port": request.query.get("port")}
        if known is None or known["until"] < now or any(known[name] != asked[name] for name in asked):
            return None
        store.delete(KIND, ticket)
    if not known["running"]:
        return partial(_nothing)
    return Screen(password=known["password"], title=f"guest {known['vmid']}").talk


def _nothing(socket: SandboxSocket) -> None:
    """A guest that is off has no screen: the socket opens and is closed at once."""
    socket.close()


def refuse(_request: SandboxRequest, _given: dict[str, str]) -> None:
    """GET vncwebsocket without a good ticket. Raises: Refusal."""
    raise refusals.Refusal(401, "permission denied - invalid PVEVNC ticket")
