"""Replies that a vendor, a proxy or an attacker may really send; none may be believed or break us."""

from __future__ import annotations

from typing import Any

HOSTILE_REPLIES: dict[str, dict[str, Any]] = {
    "an error page of a proxy": {"body": "<html><h1>502 Bad Gateway</h1></html>", "status": 200},
    "nothing": {"body": "", "status": 200},
    "half an answer": {"body": '{"id": "x_1", "sta', "content_type": "application/json"},
    "another shape": {"body": [1, 2, 3]},
    "a list of nothing": {"body": {"data": None}},
    "values of other types": {"body": {"id": 7, "status": ["succeeded"], "amount": "much", "data": 1e400}},
}
"""Name -> arguments of the fault `hostile`; the effect happens, the answer is this."""

HOSTILE_PAGES: dict[str, dict[str, Any]] = {
    "a page with a script": {"body": "<html><script>alert(document.cookie)</script></html>", "status": 200},
    "200 MB": {"body": "<script>", "repeat": 25_000_000, "content_type": "application/json"},
}
"""The same: pages that a browser would run, and an answer that fits into no memory."""
