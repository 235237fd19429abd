"""What can go wrong at a HestiaCP server, told apart by Hestia-Exit-Code and by nothing else.

HTTP statuses mislead: a suspended account, a bad key and a missing permission are all 401; a refusal can be 200.
Source of rules: return codes recorded in the vendor contract.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final


class Code(IntEnum):
    """Hestia's exit codes, by its own names."""

    OK = 0
    ARGS = 1
    INVALID = 2
    NOTEXIST = 3
    EXISTS = 4
    SUSPENDED = 5
    UNSUSPENDED = 6
    INUSE = 7
    LIMIT = 8
    PASSWORD = 9
    FORBIDDEN = 10
    DISABLED = 11
    PARSING = 12
    DISK = 13
    LOAD = 14
    CONNECT = 15
    FTP = 16
    DB = 17
    RRD = 18
    UPDATE = 19
    RESTART = 20
    API_DISABLED = 21


class Kind(StrEnum):
    """What an error means for the caller."""

    NOT_FOUND = "not_found"
    TAKEN = "taken"
    SUSPENDED = "suspended"  # of the account asked about, never of our key
    LIMIT = "limit"  # the package allows no more
    DISABLED = "disabled"  # the server has no such subsystem
    BUSY = "busy"  # the same call works later
    HALF_DONE = "half_done"  # a sub-command failed: the change may be in place
    PERMANENT = "permanent"  # asking again cannot help
    DENIED = "denied"  # key, permissions or the list of addresses: a person must mend them
    UNREACHABLE = "unreachable"  # it was certainly not done
    UNKNOWN = "unknown"  # it may or may not have been done
    OTHER = "other"  # refused with a code we do not know: try again by the ladder


BY_CODE: Final = {
    Code.ARGS: Kind.PERMANENT,
    Code.INVALID: Kind.PERMANENT,
    Code.NOTEXIST: Kind.NOT_FOUND,
    Code.EXISTS: Kind.TAKEN,
    Code.SUSPENDED: Kind.SUSPENDED,
    Code.UNSUSPENDED: Kind.OTHER,
    Code.INUSE: Kind.BUSY,
    Code.LIMIT: Kind.LIMIT,
    Code.PASSWORD: Kind.DENIED,
    Code.FORBIDDEN: Kind.DENIED,
    Code.DISABLED: Kind.DISABLED,
    Code.PARSING: Kind.HALF_DONE,
    Code.DISK: Kind.BUSY,
    Code.LOAD: Kind.BUSY,
    Code.CONNECT: Kind.BUSY,
    Code.FTP: Kind.HALF_DONE,
    Code.DB: Kind.HALF_DONE,
    Code.RRD: Kind.HALF_DONE,
    Code.UPDATE: Kind.HALF_DONE,
    Code.RESTART: Kind.HALF_DONE,
    Code.API_DISABLED: Kind.DENIED,
}
TOO_MANY: Final = 429


class HestiaError(Exception):
    """The server said no, said nonsense, or said nothing. `text` is safe to show to staff.

    `away`: it was no answer of the panel at all (silence, a page of a proxy), so its breaker counts it.
    """

    def __init__(
        self, kind: Kind, text: str, code: int | None = None, status: int | None = None, *, away: bool = False
    ) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text
        self.code = code
        self.status = status
        self.away = away


def refusal(code: int, text: str, status: int) -> HestiaError:
    """Make sense of an exit code that is not 0."""
    known = BY_CODE.get(Code(code)) if code in Code._value2member_map_ else None
    said = " ".join(text.split())[:500].removeprefix("Error: ") or f"exit code {code}"
    return HestiaError(known or Kind.OTHER, said, code, status)
