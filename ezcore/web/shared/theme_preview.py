"""Which theme a member of staff looks at, in a signed cookie that is good for this person only."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE: Final = "ez_theme"
AGE: Final = 8 * 3600


class Looks(NamedTuple):
    """Who looks at which theme."""

    theme: str
    user_id: int


def previewed(request: Any) -> Looks | None:
    """What the cookie says; whoever honours it asks whether the actor is this person."""
    raw = request.cookies.get(COOKIE)
    if not raw:
        return None
    try:
        theme, user_id = _signer(request).loads(raw, max_age=AGE)
        return Looks(str(theme), int(user_id))
    except (BadSignature, ValueError, TypeError):
        return None


def start(request: Any, response: Any, name: str) -> None:
    """Let this browser see the theme until it is stopped, published, or the working day is over."""
    value = _signer(request).dumps([name, request.actor.user_id])
    response.set_cookie(
        COOKIE, value, max_age=AGE, httponly=True, samesite="Lax", secure=request.is_https, path="/"
    )


def stop(response: Any) -> None:
    """Back to what everybody sees."""
    response.delete_cookie(COOKIE, path="/")


def _signer(request: Any) -> URLSafeTimedSerializer:
    key = request.registry["ez.work"].box.subkeys("theme preview")[0]
    return URLSafeTimedSerializer(key, salt="theme")
