"""/admin/services/: what clients rent, its module data, its jobs; lifecycle actions with a reason."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.audit.models import AuditRow
from ezcore.billing.invoices import queries as invoices
from ezcore.catalog.products.models import Product
from ezcore.jobs.models import Job
from ezcore.kernel.errors import NotFound
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.servers.models import Server
from ezcore.services.services import queries
from ezcore.services.services.models import Service, ServiceState
from ezcore.services.services.rules import VERBS
from ezcore.web.admin.bulk.services import SERVICES
from ezcore.web.admin.job_words import kind_title, shown_state
from ezcore.web.admin.tables import (
    Column,
    Plugins,
    chosen_state,
    counted,
    link,
    listing,
    state_filters,
    under,
)
from ezcore.web.shared.cycles import per
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.markup import badge, day, money
from ezcore.web.shared.module_panel import panel_of, port_of
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.seen import service_seen
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page

INVOICES_SHOWN = 12
OF_MODULES: Final = {"renew", "adopt"}
"""Verbs that mean nothing where people do the work, or while the module is away."""
WORDS: Final = {
    "create": ("Create", "The module sets it up; what carries our tag already is adopted, not made twice."),
    "suspend": ("Suspend", "It is stopped and stays stopped; no data is lost."),
    "unsuspend": ("Unsuspend", "It is given back as it was."),
    "terminate": (
        "Terminate",
        "The thing at the vendor is removed with its data. Nobody can take this back.",
    ),
    "adopt": ("Mark as ours", "Our tag is written on it, so that we find it again whatever its number is."),
    "renew": ("Renew", "The module renews it at its vendor for another period; vendors may charge for that."),
    "change_package": ("Apply the package", "The module makes it what was sold; it may restart."),
}


class Reason(BaseModel):
    """Why staff act; kept in the audit log."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=400)]


@page("admin.services", "/admin/services/", permission="staff.read", template="admin/list.pt")
def services_list(request: Any) -> dict[str, Any]:
    """Services, newest first."""
    counts = counted(request, Service.state)
    query = (
        select(Service, Product.name, Client.name)
        .join(Product, Product.id == Service.product_id)
        .join(Client, Client.id == Service.client_id)
        .order_by(Service.id.desc())
    )
    if wanted := chosen_state(request, counts, "state", set(ServiceState)):
        query = query.where(Service.state == wanted)

    def row(found: Any) -> list[Any]:
        service, product, client = found
        return [
            link(request, service.label, "admin.service", product, id=service.id),
            client,
            badge("setting_up" if service.open_action == "create" else service.state),
            day(service.paid_until),
            money(service.price) + under(per(service.cycle)),
        ]

    return listing(
        request,
        query,
        row,
        title="Services",
        columns=(
            Column("Service"),
            Column("Client", "c-wide"),
            Column("Status", "c-r"),
            Column("Paid until"),
            Column("Price", "end"),
        ),
        keep=("state",),
        filters=state_filters(request, counts, "state", lambda s: kind_and_word(s)[1]),
        empty="Nobody rents anything yet.",
        bulk=SERVICES.bar(request, lambda found: found[0].id),
        plugins=Plugins("admin.services", Service.id, lambda found: service_seen(found[0], found[1])),
    ).page()


@page("admin.service", "/admin/services/{id}/", permission="staff.read", template="admin/service.pt")
def service(request: Any) -> dict[str, Any]:
    """One service with everything about it."""
    return _facts(request, queries.by_id(request.uow, path_id(request)))


@page(
    "admin.service.act",
    "/admin/services/{id}/{verb}/",
    permission="services.manage",
    template="admin/service_act.pt",
)
def confirm(request: Any) -> dict[str, Any]:
    """Say what will happen and ask why."""
    return _question(request, queries.by_id(request.uow, path_id(request)), {})


@page(
    "admin.service.act",
    "/admin/services/{id}/{verb}/",
    method="POST",
    permission="services.manage",
    audit="service.request_<verb>",
    template="admin/service_act.pt",
)
def act(request: Any) -> Any:
    """Queue the action. A second click meets Refused: one action at a time runs on a service."""
    found, verb = queries.by_id(request.uow, path_id(request)), _verb(request)
    form = read_form(request, Reason)
    if not form.is_valid:
        request.response.status_code = 422
        return _question(request, found, form.errors, form.value("reason"))
    lifecycle.request(request.uow, found, verb, form.checked().reason)
    flash(request, "ok", f"Queued: {verb} {found.label}")
    return HTTPSeeOther(request.route_path("admin.service", id=found.id))


def _question(request: Any, found: Service, errors: dict[str, str], typed: str = "") -> dict[str, Any]:
    verb = _verb(request)
    word, consequence = WORDS[verb]
    return {
        "service": found,
        "product": request.uow.session.get_one(Product, found.product_id),
        "verb": verb,
        "word": word,
        "consequence": consequence,
        "may": verb in _verbs(request, found),
        "errors": errors,
        "typed": typed,
    }


def _verb(request: Any) -> str:
    verb: str = request.matchdict["verb"]
    if verb not in VERBS or verb not in WORDS:
        raise NotFound("there is no such action")
    return verb


def _verbs(request: Any, found: Service) -> list[str]:
    """What may be asked for now: nothing while an action runs, and only what the module can."""
    if found.open_action is not None:
        return []
    module = port_of(request, found)
    can = {str(one) for one in module.capabilities} if module is not None else set(WORDS) - OF_MODULES
    allowed = [verb for verb, (states, _) in VERBS.items() if ServiceState(found.state) in states]
    return [verb for verb in allowed if verb in WORDS and verb in can]


def _facts(request: Any, found: Service) -> dict[str, Any]:
    session = request.uow.session
    return {
        "service": found,
        "product": session.get_one(Product, found.product_id),
        "client": session.get_one(Client, found.client_id),
        "server": session.get(Server, found.server_id) if found.server_id else None,
        "resource": queries.resource_of(request.uow, found.id),
        "panel": panel_of(request, request.uow, found, to_client=False),
        "verbs": [(verb, WORDS[verb][0]) for verb in _verbs(request, found)],
        "invoices": invoices.of_service(request.uow, found.id)[:INVOICES_SHOWN],
        "jobs": [
            (job, kind_title(request, job.kind), shown_state(job))
            for job in session.scalars(
                select(Job)
                .where(Job.subject_kind == "service", Job.subject_id == found.id)
                .order_by(Job.id.desc())
                .limit(20)
            )
        ],
        "trail": session.scalars(
            select(AuditRow)
            .where(AuditRow.object_kind == "service", AuditRow.object_id == str(found.id))
            .order_by(AuditRow.id.desc())
            .limit(20)
        ).all(),
    }
