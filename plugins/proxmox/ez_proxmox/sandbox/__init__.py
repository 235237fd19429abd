"""A stateful imitation of a Proxmox VE 9 cluster, for the real proxmoxer client over loopback TLS."""

from __future__ import annotations

from pathlib import Path

from ez_proxmox.sandbox.app import ProxmoxSandbox
from ez_proxmox.sandbox.seed import TEMPLATE_VMID, TOKEN_ID, TOKEN_SECRET
from ezcore.plugin_api import PluginBase
from ezcore.plugin_api.sandbox import InProcess, Pause, SandboxApp, SandboxOptions, SandboxSpec, Store


def make(folder: Path, options: SandboxOptions) -> SandboxApp:
    """The imitation with its state in `folder`; `options.extra` is described in `seed.py`."""
    return ProxmoxSandbox(Store(folder / "proxmox.sqlite"), options)


def settings(address: str, ca_file: Path | None) -> dict[str, str]:
    """Server settings (by the names of `ez_proxmox.settings.ServerSettings`) that lead to the imitation."""
    return {
        "api_url": address,
        "token_id": TOKEN_ID,
        "token_secret": TOKEN_SECRET,
        "verify_ssl": "true",
        "ca_file": str(ca_file) if ca_file else "",
        "node": "pve1",
        "storage": "",
        "template_vmid": str(TEMPLATE_VMID),
        "container_storage": "ceph-vm",
        "backup_storage": "backup",
        "bridge": "vmbr0",
        "pools": "10.77.0.10-10.77.0.250/24,gw=10.77.0.1",
    }


def spec() -> SandboxSpec:
    """What `ez demo`, the simulation and the tests need to start this imitation."""
    return SandboxSpec(name="proxmox", make=make, tls=True, settings=settings, in_process=attach)


def attach(plugin: PluginBase, app: SandboxApp, pause: Pause) -> InProcess:
    """Lead the loaded plugin to the application without a socket; the client library is loaded only then."""
    from ez_proxmox.sandbox.simulated import attach as attached  # noqa: PLC0415

    return attached(plugin, app, pause)


__all__ = ["ProxmoxSandbox", "make", "settings", "spec"]
