"""/admin/servers/…/import/: accounts that stand on a server become services of clients."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.catalog.products.models import Product
from ezcore.kernel.errors import NotFound, Refused
from ezcore.plugin_api.ports.looks import RemoteAccount
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.services.imports import operations as imports
from ezcore.services.imports.operations import Row
from ezcore.services.servers.asking import list_accounts
from ezcore.services.servers.models import Server, ServerListing
from ezcore.web.shared.flash import flash
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

SHOWN: Final = 25
"""So many accounts are asked about at a time; what is imported makes room for the next ones."""


@page(
    "admin.server.import", "/admin/servers/{id}/import/", permission="services.manage",
    template="admin/server_import.pt",
)  # fmt: skip
def show(request: Any) -> dict[str, Any]:
    """The accounts of the last listing that belong to no service, with a proposal for each."""
    return _page(request, _server(request), {}, {})


@page(
    "admin.server.listing", "/admin/servers/{id}/listing/", method="POST", permission="services.manage",
    audit="none: it reads the server and changes nothing", ambient=False,
)  # fmt: skip
def read(request: Any) -> Any:
    """Ask the server what stands there."""
    number = path_id(request)
    found = list_accounts(request.work, request.actor, request.host_of_plugins.ports, number)
    flash(request, "ok", f"{len(found)} accounts are on the server")
    return HTTPSeeOther(request.route_path("admin.server.import", id=number))


@page(
    "admin.server.import", "/admin/servers/{id}/import/", method="POST", permission="services.manage",
    audit="service.import", template="admin/server_import.pt",
)  # fmt: skip
def run(request: Any) -> Any:
    """Import what was chosen; rows that are wrong stay on the page, each with its reason."""
    server = _server(request)
    module = _module(request, server)
    typed, rows, wrong = _rows(request)
    done = imports.import_accounts(request.uow, server, module, rows) if rows else None
    if done is None and not wrong:
        raise Refused("choose at least one account")
    wrong |= done.wrong if done is not None else {}
    made = len(done.made) if done is not None else 0
    if made:
        flash(request, "ok", f"{made} {'service is' if made == 1 else 'services are'} made of accounts")
    if not wrong:
        return HTTPSeeOther(request.route_path("admin.server.import", id=server.id))
    if not made:
        request.response.status_code = 422
    return _page(request, server, typed, wrong)


def _rows(request: Any) -> tuple[dict[str, dict[str, str]], list[Row], dict[str, str]]:
    """What was typed per account, the rows that can be read, and words for those that cannot."""
    typed: dict[str, dict[str, str]] = {}
    rows: list[Row] = []
    wrong: dict[str, str] = {}
    for at in range(SHOWN):
        found = {
            name: str(request.POST.get(f"{name}-{at}", "")).strip()[:254]
            for name in ("account", "chosen", "email", "product", "due")
        }
        if not found["account"]:
            continue
        typed[found["account"]] = found
        if not found["chosen"]:
            continue
        product, _, cycle = found["product"].partition("|")
        try:
            due = date.fromisoformat(found["due"])
        except ValueError:
            wrong[found["account"]] = "the next due date is a day such as 2026-12-31"
            continue
        rows.append(Row(found["account"], found["email"], product, cycle, due))
    return typed, rows, wrong


def _page(
    request: Any, server: Server, typed: dict[str, dict[str, str]], wrong: dict[str, str]
) -> dict[str, Any]:
    uow = request.uow
    accounts = imports.waiting(uow, server)
    listing = uow.session.get(ServerListing, server.id)
    shown = accounts[:SHOWN]
    known = imports.clients_by_email(uow, [one.email for one in shown])
    products = uow.session.scalars(
        select(Product)
        .where(Product.module == server.module, Product.retired_at.is_(None))
        .order_by(Product.id)
    )
    choices = [
        (f"{product.slug}|{cycle}", f"{product.name}, {cycle}")
        for product in products
        for cycle in dict.fromkeys(price.cycle_name for price in product.prices)
    ]
    return {
        "server": server,
        "read_at": listing.read_at if listing is not None else None,
        "accounts": [
            (one, typed.get(one.external_id) or _proposal(one, known), wrong.get(one.external_id))
            for one in shown
        ],
        "more": len(accounts) - len(shown),
        "choices": choices,
        "errors": {f"row-{name}": words for name, words in wrong.items()},
        "labels": {f"row-{name}": name for name in wrong},
    }


def _proposal(account: RemoteAccount, known: Mapping[str, Client]) -> dict[str, str]:
    """Whose it may be: the client with the address that the vendor has."""
    client = known.get((account.email or "").lower())
    return {"email": client.email} if client is not None else {}


def _server(request: Any) -> Server:
    found: Server | None = request.uow.session.get(Server, path_id(request))
    if found is None:
        raise NotFound("there is no such server")
    return found


def _module(request: Any, server: Server) -> ProvisioningModule:
    try:
        found: ProvisioningModule = request.host_of_plugins.ports.get(ProvisioningModule, server.module)
    except LookupError as error:
        raise Refused(str(error)) from error
    return found
