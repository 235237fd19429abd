"""What can go wrong at a Proxmox cluster, told apart by the one table of its error texts.

Almost every refusal is HTTP 500 with a text, also "not found" and "already exists"; tasks end with the same
texts. Source of rules: message texts recorded in the vendor contract (qemu-server 9.2, pve-http-server).
"""

from __future__ import annotations

import re
from enum import StrEnum
from http import HTTPStatus
from typing import Final


class Kind(StrEnum):
    """What an error means for the caller."""

    NOT_FOUND = "not_found"
    TAKEN = "taken"
    BUSY = "busy"  # locked or overloaded: the same call works later
    ALREADY = "already"  # what was asked is so already
    PERMANENT = "permanent"  # asking again cannot help
    DENIED = "denied"  # token or rights: a person must mend the server's settings
    PERSON = "person"  # somebody protected it on purpose
    UNREACHABLE = "unreachable"  # it was certainly not done
    UNKNOWN = "unknown"  # it may or may not have been done
    OTHER = "other"  # refused with a text we do not know: try again by the ladder


TABLE: Final[tuple[tuple[Kind, str], ...]] = (
    (
        Kind.NOT_FOUND,
        r"configuration file '.*' does not exist|no such task|unable to find configuration file",
    ),
    (Kind.NOT_FOUND, r"snapshot '.*' does not exist|no rule at position|no such volume|no such IPSet"),
    (Kind.TAKEN, r"config file already exists|(VM|CT) \d+ already exists|already exists on node"),
    (Kind.UNKNOWN, r"got no worker upid"),
    (
        Kind.PERMANENT,
        r"shrinking disks is not supported|storage '.*' does not exist|disk '.*' does not exist",
    ),
    (Kind.PERMANENT, r"not allowed for linked clones|can't clone (VM )?to|SSH public key validation error"),
    (Kind.PERMANENT, r"snapshot name '.*' already used|snapshot feature is not available|can't snapshot"),
    (Kind.PERMANENT, r"no such cluster node|hostname lookup '.*' failed"),
    (Kind.PERSON, r"protection mode enabled|used in HA resources"),
    (
        Kind.BUSY,
        r"is locked|can't lock file|got (lock )?timeout|checksum mismatch|is running - destroy failed",
    ),
    (
        Kind.ALREADY,
        r"(VM|CT) \d+ already running|(VM|CT) \d+ (is )?not running|(IPSet|address) '.*' already exists",
    ),
)
_COMPILED: Final = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in TABLE)
_STATUS: Final = {
    HTTPStatus.UNAUTHORIZED: Kind.DENIED,
    HTTPStatus.FORBIDDEN: Kind.DENIED,
    HTTPStatus.BAD_REQUEST: Kind.PERMANENT,
    HTTPStatus.NOT_IMPLEMENTED: Kind.PERMANENT,
    HTTPStatus.TOO_MANY_REQUESTS: Kind.BUSY,
    HTTPStatus.SERVICE_UNAVAILABLE: Kind.BUSY,
    HTTPStatus.BAD_GATEWAY: Kind.UNKNOWN,
    HTTPStatus.GATEWAY_TIMEOUT: Kind.UNKNOWN,
    595: Kind.UNREACHABLE,  # AnyEvent::HTTP: the target node refused the connection
    596: Kind.UNKNOWN,
    597: Kind.UNKNOWN,
    598: Kind.UNKNOWN,
    599: Kind.UNKNOWN,
}
AWAY: Final = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT, *range(595, 600)}
)
"""What a gateway says when nobody behind it answers."""


class ProxmoxError(Exception):
    """The cluster said no, said nonsense, or said nothing. `text` is safe to show to staff.

    `away`: it was no answer of the cluster at all (silence, a page of a proxy), so its breaker counts it.
    """

    def __init__(self, kind: Kind, text: str, status: int | None = None, *, away: bool = False) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text
        self.status = status
        self.away = away


class TaskFailed(ProxmoxError):
    """A task was accepted and ended badly; nobody works on it any more."""


def kind_of_text(text: str) -> Kind | None:
    """What a text of a refusal or a task's end means, if the table knows it."""
    return next((kind for kind, pattern in _COMPILED if pattern.search(text)), None)


def refusal(status: int, text: str, *, changes: bool) -> ProxmoxError:
    """Make sense of an answer of status 400 and above. `changes`: the call was not a mere reading.

    The status decides where it is unambiguous (credentials, gateways); otherwise the text does.
    """
    by_status = _STATUS.get(status)
    kind = (
        by_status
        if by_status not in (None, Kind.PERMANENT)
        else kind_of_text(text) or by_status or Kind.OTHER
    )
    if kind is Kind.UNKNOWN and not changes:
        kind = Kind.UNREACHABLE
    said = text.strip() or f"status {status} without a reason"
    return ProxmoxError(kind or Kind.OTHER, said, status, away=status in AWAY)


def failed_task(exitstatus: str) -> TaskFailed:
    """Make sense of a task that ended badly."""
    return TaskFailed(kind_of_text(exitstatus) or Kind.OTHER, exitstatus)
