"""A machine as its client sees it now: facts, loads, charts, snapshots, backups, firewall."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from ez_proxmox import backups, rules, snapshots
from ez_proxmox.cluster import Cluster
from ez_proxmox.errors import Kind, ProxmoxError
from ez_proxmox.guest import Guest
from ez_proxmox.measured import Point, points
from ez_proxmox.power import STATES
from ez_proxmox.reverse import ReverseNames
from ez_proxmox.workshop import Workshop, settings_of
from ezcore.plugin_api.ports.looks import (
    Block,
    ChartBlock,
    FactsBlock,
    Look,
    Meter,
    MetersBlock,
    RowAction,
    Series,
    TableBlock,
    TableRow,
)
from ezcore.plugin_api.ports.provisioning import ServerFacts
from ezcore.plugin_api.values import Resource

MIB: Final = Decimal(1024**2)
GIB: Final = Decimal(1024**3)
CENT: Final = Decimal("0.01")
SAID: Final = ("Addresses", "Kind", "Reverse name")
"""Rows whose value may be a word: "by DHCP", "Container", "(being entered)"."""
RESTART: Final = "A restart is needed for the new size: it runs with the old one."


@dataclass(frozen=True)
class Looking:
    """Takes looks. Blocks that the cluster cannot give now are left out, with a sentence."""

    workshop: Workshop

    def look(self, server: ServerFacts, resource: Resource) -> Look:
        """The machine now; `missing` when every node says that it is gone. Raises: ProxmoxError."""
        with self.workshop.cluster(server) as cluster:
            kind = str(resource.facts.get("kind", "qemu"))
            guest = cluster.guest(int(resource.external_id), resource.location, kind)
            if guest is None or not guest.is_for(resource.operation_key):
                guest = cluster.find(resource.operation_key)
            if guest is None:
                return Look(state="missing")
            return self._of(cluster, guest, server, resource)

    def _of(self, cluster: Cluster, guest: Guest, server: ServerFacts, resource: Resource) -> Look:
        status = cluster.status(guest)
        notes = [f"It is busy now ({guest.lock})."] if guest.lock else []
        notes += [RESTART] if not guest.is_container and cluster.needs_restart(guest) else []
        blocks: list[Block] = [self._facts(guest, status, server, resource), _meters(guest, status)]
        parts: tuple[Callable[[], Sequence[Block]], ...] = (
            lambda: _charts(points(cluster.lines(f"{guest.path}/rrddata", timeframe="day", cf="AVERAGE"))),
            lambda: [_snapshots(snapshots.listed(cluster, guest))],
            lambda: self._backups(cluster, guest, server, resource),
            lambda: [_rules(rules.listed(cluster, guest))] if settings_of(server).firewall else [],
        )
        for part in parts:
            try:
                blocks += part()
            except ProxmoxError as error:
                if error.kind is not Kind.DENIED and error.kind is not Kind.OTHER:
                    raise
                notes.append("A part of this view could not be read from the server.")
        return Look(
            state="suspended" if guest.tags & STATES else "active",
            power="on" if status["status"] == "running" else "off",
            address=guest.address,
            location=guest.node,
            blocks=tuple(blocks),
            notes=tuple(dict.fromkeys(notes)),
        )

    def _facts(
        self, guest: Guest, status: dict[str, Any], server: ServerFacts, resource: Resource
    ) -> FactsBlock:
        rows = [("Host name", guest.name), ("Addresses", ", ".join(guest.addresses) or "by DHCP")]
        extra = resource.facts.get("extra_addresses")
        rows += [("More addresses", str(extra))] if extra else []
        for address, name, is_set in ReverseNames(self.workshop).of(server, resource.operation_key):
            rows.append((f"Reverse name of {address}", name if is_set else f"{name} (being entered)"))
        rows += [
            ("Kind", "Container" if guest.is_container else "Virtual machine"),
            ("Number", str(guest.vmid)),
        ]
        rows += [("Node", guest.node)]
        uptime = _decimal(status.get("uptime"))
        rows += [("Up since", _since(int(uptime), self.workshop.context.clock.now()))] if uptime else []
        said = tuple(number for number, (name, _) in enumerate(rows) if name.startswith(SAID))
        return FactsBlock(
            title="Machine", rows=tuple((name, value[:400]) for name, value in rows), words=said
        )

    def _backups(
        self, cluster: Cluster, guest: Guest, server: ServerFacts, resource: Resource
    ) -> Sequence[Block]:
        storage = settings_of(server).backup_storage
        if not storage:
            return []
        kept = backups.listed(cluster, guest.node, storage, guest.vmid, resource.operation_key)
        rows = tuple(
            TableRow(cells=(_moment(one.at), f"{_gib(Decimal(one.size))} GiB"), actions=_backup_actions(one))
            for one in kept
        )
        return [TableBlock(title="Backups", columns=("Made", "Size"), words=(0,), rows=rows)]


def _backup_actions(one: backups.Kept) -> tuple[RowAction, ...]:
    inputs = (("volume", one.volume),)
    remove = () if one.protected else (RowAction(action="backup_delete", title="Remove", inputs=inputs),)
    return (RowAction(action="backup_restore", title="Restore", inputs=inputs), *remove)


def _snapshots(taken: Sequence[snapshots.Taken]) -> TableBlock:
    rows = tuple(
        TableRow(
            cells=(one.name, _moment(one.at)),
            actions=(
                RowAction(action="snapshot_rollback", title="Roll back", inputs=(("name", one.name),)),
                RowAction(action="snapshot_delete", title="Remove", inputs=(("name", one.name),)),
            ),
        )
        for one in taken
    )
    return TableBlock(title="Snapshots", columns=("Name", "Taken"), words=(1,), rows=rows)


def _rules(there: Sequence[rules.Rule]) -> TableBlock:
    rows = tuple(
        TableRow(
            cells=one.words,
            actions=(RowAction(action="firewall_delete", title="Remove", inputs=(("mark", one.mark),)),)
            if one.mark
            else (),
        )
        for one in there
    )
    columns = ("Direction", "What happens", "Protocol", "Ports", "From")
    return TableBlock(
        title="Firewall",
        columns=columns,
        words=(0, 2, 3, 4),
        rows=rows,
        empty="No rules: everything may come in",
    )


def _meters(guest: Guest, status: dict[str, Any]) -> MetersBlock:
    meters = [
        Meter(label="Processor", used=_share(status.get("cpu")), limit=Decimal(100), unit="%"),
        Meter(
            label="Memory", used=_mib(status.get("mem")), limit=_mib(status.get("maxmem")), unit="MiB",
        ),
    ]  # fmt: skip
    used, size = _decimal(status.get("disk")), _decimal(status.get("maxdisk"))
    if used or guest.is_container:  # of a virtual machine the cluster knows the size only
        meters.append(Meter(label="Disk", used=_gib(used), limit=_gib(size) or None, unit="GiB"))
    return MetersBlock(title="Now", meters=tuple(meters))


def _charts(measured: Sequence[Point]) -> Sequence[Block]:
    if not measured:
        return []
    times = tuple(datetime.fromtimestamp(point.time, UTC) for point in measured)

    def series(label: str, name: str, factor: float) -> Series:
        values = (point.of(name) for point in measured)
        return Series(label=label, values=tuple(None if v is None else round(v * factor, 3) for v in values))

    mib, kib = 1 / 1024**2, 1 / 1024
    network = (series("In", "netin", kib), series("Out", "netout", kib))
    return [
        ChartBlock(title="Processor", unit="%", times=times, series=(series("Load", "cpu", 100),)),
        ChartBlock(title="Memory", unit="MiB", times=times, series=(series("Used", "mem", mib),)),
        ChartBlock(title="Network", unit="KiB/s", times=times, series=network),
    ]


def _decimal(value: object) -> Decimal:
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return Decimal(0)
    return number if number.is_finite() and 0 <= number < 10**18 else Decimal(0)


def _share(value: object) -> Decimal:
    return min(_decimal(value) * 100, Decimal(100)).quantize(CENT)


def _mib(value: object) -> Decimal:
    return (_decimal(value) / MIB).quantize(Decimal(1))


def _gib(value: Decimal) -> Decimal:
    return (value / GIB).quantize(CENT)


def _moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC") if at else "unknown"


def _since(seconds: int, now: datetime) -> str:
    return _moment(datetime.fromtimestamp(now.timestamp() - seconds, UTC))
