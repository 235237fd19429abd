"""How a virtual machine says that it is ours, and for which order it was made.

The description carries the operation key and the VMID: a copy made by hand carries the key with another VMID.
A short tag and the first name carry a fingerprint of the key: lists show those and not the description.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

SUSPENDED: Final = "ez-suspended"
SUSPENDED_STOPPED: Final = "ez-suspended-stopped"
OURS: Final = "ez"
LINE: Final = re.compile(r"^ezcore-operation: (\S+) vmid=(\d+)\s*$", re.MULTILINE)


def fingerprint(operation_key: str) -> str:
    """A tag and host name that stands for the key: lists can be searched by it."""
    return "ez-" + hashlib.sha256(operation_key.encode()).hexdigest()[:20]


def description(operation_key: str, vmid: int) -> str:
    """The description of a new machine."""
    return f"Rented out by ezcore; leave the next line.\n\nezcore-operation: {operation_key} vmid={vmid}\n"


def carries(text: object, operation_key: str, vmid: int) -> bool:
    """Whether a description marks this very machine as made for the key."""
    if not isinstance(text, str):
        return False
    return any(found[1] == operation_key and found[2] == str(vmid) for found in LINE.finditer(text))


def key_in(text: object, vmid: int) -> str | None:
    """The operation key that a description marks this very machine with."""
    if not isinstance(text, str):
        return None
    return next((found[1] for found in LINE.finditer(text) if found[2] == str(vmid)), None)


def note(operation_key: str, step_key: str) -> str:
    """The note of a snapshot or backup: for which machine of ours, and by which step of which job it was made."""
    return f"{fingerprint(operation_key)} {hashlib.sha256(step_key.encode()).hexdigest()[:20]}"


def split_tags(text: object) -> frozenset[str]:
    """The tags of a machine."""
    return frozenset(re.split(r"[;, ]+", text)) - {""} if isinstance(text, str) else frozenset()


def join_tags(tags: frozenset[str] | set[str]) -> str:
    """Tags as Proxmox stores them."""
    return ";".join(sorted(tags))
