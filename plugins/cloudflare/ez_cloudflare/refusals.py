"""What Cloudflare's refusals mean for a job."""

from __future__ import annotations

from typing import Any, Final

from ezcore.plugin_api import NeedsInfo, PermanentFailure

LONGEST: Final = 400
NOT_FOUND: Final = 404
UNAUTHORIZED, FORBIDDEN = 401, 403
ZONE_EXISTS: Final = 1061
RECORD_THERE: Final = frozenset({81057, 81058})
RECORD_CONFLICT: Final = 81053
RECORD_GONE: Final = 81044
BAD_ID: Final = 7003


class Refusal(PermanentFailure):
    """Cloudflare says no, with its codes; trying the same again cannot help."""

    def __init__(self, status: int, codes: frozenset[int], reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.codes = codes


class Missing(Refusal):
    """What was asked for is not there."""


def refusal(status: int, envelope: dict[str, Any] | None) -> Exception:
    """What to raise for an error answer."""
    errors = [one for one in (envelope or {}).get("errors") or [] if isinstance(one, dict)]
    codes = frozenset(code for one in errors if isinstance(code := one.get("code"), int))
    words = sentence("; ".join(str(one.get("message", "")) for one in errors) or f"status {status}")
    if status == UNAUTHORIZED:
        return NeedsInfo(
            f"Cloudflare does not accept our API token ({words}). Mend it in the settings, then retry."
        )
    if status == FORBIDDEN:
        return NeedsInfo(
            f"Cloudflare says that our API token may not do this ({words}). Give the token the permission, then retry."
        )
    kind = Missing if status == NOT_FOUND or BAD_ID in codes else Refusal
    numbers = ", ".join(map(str, sorted(codes)))
    return kind(status, codes, f"Cloudflare refuses: {words}{f' ({numbers})' if numbers else ''}")


def sentence(text: object) -> str:
    """One short line of what the vendor wrote."""
    return " ".join(str(text).split())[:LONGEST]
