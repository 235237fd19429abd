"""/unsubscribe/<signed link>/: no more marketing mail, without a login; also by one POST of a mail program (RFC 8058).

The POST comes without a cookie, so the signature in the address stands for the token of a form.
"""

from __future__ import annotations

from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts.models import Client
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import NotFound
from ezcore.messaging.mailings import operations as mailings
from ezcore.messaging.mailings import queries
from ezcore.messaging.unsubscribing import client_of
from ezcore.web.shared.views import page

ADDRESS: Final = "/unsubscribe/{token}/"


@page("unsubscribe", ADDRESS, public="secret link", template="client/unsubscribe.pt")
def show(request: Any) -> dict[str, Any]:
    """Whether this client gets marketing mail. Looking changes nothing: programs follow links in mails."""
    client_id = _client(request)
    if request.uow.session.get(Client, client_id) is None:
        raise NotFound("There is no such page")
    return {"refuses": queries.refuses(request.uow, client_id)}


@page(
    "unsubscribe", ADDRESS, method="POST", public="signed webhook", csrf=False, ambient=False, rate="form",
    audit="mailing.refuse",
)  # fmt: skip
def change(request: Any) -> Any:
    """No more of it; or, from the page, again."""
    client_id, work = _client(request), request.registry["ez.work"]
    with work.write(
        Actor("visitor", client_id=client_id, name="link in a mail", ip=request.remote_addr)
    ) as uow:
        if uow.session.get(Client, client_id) is None:
            raise NotFound("There is no such page")
        act = mailings.accept if request.POST.get("again") == "yes" else mailings.refuse
        act(uow, client_id)
    return HTTPSeeOther(request.path)


def _client(request: Any) -> int:
    """Raises: NotFound for a link that we did not sign."""
    found = client_of(request.registry["ez.work"].box, request.matchdict["token"])
    if found is None:
        raise NotFound("There is no such page")
    return found
