"""The cluster a fresh imitation starts with: two nodes, shared storage, one cloud-init template.

Everything can be overridden through `SandboxOptions.extra` (texts): `nodes` "pve1,pve2", `template_vmid`
"9000", `token_id`, `token_secret`, `latency` (seconds of every task), `latency.qmclone` (of one type),
`auth_delay` (seconds before a 401), `resources_lag` (age in seconds that /cluster/resources may have) and
`lacking` (privileges the token does not have, "VM.Console,VM.Snapshot").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ez_proxmox.sandbox import backups
from ez_proxmox.sandbox.guests import Guests, new_guest
from ezcore.plugin_api.sandbox import Store

TOKEN_ID: Final = "ezcore@pve!shop"  # noqa: S105 - the public name of a token
TOKEN_SECRET: Final = "00000000-1111-2222-3333-444444444444"  # noqa: S105 - of an imitation
TEMPLATE_VMID: Final = 9000
POOLS: Final = ("shop",)


@dataclass(frozen=True)
class Settings:
    """How this imitation behaves when no fault is scripted."""

    nodes: tuple[str, ...] = ("pve1", "pve2")
    template_vmid: int = TEMPLATE_VMID
    token_id: str = TOKEN_ID
    token_secret: str = TOKEN_SECRET
    latency: float = 1.0
    latency_of: Mapping[str, float] = field(default_factory=dict)
    auth_delay: float = 3.0
    resources_lag: float = 10.0
    lacking: frozenset[str] = frozenset()

    @classmethod
    def read(cls, extra: Mapping[str, str]) -> Settings:
        """Read the texts of `SandboxOptions.extra`; unknown names are ignored."""
        one = {n.removeprefix("latency."): float(v) for n, v in extra.items() if n.startswith("latency.")}
        default = cls()
        return cls(
            nodes=tuple(extra.get("nodes", ",".join(default.nodes)).split(",")),
            template_vmid=int(extra.get("template_vmid", default.template_vmid)),
            token_id=extra.get("token_id", default.token_id),
            token_secret=extra.get("token_secret", default.token_secret),
            latency=float(extra.get("latency", default.latency)),
            latency_of=one,
            auth_delay=float(extra.get("auth_delay", default.auth_delay)),
            resources_lag=float(extra.get("resources_lag", default.resources_lag)),
            lacking=frozenset(extra.get("lacking", "").split(",")) - {""},
        )

    def seconds_of(self, task_type: str) -> float:
        """How long a worker task of this type takes."""
        return self.latency_of.get(task_type, self.latency)


def seed(store: Store, settings: Settings) -> None:
    """Build the cluster when the store is empty (first start, or after a reset)."""
    with store.lock():
        if store.all("node"):
            return
        for name in settings.nodes:
            store.put("node", name, {"node": name, "status": "online"})
        vmid = settings.template_vmid
        config = {
            "name": "debian-13-cloud",
            "cores": "1",
            "memory": "1024",
            "sockets": "1",
            "ostype": "l26",
            "agent": "1",
            "scsihw": "virtio-scsi-single",
            "scsi0": f"ceph-vm:base-{vmid}-disk-0,size=3G",
            "boot": "order=scsi0",
            "ide2": f"ceph-vm:vm-{vmid}-cloudinit,media=cdrom",
            "serial0": "socket",
            "vga": "serial0",
            "net0": "virtio=BC:24:11:00:00:01,bridge=vmbr0",
            "template": "1",
        }
        Guests(store).put(new_guest(vmid, settings.nodes[0], config))
        backups.seed(store)
