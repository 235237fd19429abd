"""Where one who just logged in begins: staff in the admin area, clients on their dashboard."""

from __future__ import annotations

from ezcore.accounts.queries import session_of
from ezcore.kernel.actor import Actor
from ezcore.web.shared.request import EzRequest
from ezcore.web.storefront.accounts.answers import DASHBOARD


def home_of(request: EzRequest, token: str) -> str:
    """The first page of whoever has this session."""
    with request.work.read() as uow:
        facts = session_of(uow, token)
    return home(facts.actor) if facts else DASHBOARD


def home(actor: Actor) -> str:
    """The first page of an actor."""
    return "/admin/" if actor.kind == "staff" else DASHBOARD
