"""Cloudflare's envelope around every answer, and the refusals in it."""

from __future__ import annotations

from typing import Any, Final

from ezcore.plugin_api.sandbox import SandboxResponse, json_response

LIMITS: Final = (("Ratelimit", '"default";r=50;t=30'), ("Ratelimit-Policy", '"burst";q=100;w=60'))


class Refusal(Exception):
    """A refusal as it goes over the wire."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def granted(result: Any, status: int = 200, info: dict[str, Any] | None = None) -> SandboxResponse:
    """What was asked for."""
    body: dict[str, Any] = {"success": True, "errors": [], "messages": [], "result": result}
    if info is not None:
        body["result_info"] = info
    return json_response(body, status, LIMITS)


def refused(error: Refusal, *headers: tuple[str, str]) -> SandboxResponse:
    """A no, with its code."""
    errors = [{"code": error.code, "message": error.message}]
    body = {"success": False, "errors": errors, "messages": [], "result": None}
    return json_response(body, error.status, (*LIMITS, *headers))


def paged(items: list[Any], page: int, per_page: int) -> SandboxResponse:
    """One page of a list."""
    start = (page - 1) * per_page
    some = items[start : start + per_page]
    info = {
        "page": page, "per_page": per_page, "count": len(some), "total_count": len(items),
        "total_pages": max(1, -(-len(items) // per_page)),
    }  # fmt: skip
    return granted(some, info=info)
