"""Who may see a view, and CSRF tokens: in the session row for users, a signed double submit for visitors."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from pyramid.interfaces import ICSRFStoragePolicy
from pyramid.security import Allowed, Denied
from zope.interface import implementer

COOKIE = "ez_csrf"
FIELD = "csrf_token"


class Policy:
    """Pyramid asks here; the actor answers."""

    def identity(self, request: Any) -> Any:
        """The actor."""
        return request.actor

    def authenticated_userid(self, request: Any) -> int | None:
        """The login behind the request."""
        found: int | None = request.actor.user_id
        return found

    def permits(self, request: Any, _context: Any, permission: str) -> Any:
        """`public` is for everybody; `deny-all` for nobody; everything else the actor must have."""
        if permission == "public":
            return Allowed("public")
        if permission != "deny-all" and request.actor.may(permission):
            return Allowed(permission)
        return Denied(permission)

    def remember(self, _request: Any, _userid: Any, **_kw: Any) -> list[tuple[str, str]]:
        """Logging in is an operation of accounts, not of this policy."""
        return []

    def forget(self, _request: Any, **_kw: Any) -> list[tuple[str, str]]:
        """Likewise logging out."""
        return []


@implementer(ICSRFStoragePolicy)
class CsrfTokens:
    """Tokens bound to the session row of a user, or to a random cookie of a visitor."""

    def new_csrf_token(self, request: Any) -> str:
        """A token for this visitor or session."""
        return self.get_csrf_token(request)

    def get_csrf_token(self, request: Any) -> str:
        """The token that forms carry."""
        own: str | None = getattr(request, "session_csrf", None)
        if own:
            return own
        nonce = getattr(request, "ez_csrf_nonce", None) or _valid(request, request.cookies.get(COOKIE))
        if nonce is None:
            nonce = secrets.token_urlsafe(24)
            request.add_response_callback(lambda _r, response: _set_cookie(request, response, nonce))
        request.ez_csrf_nonce = nonce
        return _sign(request, nonce)

    def check_csrf_token(self, request: Any, supplied: str) -> bool:
        """Is this the token of this visitor or session, sent from a page of ours?"""
        if not _from_here(request):
            return False
        own: str | None = getattr(request, "session_csrf", None)
        expected = own
        if expected is None:
            nonce = _valid(request, request.cookies.get(COOKIE))
            expected = _sign(request, nonce) if nonce else None
        if not expected:
            return False
        return hmac.compare_digest(expected.encode(), str(supplied).encode("utf-8", "replace"))


def csrf_field_value(request: Any) -> str:
    """The value for the hidden field of every form."""
    token: str = CsrfTokens().get_csrf_token(request)
    return token


def _from_here(request: Any) -> bool:
    """False when the browser says that another site sent this; old browsers say nothing.

    Pyramid asks this for https only; a shop in a closed network may be http.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    settings = request.registry["ez.work"].settings
    trusted = {one.strip().rstrip("/").lower() for one in settings.security.csrf_trusted_origins.split(",")}
    parts = urlsplit(settings.shop.site_url)
    return origin.lower() in {f"{parts.scheme}://{parts.netloc}".lower(), request.host_url.lower(), *trusted}


def _key(request: Any) -> bytes:
    key: bytes = request.registry["ez.work"].box.subkeys("csrf")[0]
    return key


def _sign(request: Any, nonce: str) -> str:
    return hmac.new(_key(request), b"form:" + nonce.encode(), sha256).hexdigest()


def _valid(request: Any, cookie: str | None) -> str | None:
    nonce, _, mark = (cookie or "").partition(".")
    expected = hmac.new(_key(request), b"cookie:" + nonce.encode("utf-8", "replace"), sha256).hexdigest()[:32]
    return (
        nonce if nonce and hmac.compare_digest(mark.encode("utf-8", "replace"), expected.encode()) else None
    )


def _set_cookie(request: Any, response: Any, nonce: str) -> None:
    mark = hmac.new(_key(request), b"cookie:" + nonce.encode(), sha256).hexdigest()[:32]
    response.set_cookie(
        COOKIE, f"{nonce}.{mark}", httponly=True, samesite="Lax", secure=request.is_https, overwrite=True
    )
