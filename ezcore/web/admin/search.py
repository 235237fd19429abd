"""/admin/search/: one box on every page of staff finds any record; a number goes straight to it."""

from __future__ import annotations

from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.languages import say
from ezcore.reports.search import queries
from ezcore.reports.search.queries import Hit
from ezcore.reports.search.rules import KINDS, PREFIXES, parse
from ezcore.web.shared.markup import badge
from ezcore.web.shared.slots import NOBODY, draw_slot
from ezcore.web.shared.views import page

TITLES: Final = {
    "client": "Clients", "invoice": "Invoices", "order": "Orders", "service": "Services", "domain": "Domain names",
    "ticket": "Tickets", "transaction": "Transactions", "article": "Answers",
}  # fmt: skip
ROUTES: Final = {
    "client": ("admin.client", "id"),
    "invoice": ("admin.invoice", "number"),
    "order": ("admin.order", "id"),
    "service": ("admin.service", "id"),
    "domain": ("admin.domain", "id"),
    "ticket": ("admin.ticket", "reference"),
    "transaction": ("admin.transaction", "id"),
    "article": ("admin.article", "id"),
}


@page(
    "admin.search", "/admin/search/", permission="staff.read", template="admin/search.pt", rate="page"
)  # fmt: skip
def search(request: Any) -> Any:
    """What was found, kind by kind; the one record that was meant is opened at once."""
    typed = request.GET.get("q", "")
    wanted, kinds = parse(typed), queries.allowed(request.uow)
    hits = queries.find(request.uow, wanted, kinds)
    meant = queries.only(wanted, hits)
    if meant is not None:
        return HTTPSeeOther(_address(request, meant))
    groups = []
    for kind in KINDS:
        rows = [
            (_address(request, hit), hit.title, hit.about, badge(hit.status))
            for hit in hits
            if hit.kind == kind
        ]
        if rows:
            groups.append((kind, TITLES[kind], rows, len(rows) >= queries.MOST))
    everything = wanted.text if wanted.kind is None else ""
    return {
        "filled": draw_slot(request, "admin.search", search=everything) if everything else NOBODY,
        "plugin_titles": {one.name: one.title or one.name for one in request.host_of_plugins.reports},
        "typed_search": typed,
        "text": wanted.text,
        "groups": groups,
        "refused": wanted.kind is not None and wanted.kind not in kinds,
        "prefixes": [word for word, kind in PREFIXES.items() if kind in kinds],
        "title": say("Search: ${text}", text=wanted.text) if wanted.text else say("Search"),
    }


def _address(request: Any, hit: Hit) -> str:
    route, part = ROUTES[hit.kind]
    address: str = request.route_path(route, **{part: hit.key})
    return address
