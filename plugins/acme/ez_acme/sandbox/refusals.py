"""The problem documents (RFC 7807) of an ACME authority."""

from __future__ import annotations

from typing import Any

PREFIX = "urn:ietf:params:acme:error:"


class Refusal(Exception):
    """A refusal as it goes over the wire."""

    def __init__(self, kind: str, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.status = status
        self.problem: dict[str, Any] = problem(kind, detail, status)


def problem(kind: str, detail: str, status: int) -> dict[str, Any]:
    """The document itself."""
    return {"type": PREFIX + kind, "detail": detail, "status": status}
