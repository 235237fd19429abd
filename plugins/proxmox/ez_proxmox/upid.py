"""Names of Proxmox worker tasks (UPID): read, check and build them.

Source of rules: PVE::Tools upid_encode / upid_decode as recorded in the vendor contract.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

UPID_PATTERN = re.compile(
    r"^UPID:([a-zA-Z0-9]([a-zA-Z0-9\-]*[a-zA-Z0-9])?):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):"
    r"([0-9A-Fa-f]{8}):([^:\s/]+):([^:\s/]*):([^:\s/]+):$"
)


class NotAUpid(ValueError):
    """The text does not follow the UPID grammar."""


@dataclass(frozen=True)
class Upid:
    """One worker task of one node. `starttime` is Unix time in seconds.

    For ``qmclone`` the field `id` is the *source* machine, not the new one.
    """

    node: str
    pid: int
    pstart: int
    starttime: int
    type: str
    id: str
    user: str

    def __str__(self) -> str:
        return (
            f"UPID:{self.node}:{self.pid:08X}:{self.pstart:08X}:{self.starttime:08X}:"
            f"{self.type}:{self.id}:{self.user}:"
        )

    @classmethod
    def parse(cls, text: str) -> Upid:
        """Read a UPID.

        Raises: NotAUpid when the text is anything else.
        """
        match = UPID_PATTERN.fullmatch(text)
        if match is None:
            raise NotAUpid(f"not a worker task name: {text[:80]!r}")
        node, _, pid, pstart, starttime, kind, object_id, user = match.groups()
        return cls(node, int(pid, 16), int(pstart, 16), int(starttime, 16), kind, object_id, user)


def is_upid(text: object) -> bool:
    """Whether the value is a well-formed UPID (older releases answer null instead)."""
    return isinstance(text, str) and UPID_PATTERN.fullmatch(text) is not None
