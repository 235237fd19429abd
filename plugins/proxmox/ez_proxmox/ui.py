"""What pages say of a machine and its cluster, from what the core remembers: the cluster is not asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ezcore.plugin_api.ui import (
    Action,
    Contribution,
    Contributor,
    Panel,
    Row,
    SlotContext,
    StatusLine,
)

MODULE: Final = "proxmox"
KINDS: Final = {"qemu": "Virtual machine", "lxc": "Container"}


def contributors() -> Sequence[Contributor]:
    """A panel for staff, one for the client with the console, and the state of the cluster."""
    return [
        Contributor("admin.service.side", for_staff, only=MODULE),
        Contributor("client.service.side", for_client, permission="client.services", only=MODULE),
        Contributor("admin.server.summary", for_server, only=MODULE),
    ]


def for_staff(about: SlotContext) -> Sequence[Contribution]:
    """Where the machine is on the cluster."""
    service = about.service
    if service is None or service.external_id is None:
        return []
    rows = [_kind(service.facts), Row("Number on the cluster", service.external_id)]
    rows += [Row("Node", service.location)] if service.location else []
    return [Panel("machine", "Machine", tuple(rows + _extra(service.facts)))]


def for_client(about: SlotContext) -> Sequence[Contribution]:
    """What kind of machine it is, and a way to its screen when it runs."""
    service = about.service
    if service is None or service.external_id is None:
        return []
    console = Action("console", "Open the console", f"/dashboard/services/{service.id}/console/")
    return [
        Panel(
            "machine",
            "Machine",
            (_kind(service.facts), *_extra(service.facts)),
            actions=(console,) if service.state == "active" else (),
        )
    ]


def for_server(about: SlotContext) -> Sequence[Contribution]:
    """How the last connection test went."""
    server = about.server
    if server is None:
        return []
    if server.problem:
        return [StatusLine("cluster", "Proxmox VE cluster", "Did not let us in", "bad")]
    if server.tested_at is None:
        return [StatusLine("cluster", "Proxmox VE cluster", "Never tested", "warn")]
    return [StatusLine("cluster", "Proxmox VE cluster", "Let us in", "ok")]


def _kind(facts: Mapping[str, Any]) -> Row:
    return Row("Kind", KINDS.get(str(facts.get("kind")), KINDS["qemu"]), is_word=True)


def _extra(facts: Mapping[str, Any]) -> list[Row]:
    more = facts.get("extra_addresses")
    return [Row("More addresses", str(more)[:2000])] if more else []
