"""A virtual machine or container as the cluster describes it, read with suspicion: answers are input like any other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ez_proxmox import marks
from ez_proxmox.errors import Kind, ProxmoxError

NODE: Final = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9\-]*[a-zA-Z0-9])?")
DISK: Final = re.compile(r"(scsi|virtio|sata|ide)\d+|rootfs")
QEMU: Final = "qemu"
LXC: Final = "lxc"
KINDS: Final = (QEMU, LXC)
SIZE: Final = re.compile(r"(?:^|,)size=(\d+(?:\.\d+)?)([KMGT]?)(?:,|$)")
GIB: Final = {"": 1 / 1024**3, "K": 1 / 1024**2, "M": 1 / 1024, "G": 1.0, "T": 1024.0}


@dataclass(frozen=True)
class Place:
    """Where a machine is: one line of the cluster's resource list. The list may be some seconds old."""

    vmid: int
    node: str
    name: str = ""
    tags: frozenset[str] = frozenset()
    kind: str = QEMU
    template: bool = False


@dataclass(frozen=True)
class Guest:
    """A machine with its configuration, as just read from its node."""

    vmid: int
    node: str
    config: Mapping[str, Any]
    kind: str = QEMU

    @property
    def path(self) -> str:
        """The address of its calls."""
        return f"nodes/{self.node}/{self.kind}/{self.vmid}"

    @property
    def is_container(self) -> bool:
        """Whether it is a container (LXC)."""
        return self.kind == LXC

    @property
    def title(self) -> str:
        """How Proxmox calls it in its texts: VM 100, CT 101."""
        return f"{'CT' if self.is_container else 'VM'} {self.vmid}"

    @property
    def name(self) -> str:
        """Its host name."""
        return str(self.config.get("hostname" if self.is_container else "name") or "")

    @property
    def lock(self) -> str | None:
        """What holds it (clone, backup, migrate ...)."""
        lock = self.config.get("lock")
        return str(lock) if lock else None

    @property
    def tags(self) -> frozenset[str]:
        """Its tags."""
        return marks.split_tags(self.config.get("tags"))

    def whole_number(self, name: str) -> int | None:
        """A setting that is a number; some releases answer numbers as texts."""
        text = str(self.config.get(name, ""))
        return int(text) if text.isdecimal() else None

    @property
    def starts_with_node(self) -> bool:
        """Whether it is started when its node boots."""
        return str(self.config.get("onboot", 0)) == "1"

    @property
    def addresses(self) -> list[str]:
        """The addresses it is told to use, without prefix, the fourth version first; none with DHCP."""
        line = str(self.config.get("net0" if self.is_container else "ipconfig0", ""))
        return re.findall(r"(?:^|,)ip6?=([0-9a-fA-F.:]+)/", line)

    @property
    def address(self) -> str | None:
        """The first of its addresses; None with DHCP."""
        return next(iter(self.addresses), None)

    def is_for(self, operation_key: str) -> bool:
        """Whether it carries our mark for the key."""
        return marks.carries(self.config.get("description"), operation_key, self.vmid)

    def boot_disk(self) -> tuple[str, float]:
        """Name and size in GiB of the disk it starts from.

        Raises: ProxmoxError when it has none.
        """
        names = [name for name in sorted(self.config) if DISK.fullmatch(name) and self._is_disk(name)]
        first = re.search(r"order=([a-z]+\d+)", str(self.config.get("boot", "")))
        name = first[1] if first and first[1] in names else (names[0] if names else None)
        size = SIZE.search(str(self.config[name])) if name else None
        if name is None or size is None:
            raise ProxmoxError(Kind.PERMANENT, f"{self.title} has no disk whose size we can read")
        return name, float(size[1]) * GIB[size[2]]

    def _is_disk(self, name: str) -> bool:
        line = str(self.config[name])
        return "media=cdrom" not in line and not line.startswith("none")


def node_name(value: object) -> str:
    """A node name from an answer; it becomes part of addresses.

    Raises: ProxmoxError when it is something else.
    """
    if isinstance(value, str) and NODE.fullmatch(value):
        return value
    raise ProxmoxError(Kind.UNREACHABLE, "the answer names a node that cannot be one")


def places(answer: object) -> list[Place]:
    """Read /cluster/resources?type=vm: virtual machines and containers, templates too.

    Raises: ProxmoxError for anything that is not such a list.
    """
    if not isinstance(answer, list):
        raise ProxmoxError(Kind.UNREACHABLE, "the list of machines is no list")
    return [_place(line) for line in answer if isinstance(line, dict) and line.get("type") in KINDS]


def _place(line: Mapping[str, Any]) -> Place:
    try:
        vmid = int(line["vmid"])
    except (KeyError, TypeError, ValueError):
        raise ProxmoxError(Kind.UNREACHABLE, "the list of machines has a line without a number") from None
    tags = marks.split_tags(line.get("tags"))
    template = str(line.get("template", 0)) == "1"
    return Place(vmid, node_name(line.get("node")), str(line.get("name", "")), tags, line["type"], template)
