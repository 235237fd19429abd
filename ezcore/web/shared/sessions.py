"""The cookie and the session row behind it: who is asking, with which CSRF token, from where.

The cookie `ez_session` holds a random token; the row holds its hash (`ezcore.accounts`). Nothing is read from
a cookie that we did not hand out ourselves, so a planted one is simply nobody.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ezcore.accounts import operations as accounts
from ezcore.accounts import throttle
from ezcore.accounts.operations import Visit
from ezcore.accounts.queries import SessionFacts, session_of
from ezcore.accounts.rules import SEEN_EVERY, place
from ezcore.kernel.actor import Actor
from ezcore.web.shared.api_door import identify_key, is_api
from ezcore.web.shared.scope import SAFE

COOKIE: Final = "ez_session"
_LONGEST: Final = 100
_KEPT: Final = "ez.login_session"


def identify(request: Any) -> Actor:
    """The actor of this request: the user of its session, else a visitor. Views read `request.actor`."""
    if is_api(request):
        return identify_key(request)
    facts = login_session(request)
    if facts is not None and facts.looks_at and request.method not in SAFE:
        # Staff who look at a client's pages change nothing there, whatever a page would let the client do.
        return replace(facts.actor, permissions=frozenset())
    return facts.actor if facts else Actor("visitor", name="visitor", ip=request.remote_addr)


def login_session(request: Any) -> SessionFacts | None:
    """The live session of this request, looked up once; notes that it was seen, at most once a minute."""
    if _KEPT not in request.environ:
        request.environ[_KEPT] = _look_up(request)
    facts: SessionFacts | None = request.environ[_KEPT]
    return facts


def csrf_of_session(request: Any) -> str | None:
    """What forms of a logged-in user must carry; None for a visitor, who gets a signed double submit."""
    facts = login_session(request)
    return facts.csrf if facts else None


def visit_of(request: Any) -> Visit:
    """The browser that asks, as the login operation wants to know it."""
    return Visit(ip=request.remote_addr, agent=request.user_agent or "", session=cookie_token(request))


def cookie_token(request: Any) -> str | None:
    """The token of the cookie, if it can be one."""
    token = request.cookies.get(COOKIE)
    return token if isinstance(token, str) and 0 < len(token) <= _LONGEST and token.isascii() else None


def remember(request: Any, response: Any, token: str) -> None:
    """Hand the browser a session. It is Secure when the site is served by https."""
    settings = request.registry["ez.work"].settings
    request.environ.pop(_KEPT, None)
    response.set_cookie(
        COOKIE,
        token,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=settings.shop.site_url.startswith("https://"),
        max_age=settings.security.session_hours * 3600,
    )


def forget(request: Any, response: Any) -> None:
    """Take the cookie back."""
    request.environ.pop(_KEPT, None)
    response.delete_cookie(COOKIE, path="/")


def hit(request: Any, rate: str, limit: Any) -> int | None:
    """Count a try of this visitor in a rate class; the seconds to wait when there were too many."""
    work = request.registry["ez.work"]
    bucket = f"rate:{rate}:{place(request.remote_addr)}"
    with work.write(Actor("visitor", name="visitor", ip=request.remote_addr)) as uow:
        return throttle.hit(uow, bucket, limit=limit.tries, seconds=limit.seconds) or None


def includeme(config: Any) -> None:
    """Tell the policies who asks, which CSRF token their forms carry, and where tries are counted."""
    config.registry["ez.identify"] = identify
    config.registry["ez.session_csrf"] = csrf_of_session
    config.registry["ez.hit"] = hit


def _look_up(request: Any) -> SessionFacts | None:
    token = cookie_token(request)
    if token is None:
        return None
    work = request.registry["ez.work"]
    with work.read() as uow:
        facts = session_of(uow, token, ip=request.remote_addr)
        stale = facts is not None and facts.seen_at <= uow.now() - SEEN_EVERY
    if facts is not None and stale:
        with work.write(facts.actor) as uow:
            accounts.seen(uow, facts.token_hash)
    return facts
