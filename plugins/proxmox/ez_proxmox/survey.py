"""What a cluster says of itself: whether it lets us in, what is on it, and what its guests used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from ez_proxmox import marks
from ez_proxmox.cluster import Cluster
from ez_proxmox.errors import Kind, ProxmoxError
from ez_proxmox.guest import Guest
from ez_proxmox.measured import frame_since, hourly_bytes, points
from ez_proxmox.power import STATES
from ez_proxmox.settings import ServerSettings
from ez_proxmox.workshop import Workshop, settings_of
from ezcore.plugin_api.ports.looks import RemoteAccount, ServerReport, UsageSample
from ezcore.plugin_api.ports.provisioning import ServerFacts
from ezcore.plugin_api.values import Resource

GIB: Final = Decimal(1024**3)
THOUSANDTH: Final = Decimal("0.001")
SETTLED: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(days=30)
BANDWIDTH: Final = "bandwidth"
NEEDED: Final[Mapping[str, Mapping[str, str]]] = {
    "/vms": {
        "VM.Allocate": "create and remove machines",
        "VM.Audit": "see machines",
        "VM.Clone": "copy templates",
        "VM.Config.CPU": "set processors",
        "VM.Config.Cloudinit": "set users and addresses",
        "VM.Config.Disk": "grow disks",
        "VM.Config.Memory": "set memory",
        "VM.Config.Network": "set network cards and the firewall",
        "VM.Config.Options": "set names and tags",
        "VM.PowerMgmt": "switch machines",
        "VM.Snapshot": "take snapshots",
        "VM.Snapshot.Rollback": "go back to snapshots",
        "VM.Backup": "make and restore backups",
        "VM.Console": "open consoles",
    },
    "/storage": {"Datastore.AllocateSpace": "make disks", "Datastore.Audit": "see storages"},
    "/sdn": {"SDN.Use": "connect machines to the network"},
}


@dataclass(frozen=True)
class Survey:
    """Questions about a whole server. Everything raises ProxmoxError."""

    workshop: Workshop

    def report(self, server: ServerFacts) -> ServerReport:
        """Version, nodes, guests, and what will not work, in words."""
        settings = settings_of(server)
        with self.workshop.cluster(server) as cluster:
            version = cluster.api.get("version")
            if not isinstance(version, dict) or not version.get("version"):
                raise ProxmoxError(Kind.UNREACHABLE, "the version cannot be read; is this a Proxmox API?")
            nodes, places = cluster.nodes(), cluster.places()
            rights = cluster.api.get("access/permissions")
            warnings = missing_rights(rights if isinstance(rights, dict) else {})
            warnings += _wrong_settings(cluster, settings, nodes, {place.vmid for place in places})
        ours = sum(marks.OURS in place.tags for place in places)
        facts = (("Nodes", ", ".join(nodes)), ("Guests", str(sum(not place.template for place in places))))
        return ServerReport(
            version=str(version["version"])[:40], accounts=ours, facts=facts, warnings=tuple(warnings)
        )

    def accounts(self, server: ServerFacts) -> list[RemoteAccount]:
        """Every guest, ours or not; templates are none."""
        with self.workshop.cluster(server) as cluster:
            found = []
            for place in cluster.places():
                guest = None if place.template else cluster.guest(place.vmid, place.node, place.kind)
                if guest is not None:
                    found.append(_account(guest))
        return found

    def usage(self, server: ServerFacts, resources: Sequence[Resource], since: datetime) -> list[UsageSample]:
        """GiB in and out per whole hour since then; hours without a measurement have no sample.

        A machine that cannot be read now is left out: its hours come with the next reading.
        """
        now = self.workshop.context.clock.now()
        begin = max(since, now - LONGEST).replace(minute=0, second=0, microsecond=0)
        frame = frame_since(begin, now)
        found: list[UsageSample] = []
        with self.workshop.cluster(server) as cluster:
            there = {place.vmid: place for place in cluster.places()}
            for resource in resources:
                place = there.get(int(resource.external_id))
                if place is None:
                    continue
                try:
                    lines = cluster.lines(
                        f"nodes/{place.node}/{place.kind}/{place.vmid}/rrddata", timeframe=frame, cf="AVERAGE"
                    )
                except ProxmoxError as error:
                    if error.kind in (Kind.DENIED, Kind.UNREACHABLE):
                        raise
                    continue
                hours = hourly_bytes(points(lines), begin, now - SETTLED)
                found += [_sample(resource.external_id, hour, amount) for hour, amount in hours.items()]
        return found


def missing_rights(rights: Mapping[str, Any]) -> list[str]:
    """One sentence per privilege that the token lacks, wherever it would have to hold."""
    return [
        f"The token lacks {privilege} on {path}: we cannot {words}."
        for path, wanted in NEEDED.items()
        for privilege, words in wanted.items()
        if not _holds(rights, path, privilege)
    ]


def _holds(rights: Mapping[str, Any], path: str, privilege: str) -> bool:
    """Whether it holds on the path or above it; below it (a pool, one storage) counts too: it holds somewhere."""
    here = [at for at in rights if at in ("/", path) or at.startswith((f"{path}/", "/pool/"))]
    return any(isinstance(rights[at], dict) and privilege in rights[at] for at in here)


def _wrong_settings(
    cluster: Cluster, settings: ServerSettings, nodes: Sequence[str], vmids: set[int]
) -> list[str]:
    found = []
    if settings.node and settings.node not in nodes:
        found.append(f"There is no node {settings.node}.")
    if settings.template_vmid not in vmids:
        found.append(f"There is no template {settings.template_vmid}.")
    node = settings.node if settings.node in nodes else nodes[0]
    known = {str(line.get("storage")) for line in cluster.lines(f"nodes/{node}/storage")}
    wanted = (settings.storage, settings.container_storage, settings.backup_storage)
    return found + [f"Node {node} has no storage {name}." for name in wanted if name and name not in known]


def _account(guest: Guest) -> RemoteAccount:
    cores, memory = guest.whole_number("cores") or 1, guest.whole_number("memory") or 512
    return RemoteAccount(
        external_id=str(guest.vmid),
        label=guest.name or guest.title,
        state="suspended" if guest.tags & STATES else "active",
        operation_key=marks.key_in(guest.config.get("description"), guest.vmid),
        package=f"{cores} cores, {memory} MiB",
        address=guest.address,
        location=guest.node,
        facts={"kind": guest.kind},
    )


def _sample(external_id: str, hour: datetime, amount: float) -> UsageSample:
    return UsageSample(
        external_id=external_id,
        metric=BANDWIDTH,
        quantity=(Decimal(round(amount)) / GIB).quantize(THOUSANDTH),
        at=hour,
        key=f"{external_id}:{BANDWIDTH}:{hour:%Y-%m-%dT%H}",
    )
