"""What the imitated cluster's token may do: everything the plugin needs, less what the options take away."""

from __future__ import annotations

from typing import Final

from ezcore.plugin_api.sandbox import Document

GIVEN: Final = {
    "/vms": (
        "VM.Allocate VM.Audit VM.Backup VM.Clone VM.Config.CPU VM.Config.Cloudinit VM.Config.Disk VM.Config.Memory "
        "VM.Config.Network VM.Config.Options VM.Console VM.PowerMgmt VM.Snapshot VM.Snapshot.Rollback"
    ),
    "/storage": "Datastore.AllocateSpace Datastore.Audit",
    "/sdn": "SDN.Use",
}


def of_token(lacking: frozenset[str]) -> Document:
    """GET /access/permissions: path to privilege to 1 (it holds below that path too)."""
    return {
        path: {privilege: 1 for privilege in text.split() if privilege not in lacking}
        for path, text in GIVEN.items()
    }
