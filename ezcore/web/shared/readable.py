"""Can this request be read at all? Asked once, before any view, so that no view meets bytes it cannot decode.

Rules: `B001`-`B008` of the bad-input table. What a single field may hold is the form reader's question.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MAX_FIELDS: Final = 500
MAX_ADDRESS: Final = 8_000
MAX_BODY: Final = 2 * 1024 * 1024
MAX_UPLOAD: Final = 25 * 1024 * 1024
"""The largest body where files may come: messages to the support desk, files to hand out. Nothing of it is unpacked."""
_UPLOADS: Final = ("/tickets/", "/admin/tickets/", "/admin/content/downloads/")
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_UTF8: Final = ("", "utf-8", "utf8")


class Unreadable(NamedTuple):
    """Why not: the status of the answer and a sentence for a person."""

    status: int
    words: str


def why_unreadable(request: Any) -> Unreadable | None:
    """What is wrong with the request as it came over the wire; None when it can be read."""
    if request.method not in METHODS:
        return Unreadable(405, "This kind of request is not answered here.")
    try:
        return _address(request) or _body(request)
    except (UnicodeError, ValueError, LookupError):
        # WebOb and cgi decode while they are read; each has its own way to give up.
        return Unreadable(400, "This request cannot be read.")


def host_of(value: str | None) -> str | None:
    """The host name of a Host header, without its port; None when it is not one host."""
    if not value or any(char in value for char in " ,/@\\?#"):
        return None
    try:
        parts = urlsplit(f"//{value}")
        _ = parts.port
    except ValueError:
        return None
    return parts.hostname


def storable(text: str) -> bool:
    """False for NUL and lone surrogates, which no database takes."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _address(request: Any) -> Unreadable | None:
    path, query = request.path_info, request.GET
    if len(path) + len(request.query_string) > MAX_ADDRESS or len(query) > MAX_FIELDS:
        return Unreadable(400, "This address is too long.")
    if path.startswith("//") or not all(storable(text) for text in (path, *query.keys(), *query.values())):
        return Unreadable(400, "This address cannot be read.")
    return None


def _body(request: Any) -> Unreadable | None:
    length = request.content_length or 0
    if length < 0:
        return Unreadable(400, "This request cannot be read.")
    if length > _largest(request):
        return Unreadable(413, "This is larger than we accept.")
    if request.method in ("GET", "HEAD", "OPTIONS") or request.content_type not in _FORMS:
        return None
    return _form(request)


def _largest(request: Any) -> int:
    takes_files = request.content_type == _FORMS[1] and request.path_info.startswith(_UPLOADS)
    return MAX_UPLOAD if takes_files else MAX_BODY


def _form(request: Any) -> Unreadable | None:
    if (request.charset or "").lower() not in _UTF8:
        return Unreadable(400, "Forms are read as UTF-8.")
    # Counted before it is parsed: parsing is what a flood of fields makes slow.
    flood = request.content_type == _FORMS[0] and request.body.count(b"&") >= MAX_FIELDS
    if flood or len(request.POST) > MAX_FIELDS:
        return Unreadable(400, "This form has too many fields.")
    return None
