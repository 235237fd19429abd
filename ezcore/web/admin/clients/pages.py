"""The list of clients, as a page and as a file: who they are, what runs, what they owe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import exists, func, or_, select

from ezcore.accounts.countries import countries
from ezcore.accounts.models import Client, ClientStatus
from ezcore.accounts.tags.models import ClientTag
from ezcore.accounts.tags.queries import tags_of
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.db.bulk import among
from ezcore.kernel.money import Money
from ezcore.reports.search.rules import like
from ezcore.services.services.models import Service, ServiceState
from ezcore.web.admin.bulk.clients import CLIENTS
from ezcore.web.admin.plugin_lists import PARAMETER, Notes, choices_of, columns_of, links
from ezcore.web.admin.saved_views.strip import strip_of
from ezcore.web.admin.tables import MOST_COUNTED, Filter, counted, counted_up_to, told
from ezcore.web.shared.csv_file import csv_response
from ezcore.web.shared.paging import paging, sorting
from ezcore.web.shared.seen import client_seen
from ezcore.web.shared.views import page

KEEP: Final = ("status", "owes", "country", "name", "tag")
SORTS: Final = {"number": Client.id, "name": func.lower(Client.name), "since": Client.created_at}
RUNS: Final = (ServiceState.ACTIVE, ServiceState.SUSPENDED)
WORDS: Final = {ClientStatus.ACTIVE: "Active", ClientStatus.CLOSED: "Closed"}


@dataclass(frozen=True)
class Row:
    """A client with what the list says of them."""

    client: Client
    services: int
    owes: Sequence[Money]
    tags: Sequence[str] = ()


@page("admin.clients", "/admin/clients/", permission="staff.read", template="admin/clients/list.pt")
def clients_list(request: Any) -> dict[str, Any]:
    """Clients, the newest first; every filter and order is in the address."""
    choices = choices_of(request, "admin.clients.filters")
    keep = (*KEEP, *choices.keep)
    only = [*_only(request), *choices.only(Client.id, Client.email)]
    order = sorting(request, tuple(SORTS), "-number", keep=keep)
    total = counted_up_to(request, select(Client.id).where(*only))
    shown = paging(request, total, keep=(*keep, "view"), most=MOST_COUNTED)
    found = request.uow.session.scalars(_ordered(only, order).offset(shown.offset).limit(shown.limit)).all()
    strip = strip_of(request, keep, tuple(SORTS))
    rows, filters = rows_of(request, found), _filters(request)
    more = columns_of(request, "admin.clients.columns", [client_seen(one) for one in found])
    if choices.asked:
        filters = [replace(one, current=False) for one in filters]
    filters += [Filter(words, href, None, current) for words, href, current in links(request, choices)]
    return {
        "strip": strip,
        "rows": rows,
        "more": more,
        "drawn": Notes((*choices.notes, *more.notes)),
        "paging": shown,
        "sorting": order,
        "filters": strip.around(filters) if strip else filters,
        "chosen": {name: request.GET.get(name, "") for name in (*KEEP, *choices.keep)},
        "words": WORDS,
        "file": request.route_path("admin.clients.csv", _query=_kept(request)),
        "may": request.actor.may("clients.manage"),
        "bulk": CLIENTS.bar(request, lambda row: row.client.id),
    }


@page("admin.clients.csv", "/admin/clients/clients.csv", permission="staff.read")
def clients_file(request: Any) -> Any:
    """The same list, whole, for a spreadsheet."""
    order = sorting(request, tuple(SORTS), "-number", keep=KEEP)
    only = [*_only(request), *choices_of(request, "admin.clients.filters").only(Client.id, Client.email)]
    found = request.uow.session.scalars(_ordered(only, order)).all()
    head = (
        "number",
        "name",
        "company",
        "email",
        "country",
        "currency",
        "status",
        "since",
        "services",
        "owes",
        "tags",
    )
    rows = (
        (
            one.client.id, one.client.name, one.client.company, one.client.email, one.client.country,
            one.client.currency, one.client.status, one.client.created_at.date(), one.services,
            "; ".join(f"{amount.decimal:f} {amount.currency}" for amount in one.owes), ", ".join(one.tags),
        )
        for one in rows_of(request, found)
    )  # fmt: skip
    return csv_response("clients.csv", head, rows)


def rows_of(request: Any, clients: Sequence[Client]) -> list[Row]:
    """What runs, what is owed and how they are tagged, for all of them in three statements."""
    session, ids = request.uow.session, [client.id for client in clients]
    running = select(Service.client_id, func.count()).where(
        among(session, Service.client_id, ids), Service.state.in_(RUNS)
    )
    services: dict[int, int] = dict(session.execute(running.group_by(Service.client_id)).all())
    owed: dict[int, list[Money]] = {}
    for client_id, amount in owed_by(request, among(session, Invoice.client_id, ids)):
        owed.setdefault(client_id, []).append(amount)
    words = tags_of(request.uow, ids)
    return [Row(one, services.get(one.id, 0), owed.get(one.id, ()), words.get(one.id, ())) for one in clients]


def owed_by(request: Any, *only: Any) -> list[tuple[int, Money]]:
    """What is open on unpaid invoices, by client and currency."""
    open_ = func.sum(Invoice.total_minor - Invoice.paid_minor)
    query = (
        select(Invoice.client_id, Invoice.currency, open_)
        .where(Invoice.status == InvoiceStatus.UNPAID, *only)
        .group_by(Invoice.client_id, Invoice.currency)
        .order_by(Invoice.currency)
    )
    rows = request.uow.session.execute(query)
    return [(client_id, Money(int(minor), currency)) for client_id, currency, minor in rows if minor]


def _only(request: Any) -> list[Any]:
    """The filters of the address; what no filter knows is passed over."""
    asked, only = request.GET, []
    if asked.get("status") in set(ClientStatus):
        only.append(Client.status == asked["status"])
    if asked.get("owes") == "yes":
        unpaid = (Invoice.client_id == Client.id, Invoice.status == InvoiceStatus.UNPAID)
        only.append(exists().where(*unpaid))
    if asked.get("country", "").upper() in countries():
        only.append(Client.country == asked["country"].upper())
    if tag := asked.get("tag", "").strip().casefold()[:60]:
        only.append(exists().where(ClientTag.client_id == Client.id, ClientTag.name == tag))
    if words := asked.get("name", "").strip()[:120]:
        columns = (Client.name, Client.company, Client.email)
        only.append(or_(*(column.ilike(like(words), escape="/") for column in columns)))
    return only


def _ordered(only: Sequence[Any], order: Any) -> Any:
    column = SORTS[order.key]
    first = column.desc() if order.descending else column.asc()
    return select(Client).where(*only).order_by(first, Client.id.desc())


def _kept(request: Any) -> dict[str, str]:
    given = {name: request.GET.get(name, "") for name in (*KEEP, "sort", PARAMETER)}
    return {name: value for name, value in given.items() if value}


def _filters(request: Any) -> list[Filter]:
    """By state, and those who owe; the other filters of the address stay."""
    counts = counted(request, Client.status)
    status, owes = request.GET.get("status", ""), request.GET.get("owes") == "yes"
    others = {
        name: value for name, value in _kept(request).items() if name not in ("status", "owes", PARAMETER)
    }

    def address(**more: str) -> str:
        url: str = request.route_path("admin.clients", _query={**others, **more})
        return url

    return [
        Filter("All", address(), told(sum(counts.values())), status not in set(ClientStatus) and not owes),
        *(
            Filter(WORDS[one], address(status=one), told(counts.get(one, 0)), status == one and not owes)
            for one in ClientStatus
        ),
        Filter("Owes money", address(owes="yes"), None, owes),
    ]
