"""Replies that a vendor, a proxy or an attacker may really send; none may be believed or break us."""

from __future__ import annotations

from typing import Any, Final

from ezcore.plugin_api.errors import OutcomeUnknown, RetryAfter
from ezcore.plugin_api.sandbox.wsgi import SandboxApp

HOSTILE_REPLIES: dict[str, dict[str, Any]] = {
    "an error page of a proxy": {"body": "<html><h1>502 Bad Gateway</h1></html>", "status": 200},
    "nothing": {"body": "", "status": 200},
    "half an answer": {"body": '{"id": "x_1", "sta', "content_type": "application/json"},
    "another shape": {"body": [1, 2, 3]},
    "a list of nothing": {"body": {"data": None}},
    "values of other types": {
        "body": '{"id": 7, "status": ["succeeded"], "amount": "much", "data": Infinity}',
        "content_type": "application/json",
    },
}
"""Name -> arguments of the fault `hostile`; the effect happens, the answer is this."""

HOSTILE_PAGES: dict[str, dict[str, Any]] = {
    "a page with a script": {"body": "<html><script>alert(document.cookie)</script></html>", "status": 200},
    "200 MB": {"body": "<script>", "repeat": 25_000_000, "content_type": "application/json"},
}
"""The same: pages that a browser would run, and an answer that fits into no memory."""

ODD_REPLIES: dict[str, dict[str, Any]] = {**HOSTILE_REPLIES, **HOSTILE_PAGES}
"""All of them."""

OUTAGES: Final[tuple[tuple[str, dict[str, Any], bool], ...]] = (
    ("lose_request", {}, True),
    ("error", {"status": 502, "body": "<html><h1>502 Bad Gateway</h1></html>"}, True),
    ("error", {"status": 503, "body": "<html><h1>503 Service Unavailable</h1></html>"}, True),
    ("rate_limit", {"retry_after": 2}, False),
)
"""Fault, its arguments, and whether it means that nobody can be reached; else the vendor is there and says: wait."""

MOST_TAKEN: Final = 64_000_000
"""Bytes of one answer that a client may take before it hangs up, what lies in the buffers between included."""


def assert_inert(sandbox: SandboxApp, said: str) -> None:
    """Nothing that a browser would run is in what staff read, and no answer was read to an end that never comes."""
    assert "<script" not in said
    assert sandbox.most_taken <= MOST_TAKEN, "an answer of 200 MB was taken into memory"


def says_away(signal: BaseException) -> bool:
    """Does this signal count against the vendor, as one that cannot be reached?"""
    assert isinstance(signal, OutcomeUnknown | RetryAfter), f"{signal!r} is no word of an outage"
    return signal.unreachable
