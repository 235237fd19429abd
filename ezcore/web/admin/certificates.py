"""/admin/certificates/: what is alive, the next to expire first, and a renewal now."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.domain_names.certificates import operations, queries
from ezcore.domain_names.certificates.jobs import RENEW
from ezcore.domain_names.certificates.models import Certificate, CertificateState
from ezcore.kernel.errors import Refused
from ezcore.web.admin.tables import Column, counted, link, listing, state_filters
from ezcore.web.shared.flash import flash
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page

ALIVE = (CertificateState.PENDING, CertificateState.ACTIVE)


@page("admin.certificates", "/admin/certificates/", permission="staff.read", template="admin/list.pt")
def certificates_list(request: Any) -> dict[str, Any]:
    """Those that are alive, by expiry; the others by filter."""
    zone, counts = request.settings.shop.time_zone, counted(request, Certificate.state)
    query = select(Certificate, Client.name).join(Client, Client.id == Certificate.client_id)
    wanted = request.GET.get("state")
    query = query.where(Certificate.state == wanted if wanted in counts else Certificate.state.in_(ALIVE))

    def row(found: Any) -> list[Any]:
        certificate, client = found
        names = certificate.names[0] + (
            f" +{len(certificate.names) - 1}" if len(certificate.names) > 1 else ""
        )
        return [
            link(request, names, "admin.certificate", client, id=certificate.id),
            badge(certificate.state),
            moment(certificate.not_after, zone) if certificate.not_after else "",
            moment(certificate.renew_at, zone) if certificate.renew_at else "",
            certificate.problem or "",
        ]

    return listing(
        request,
        query.order_by(Certificate.not_after, Certificate.id),
        row,
        title="Certificates",
        lead="The next to expire first. They renew themselves after two thirds of their life.",
        columns=(
            Column("Names"),
            Column("Status", "c-r"),
            Column("Expires"),
            Column("Renewed from"),
            Column("Problem", "c-wide cause"),
        ),
        keep=("state",),
        filters=state_filters(request, counts, "state", lambda s: kind_and_word(s)[1]),
        empty="There is no certificate.",
    ).page()


@page(
    "admin.certificate", "/admin/certificates/{id}/", permission="staff.read", template="admin/certificate.pt"
)
def show_certificate(request: EzRequest) -> dict[str, Any]:
    """One certificate: where it stands, and what went wrong."""
    row = queries.by_id(request.uow, path_id(request))
    return {
        "row": row,
        "client": request.uow.session.get_one(Client, row.client_id),
        "may_renew": request.actor.may("services.manage")
        and row.state == CertificateState.ACTIVE
        and row.open_job_id is None,
    }


@page(
    "admin.certificate.renew", "/admin/certificates/{id}/renew/", method="POST", permission="services.manage",
    audit="certificate.renew",
)  # fmt: skip
def renew(request: EzRequest) -> Any:
    """Begin a round now."""
    row = queries.by_id(request.uow, path_id(request))
    try:
        operations.renew(request.uow, row, RENEW, "asked for by staff")
        flash(request, "ok", "The renewal is queued.")
    except Refused as refusal:
        flash(request, "warn", refusal.message)
    return HTTPSeeOther(request.route_path("admin.certificate", id=row.id))
