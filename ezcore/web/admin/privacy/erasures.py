"""Wishes to be forgotten: the list, what stands in the way, carry it out after the number was typed, or refuse."""

from __future__ import annotations

from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.languages import say
from ezcore.privacy import erasing
from ezcore.privacy.models import ErasureRequest
from ezcore.web.admin.tables import Column, link, listing
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import sentence
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

TEMPLATE: Final = "admin/privacy/erasure.pt"
KINDS: Final = {"open": "waiting", "done": "done", "refused": "rejected", "withdrawn": "cancelled"}


@page("admin.erasures", "/admin/erasures/", permission="accounts.manage", template="admin/list.pt")
def erasures(request: Any) -> dict[str, Any]:
    """Every wish, those that wait first."""
    zone = request.settings.shop.time_zone
    waits = (ErasureRequest.state != "open", ErasureRequest.id.desc())
    query = (
        select(ErasureRequest, Client).join(Client, Client.id == ErasureRequest.client_id).order_by(*waits)
    )

    def row(found: Any) -> list[Any]:
        one, client = found
        name = client.company or client.name
        return [
            link(request, name, "admin.erasure", say("Client ${id}", id=client.id), id=one.id),
            badge(KINDS[one.state], one.state.capitalize()),
            moment(one.asked_at, zone),
            one.decided_by,
        ]

    return listing(
        request,
        query,
        row,
        title="Wishes to be forgotten",
        lead="Answer within a month: the law asks for it.",
        columns=(Column("Client"), Column("Status", "c-r"), Column("Asked"), Column("Decided by", "c-hide")),
        empty="Nobody asked to be forgotten.",
    ).page()


@page("admin.erasure", "/admin/erasures/{id}/", permission="accounts.manage", template=TEMPLATE)
def erasure(request: Any) -> dict[str, Any]:
    """One wish, with what stands in the way."""
    return _facts(request)


@page(
    "admin.erasure", "/admin/erasures/{id}/", method="POST", permission="accounts.manage", template=TEMPLATE,
    audit="privacy.erase",
)  # fmt: skip
def decide(request: Any) -> Any:
    """Carry it out, or refuse."""
    number, do = path_id(request), str(request.POST.get("do", ""))
    reason, typed = str(request.POST.get("reason", ""))[:2000], str(request.POST.get("typed", ""))[:40]
    try:
        if do == "erase":
            erasing.erase(request.uow, number, typed)
            flash(request, "ok", "The client is forgotten")
        elif do == "refuse":
            erasing.refuse(request.uow, number, reason)
            flash(request, "ok", "They are told why not")
        else:
            raise NotFound("There is no such decision")
    except InvalidInput as error:
        return _again(request, {error.field or "form": sentence(error.message)}, reason)
    except Refused as error:
        return _again(request, {"typed": sentence(error.message)}, reason)
    return HTTPSeeOther(request.route_path("admin.erasures"))


def _again(request: Any, errors: dict[str, str], reason: str) -> dict[str, Any]:
    request.response.status_code = 422
    return _facts(request) | {"errors": errors, "reason": reason}


def _facts(request: Any) -> dict[str, Any]:
    found = request.uow.session.get(ErasureRequest, path_id(request))
    if found is None:
        raise NotFound("There is no such request")
    client = request.uow.session.get_one(Client, found.client_id)
    return {
        "found": found,
        "client": client,
        "name": client.company or client.name,
        "kind": KINDS[found.state],
        "hindrances": erasing.hindrances(request.uow, client.id),
        "kept": erasing.KEPT,
        "errors": {},
        "reason": "",
    }
