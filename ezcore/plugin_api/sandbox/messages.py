"""What a handler of an imitated vendor reads and answers: one request, one response, standard library only.

webob is kept out on purpose: a plugin may not import it, and rooms below `web` may not either.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from wsgiref.util import application_uri

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class SandboxRequest:
    """A request as the vendor would see it; `args` are the parts of the path named by the route."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    base_url: str
    args: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_environ(cls, environ: Mapping[str, Any]) -> SandboxRequest:
        """Read everything a handler may need out of a WSGI environment. Header names become lower case."""
        headers = {
            key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key[:5] == "HTTP_"
        }
        headers["content-type"] = environ.get("CONTENT_TYPE") or ""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        return cls(
            method=environ["REQUEST_METHOD"].upper(),
            path=environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace") or "/",
            query_string=environ.get("QUERY_STRING", ""),
            headers=headers,
            body=environ["wsgi.input"].read(length) if length else b"",
            base_url=application_uri(dict(environ)).rstrip("/"),
        )

    @cached_property
    def query_pairs(self) -> list[tuple[str, str]]:
        """The query as sent, order and repetitions kept."""
        return parse_qsl(self.query_string, keep_blank_values=True)

    @cached_property
    def form_pairs(self) -> list[tuple[str, str]]:
        """The fields of a form body as sent; empty for any other content type."""
        if not self.headers.get("content-type", "").startswith(_FORM):
            return []
        return parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)

    @property
    def query(self) -> dict[str, str]:
        """The query, the last value of a name winning."""
        return dict(self.query_pairs)

    @property
    def form(self) -> dict[str, str]:
        """The form, the last value of a name winning."""
        return dict(self.form_pairs)

    def json(self) -> Any:
        """The body as JSON.

        Raises: ValueError if it is not JSON.
        """
        return json.loads(self.body or b"null")


@dataclass(frozen=True)
class SandboxResponse:
    """An answer; `reason` replaces the standard phrase where a vendor speaks through it."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    reason: str | None = None

    @property
    def status_line(self) -> str:
        """Status and reason phrase as they go over the wire."""
        return f"{self.status} {self.reason or _phrase(self.status)}"

    @property
    def header_list(self) -> list[tuple[str, str]]:
        """Headers as WSGI wants them."""
        return [("Content-Type", self.content_type), ("Content-Length", str(len(self.body))), *self.headers]


def json_response(
    value: object, status: int = 200, headers: tuple[tuple[str, str], ...] = (), reason: str | None = None
) -> SandboxResponse:
    """An answer in JSON."""
    return SandboxResponse(json.dumps(value).encode(), status, "application/json", headers, reason)


def text_response(
    text: str, status: int = 200, content_type: str = "text/plain; charset=utf-8", reason: str | None = None
) -> SandboxResponse:
    """An answer in text, HTML included."""
    return SandboxResponse(text.encode(), status, content_type, reason=reason)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
