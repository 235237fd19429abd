"""Messages for the next page, in a signed cookie: a GET never writes to the database."""

from __future__ import annotations

import json
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from ezcore.languages import say

COOKIE = "ez_flash"
AGE = 300


def flash(request: Any, kind: str, text: str) -> None:
    """Show `text` on the next page; kind is ok, info, warn or bad."""
    waiting = [*getattr(request, "ez_flash_out", ()), [kind, text]]
    request.ez_flash_out = waiting
    value = _signer(request).dumps(json.dumps(waiting))

    def set_cookie(_request: Any, response: Any) -> None:
        response.set_cookie(
            COOKIE, value, max_age=AGE, httponly=True, samesite="Lax", secure=request.is_https, overwrite=True
        )

    request.add_response_callback(set_cookie)


def flashes(request: Any) -> list[tuple[str, str]]:
    """The messages for this page; they are thrown away with it."""
    raw = request.cookies.get(COOKIE)
    if not raw:
        return []
    request.add_response_callback(_throw_away)
    try:
        return [
            (str(kind), say(str(text))) for kind, text in json.loads(_signer(request).loads(raw, max_age=AGE))
        ]
    except (BadSignature, ValueError):
        return []


def _throw_away(request: Any, response: Any) -> None:
    if not getattr(request, "ez_flash_out", ()):  # a message for the next page stays
        response.delete_cookie(COOKIE)


def _signer(request: Any) -> URLSafeTimedSerializer:
    key = request.registry["ez.work"].box.subkeys("flash")[0]
    return URLSafeTimedSerializer(key, salt="flash")
