"""/admin/domains/: every name, where it stands, what its registrar last said, what can be asked of it."""

from __future__ import annotations

from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.audit.models import AuditRow
from ezcore.domain_names.names import operations, queries, sync
from ezcore.domain_names.names.actions import offered
from ezcore.domain_names.names.models import DomainName
from ezcore.domain_names.names.rules import to_unicode
from ezcore.domain_names.zones import queries as zones
from ezcore.jobs.models import Job
from ezcore.kernel.errors import NotFound, Refused
from ezcore.services.services.models import Service
from ezcore.web.admin.job_words import kind_title, shown_state
from ezcore.web.admin.services import Reason
from ezcore.web.admin.tables import Column, Plugins, counted, link, listing, state_filters
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.markup import badge, day
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.seen import domain_seen
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page

TEMPLATE: Final = "admin/domain.pt"
BUTTONS: Final = {
    "sync": ("sync", {}, "Look at the registrar"),
    "lock": ("lock", {"on": True}, "Lock"),
    "unlock": ("lock", {"on": False}, "Unlock"),
    "renews": ("vendor_renews", {"on": True}, "Let the registrar renew it"),
    "renews_not": ("vendor_renews", {"on": False}, "Stop the registrar's own renewal"),
    "restore": ("restore", {}, "Bring it back from redemption"),
}
SHOWN: Final = 20


@page("admin.domains", "/admin/domains/", permission="staff.read", template="admin/list.pt")
def domains_list(request: Any) -> dict[str, Any]:
    """Names, those that expire first at the top; those that a person must look at are marked."""
    counts = counted(request, DomainName.state)
    query = select(DomainName, Client.name).join(Client, Client.id == DomainName.client_id)
    if request.GET.get("state") in counts:
        query = query.where(DomainName.state == request.GET["state"])

    def row(found: Any) -> list[Any]:
        domain, client = found
        name = link(request, to_unicode(domain.name), "admin.domain", domain.registrar, id=domain.id)
        state = badge("needs_info", "Look at it") if domain.odd else badge(domain.state)
        return [name, client, state, day(domain.expires_on)]

    return listing(
        request,
        query.order_by(DomainName.ended_at.desc().nulls_first(), DomainName.expires_on, DomainName.id),
        row,
        title="Domain names",
        columns=(Column("Name"), Column("Client", "c-wide"), Column("Status", "c-r"), Column("Expires")),
        keep=("state",),
        filters=state_filters(request, counts, "state", lambda s: kind_and_word(s)[1]),
        empty="No names yet.",
        plugins=Plugins("admin.domains", DomainName.id, lambda found: domain_seen(found[0]), DomainName.name),
    ).page()


@page("admin.domain", "/admin/domains/{id}/", permission="staff.read", template=TEMPLATE)
def domain(request: Any) -> dict[str, Any]:
    """One name with everything about it."""
    return _facts(request, queries.by_id(request.uow, path_id(request)), {})


@page(
    "admin.domain.ask", "/admin/domains/{id}/ask/", method="POST", permission="services.manage",
    audit="domain.<action>",
)  # fmt: skip
def ask(request: Any) -> Any:
    """Queue a change, or a look at the registrar."""
    found = queries.by_id(request.uow, path_id(request))
    button = BUTTONS.get(str(request.POST.get("do", "")))
    if button is None:
        raise NotFound("there is no such change")
    action, data, words = button
    registrar = operations.registrar_of(request.host_of_plugins.ports, found)
    if action not in offered(registrar, found.state):
        raise Refused("the registrar does not do this for this name now")
    operations.request(request.uow, found, action, data)
    flash(request, "ok", f"Queued: {words}")
    return HTTPSeeOther(request.route_path("admin.domain", id=found.id))


@page(
    "admin.domain.accept", "/admin/domains/{id}/accept/", method="POST", permission="services.manage",
    template=TEMPLATE, audit="domain.accept",
)  # fmt: skip
def accept(request: Any) -> Any:
    """A person looked: what the registrar says next is taken over."""
    found = queries.by_id(request.uow, path_id(request))
    form = read_form(request, Reason)
    if not form.is_valid:
        request.response.status_code = 422
        return _facts(request, found, form.errors)
    sync.accept(request.uow, found, form.checked().reason)
    operations.request(request.uow, found, "sync")
    flash(request, "ok", "Accepted; we look again now.")
    return HTTPSeeOther(request.route_path("admin.domain", id=found.id))


def _facts(request: Any, found: DomainName, errors: dict[str, str]) -> dict[str, Any]:
    session = request.uow.session
    registrar = operations.registrar_of(request.host_of_plugins.ports, found)
    able = offered(registrar, found.state)
    jobs = session.scalars(
        select(Job)
        .where(
            ((Job.subject_kind == "domain_name") & (Job.subject_id == found.id))
            | ((Job.subject_kind == "service") & (Job.subject_id == found.service_id))
        )
        .order_by(Job.id.desc())
        .limit(SHOWN)
    )
    return {
        "domain": found,
        "shown": to_unicode(found.name),
        "client": session.get_one(Client, found.client_id),
        "service": session.get_one(Service, found.service_id),
        "zone": zones.live(request.uow, found.name),
        "limits": registrar.limits if registrar is not None else ("The registrar cannot be asked now.",),
        "buttons": [(do, words) for do, (action, _, words) in BUTTONS.items() if action in able],
        "jobs": [(job, kind_title(request, job.kind), shown_state(job)) for job in jobs],
        "trail": session.scalars(
            select(AuditRow)
            .where(AuditRow.object_kind == "domain_name", AuditRow.object_id == str(found.id))
            .order_by(AuditRow.id.desc())
            .limit(SHOWN)
        ).all(),
        "errors": errors,
    }
