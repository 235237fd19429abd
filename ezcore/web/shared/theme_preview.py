"""Which look a member of staff tries, in a signed cookie that is good for this person only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from itsdangerous import BadSignature, URLSafeTimedSerializer

from ezcore.themes.queries import Worn

COOKIE: Final = "ez_theme"
AGE: Final = 8 * 3600


class Looks(NamedTuple):
    """Who looks at what: `changes` is by name of `Worn`, and only what is not as everybody sees it."""

    changes: Mapping[str, str]
    user_id: int

    def over(self, now: Worn) -> Worn:
        """What this person sees where everybody else sees `now`."""
        return now._replace(**self.changes)


def previewed(request: Any) -> Looks | None:
    """What the cookie says; whoever honours it asks whether the actor is this person."""
    raw = request.cookies.get(COOKIE)
    if not raw:
        return None
    try:
        changes, user_id = _signer(request).loads(raw, max_age=AGE)
        return Looks({name: str(changes[name]) for name in Worn._fields if name in changes}, int(user_id))
    except (BadSignature, ValueError, TypeError):
        return None


def start(request: Any, response: Any, changes: Mapping[str, str]) -> None:
    """Let this browser see these changes until it is stopped, published, or the working day is over."""
    value = _signer(request).dumps([dict(changes), request.actor.user_id])
    response.set_cookie(
        COOKIE, value, max_age=AGE, httponly=True, samesite="Lax", secure=request.is_https, path="/"
    )


def stop(response: Any) -> None:
    """Back to what everybody sees."""
    response.delete_cookie(COOKIE, path="/")


def _signer(request: Any) -> URLSafeTimedSerializer:
    key = request.registry["ez.work"].box.subkeys("theme preview")[0]
    return URLSafeTimedSerializer(key, salt="theme")
