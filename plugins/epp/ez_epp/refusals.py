"""What the registry's result codes mean for a job (RFC 5730 section 3)."""

from __future__ import annotations

import re
from typing import Final

from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter
from ezcore.plugin_api.errors import StepSignal

PENDING, NO_MESSAGE, MESSAGE = 1001, 1300, 1301
NO_RIGHT, WRONG_CODE, EXISTS, MISSING = 2201, 2202, 2302, 2303
FIRST_REFUSAL: Final = 2000
CLOSING: Final = frozenset({1500, 2500, 2501, 2502})
LOGIN_REFUSED: Final = frozenset({2200, 2501})
NO_MONEY, FAILED, FAILED_CLOSING, BUSY = 2104, 2400, 2500, 2502
SOON: Final = 5.0
SAID: Final = 200
_WAIT = re.compile(r"(\d{1,5}) seconds")


class Refusal(PermanentFailure):
    """A clear no with its code; the caller may know what to do about it."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def signal_of(code: int, said: str, *, changes: bool) -> StepSignal:  # noqa: PLR0911 - a table of codes
    """The signal for a refusal. Text of the registry is cut and without markup."""
    words = re.sub(r"[<>\x00-\x1f]", " ", said)[:SAID].strip()
    if code in LOGIN_REFUSED:
        return NeedsInfo("The registry does not accept our login. Mend it in the settings, then retry.")
    if code == BUSY:
        wait = _WAIT.search(words)
        return RetryAfter(float(wait[1]) if wait else SOON, f"the registry asks to wait: {words}")
    if code in (FAILED, FAILED_CLOSING):
        cause = f"the registry failed ({code}): {words}"
        return OutcomeUnknown(cause, unreachable=False) if changes else RetryAfter(SOON, cause)
    if code == NO_MONEY:
        return NeedsInfo(
            f"Our account at the registry has not enough money ({words}). Top it up, then retry."
        )
    if code == NO_RIGHT:
        return NoRight(f"The registry says that our login may not do this ({words}).")
    if code == WRONG_CODE:
        return Refusal(code, "The registry does not accept the authorisation code.")
    return Refusal(code, f"The registry refuses ({code}): {words}")


class NoRight(NeedsInfo):
    """The login is good, but may not do this with this object."""
