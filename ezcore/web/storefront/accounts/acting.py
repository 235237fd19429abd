"""For whom a person acts: the choice among several clients, and the way back for staff who look at a client's pages."""

from __future__ import annotations

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts.people import looking
from ezcore.accounts.people import operations as people
from ezcore.kernel.errors import NotAllowed
from ezcore.web.shared.flash import flash
from ezcore.web.shared.path_ids import as_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.sessions import login_session
from ezcore.web.shared.views import page
from ezcore.web.storefront.accounts.answers import DASHBOARD, go_to


@page("switch", "/account/switch/", method="POST", public="account door", audit="user.switch_client")
def switch(request: EzRequest) -> HTTPSeeOther:
    """Act for another client of mine; whether it is mine is asked again on every request."""
    facts = login_session(request)
    if facts is None:
        raise NotAllowed("Please log in")
    people.switch(request.uow, facts.token_hash, as_id(str(request.POST.get("client", ""))))
    return go_to(DASHBOARD)


@page(
    "stop_looking", "/account/stop-looking/", method="POST", public="account door", audit="client.look_end",
)  # fmt: skip
def stop_looking(request: EzRequest) -> HTTPSeeOther:
    """Back to the admin area."""
    facts = login_session(request)
    if facts is None:
        raise NotAllowed("Please log in")
    client_id = looking.end(request.uow, facts.token_hash)
    flash(request, "ok", "You are back at work.")
    return go_to(f"/admin/clients/{client_id}/")
