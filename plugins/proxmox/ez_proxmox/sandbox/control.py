"""The cluster administrator's hand: what tests and the demo do to guests behind the shop's back.

POST endpoints take JSON. `/_control/guest` {"vmid": 101, ...} changes a guest by hand: node (a migration that
is over), status, lock, deaf, ha, or any setting of its configuration. `/_control/destroy` {"vmid": 101}
removes it. `/_control/guests` {"vmid": 101, "node": ..., "name": ...} makes a stranger's guest.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

from ez_proxmox.sandbox.guests import Guests, boot_disk, disk_gb, new_guest
from ez_proxmox.sandbox.reads import MASK
from ezcore.plugin_api.sandbox import Document, SandboxRequest, SandboxResponse, json_response

OWN: Final = frozenset({"node", "status", "lock", "deaf", "ha", "rrd", "gap", "started_at"})


def seen(guest: Document) -> Document:
    """One guest of `/_control/state`: what a person checking an order wants to see. Never the password."""
    config = guest["config"]
    disk = boot_disk(guest)
    return {
        "vmid": guest["vmid"],
        "node": guest["node"],
        "kind": guest.get("kind", "qemu"),
        "name": config.get("hostname") or config.get("name"),
        "status": guest["status"],
        "lock": guest["lock"],
        "template": bool(config.get("template")),
        "tags": config.get("tags", ""),
        "description": config.get("description", ""),
        "cores": int(config.get("cores", 1)),
        "memory": int(config.get("memory", 512)),
        "disk": disk,
        "disk_gb": disk_gb(guest, disk) if disk else 0,
        "user": config.get("ciuser"),
        "keys": unquote(config.get("sshkeys", "")).splitlines(),
        "password": bool(config.get("cipassword")),
        "ipconfig0": config.get("ipconfig0"),
        "net0": config.get("net0"),
        "onboot": config.get("onboot") == "1",
        "pool": guest["pool"],
        "firewall": guest.get("firewall"),
        "snapshots": sorted(guest.get("snapshots") or {}),
        "booted": {**guest["booted"], "cipassword": MASK} if guest["booted"] else None,
    }


def change(guests: Guests, request: SandboxRequest) -> SandboxResponse:
    """Change a guest by hand."""
    wanted = dict(request.json())
    guest = guests.find(int(wanted.pop("vmid")))
    if guest is None:
        return json_response({"error": "no such guest"}, 404)
    for name, value in wanted.items():
        if name in OWN:
            guest[name] = value
        else:
            guest["config"][name] = str(value)
    guests.put(guest)
    return json_response(seen(guest))


def destroy(guests: Guests, request: SandboxRequest) -> SandboxResponse:
    """Remove a guest by hand, running or not."""
    guests.remove(int(request.json()["vmid"]))
    return json_response({"ok": True})


def add_stranger(guests: Guests, request: SandboxRequest) -> SandboxResponse:
    """Make a guest that has nothing to do with the shop."""
    wanted = request.json()
    config = {
        "name": wanted.get("name", "stranger"),
        "cores": "2",
        "memory": "2048",
        "scsi0": f"local-lvm:vm-{wanted['vmid']}-disk-0,size=8G",
    }
    guest = new_guest(int(wanted["vmid"]), wanted.get("node", "pve1"), {**config, **wanted.get("config", {})})
    guests.put({**guest, "status": wanted.get("status", "stopped")})
    return json_response(seen(guest))
