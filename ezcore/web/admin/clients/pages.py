"""The list of clients, as a page and as a file: who they are, what runs, what they owe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import exists, func, or_, select

from ezcore.accounts.countries import countries
from ezcore.accounts.models import Client, ClientStatus
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.db.bulk import among
from ezcore.kernel.money import Money
from ezcore.reports.search.rules import like
from ezcore.services.services.models import Service, ServiceState
from ezcore.web.admin.tables import MOST_COUNTED, Filter, counted, counted_up_to, told
from ezcore.web.shared.csv_file import csv_response
from ezcore.web.shared.paging import paging, sorting
from ezcore.web.shared.views import page

KEEP: Final = ("status", "owes", "country", "name")
SORTS: Final = {"number": Client.id, "name": func.lower(Client.name), "since": Client.created_at}
RUNS: Final = (ServiceState.ACTIVE, ServiceState.SUSPENDED)
WORDS: Final = {ClientStatus.ACTIVE: "Active", ClientStatus.CLOSED: "Closed"}


@dataclass(frozen=True)
class Row:
    """A client with what the list says of them."""

    client: Client
    services: int
    owes: Sequence[Money]


@page("admin.clients", "/admin/clients/", permission="staff.read", template="admin/clients/list.pt")
def clients_list(request: Any) -> dict[str, Any]:
    """Clients, the newest first; every filter and order is in the address."""
    only, order = _only(request), sorting(request, tuple(SORTS), "-number", keep=KEEP)
    total = counted_up_to(request, select(Client.id).where(*only))
    shown = paging(request, total, keep=KEEP, most=MOST_COUNTED)
    found = request.uow.session.scalars(_ordered(only, order).offset(shown.offset).limit(shown.limit)).all()
    return {
        "rows": rows_of(request, found),
        "paging": shown,
        "sorting": order,
        "filters": _filters(request),
        "chosen": {name: request.GET.get(name, "") for name in KEEP},
        "words": WORDS,
        "file": request.route_path("admin.clients.csv", _query=_kept(request)),
        "may": request.actor.may("clients.manage"),
    }


@page("admin.clients.csv", "/admin/clients/clients.csv", permission="staff.read")
def clients_file(request: Any) -> Any:
    """The same list, whole, for a spreadsheet."""
    order = sorting(request, tuple(SORTS), "-number", keep=KEEP)
    found = request.uow.session.scalars(_ordered(_only(request), order)).all()
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
    )
    rows = (
        (
            one.client.id, one.client.name, one.client.company, one.client.email, one.client.country,
            one.client.currency, one.client.status, one.client.created_at.date(), one.services,
            "; ".join(f"{amount.decimal:f} {amount.currency}" for amount in one.owes),
        )
        for one in rows_of(request, found)
    )  # fmt: skip
    return csv_response("clients.csv", head, rows)


def rows_of(request: Any, clients: Sequence[Client]) -> list[Row]:
    """What runs and what is owed, for all of them in two statements."""
    session, ids = request.uow.session, [client.id for client in clients]
    running = select(Service.client_id, func.count()).where(
        among(session, Service.client_id, ids), Service.state.in_(RUNS)
    )
    services: dict[int, int] = dict(session.execute(running.group_by(Service.client_id)).all())
    owed: dict[int, list[Money]] = {}
    for client_id, amount in owed_by(request, among(session, Invoice.client_id, ids)):
        owed.setdefault(client_id, []).append(amount)
    return [Row(client, services.get(client.id, 0), owed.get(client.id, ())) for client in clients]


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
    if words := asked.get("name", "").strip()[:120]:
        columns = (Client.name, Client.company, Client.email)
        only.append(or_(*(column.ilike(like(words), escape="/") for column in columns)))
    return only


def _ordered(only: Sequence[Any], order: Any) -> Any:
    column = SORTS[order.key]
    first = column.desc() if order.descending else column.asc()
    return select(Client).where(*only).order_by(first, Client.id.desc())


def _kept(request: Any) -> dict[str, str]:
    given = {name: request.GET.get(name, "") for name in (*KEEP, "sort")}
    return {name: value for name, value in given.items() if value}


def _filters(request: Any) -> list[Filter]:
    """By state, and those who owe; the other filters of the address stay."""
    counts = counted(request, Client.status)
    status, owes = request.GET.get("status", ""), request.GET.get("owes") == "yes"
    others = {name: value for name, value in _kept(request).items() if name not in ("status", "owes")}

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
