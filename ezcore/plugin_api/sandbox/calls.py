"""Remembers every call an imitated vendor got, with secrets masked by key, for tests and for the curious."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ezcore.plugin_api.sandbox.messages import SandboxRequest
    from ezcore.plugin_api.sandbox.store import Document, Store

MASK = "********"
_SECRET = re.compile(
    r"authorization|cookie|password|passwd|secret|token|api[-_]?key|private|signature|\bcvc\b|epp",
    re.IGNORECASE,
)
_KIND = "_call"
_KEPT = 5000


def masked(fields: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
    """The fields with every value masked whose key smells of a secret."""
    pairs = fields.items() if isinstance(fields, Mapping) else fields
    return {key: MASK if _SECRET.search(key) else value for key, value in pairs}


class CallLog:
    """The last 5000 calls, oldest first."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open(self, call: str, request: SandboxRequest, at: str, fault: str | None) -> Document:
        """Write a call down before it is handled, so that a lost one is seen too."""
        number = self._store.next_number(_KIND)
        document: Document = {
            "number": number,
            "at": at,
            "call": call,
            "method": request.method,
            "path": request.path,
            "query": masked(request.query_pairs),
            "params": masked(request.form_pairs) or _json_fields(request),
            "headers": masked(request.headers),
            "fault": fault,
            "status": None,
        }
        self._store.put(_KIND, f"{number:09d}", document)
        self._store.delete(_KIND, f"{number - _KEPT:09d}")
        return document

    def close(self, document: Document, status: int) -> None:
        """Write down what was answered; a lost answer stays without a status."""
        self._store.put(_KIND, f"{document['number']:09d}", {**document, "status": status})

    def all(self, call: str | None = None) -> list[Document]:
        """The calls, all of them or those of one route."""
        return [document for document in self._store.all(_KIND) if call is None or document["call"] == call]

    def clear(self) -> None:
        """Forget them."""
        self._store.clear(_KIND)


def _json_fields(request: SandboxRequest) -> dict[str, str]:
    if "json" not in request.headers.get("content-type", ""):
        return {}
    try:
        value = request.json()
    except ValueError:
        return {}
    return masked({str(key): str(item) for key, item in value.items()}) if isinstance(value, dict) else {}
