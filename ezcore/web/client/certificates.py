"""Certificates: which names, until when, the chain to download, the key once, a new one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.renderers import render_to_response
from pyramid.response import Response

from ezcore.accounts import operations as accounts
from ezcore.domain_names.certificates import operations, queries
from ezcore.domain_names.certificates.jobs import RENEW
from ezcore.domain_names.certificates.models import Certificate, CertificateState
from ezcore.domain_names.certificates.rules import WARN_BEFORE, days_left
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.web.shared.flash import flash
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

_LONGEST = 4096
PEM = "application/x-pem-file"


@page(
    "client.certificates", "/dashboard/certificates/", permission="client.read",
    template="client/certificates/list.pt",
)  # fmt: skip
def list_certificates(request: EzRequest) -> dict[str, Any]:
    """All of them, the next to expire first."""
    now = request.uow.now()
    rows = [(row, status(row, now)) for row in queries.of_client(request.uow, request.client_id)]
    return {"rows": rows}


@page(
    "client.certificate", "/dashboard/certificates/{id}/", permission="client.read",
    template="client/certificates/show.pt",
)  # fmt: skip
def show_certificate(request: EzRequest) -> dict[str, Any]:
    """One certificate and what can be done with it."""
    return _facts(request, request.uow, {})


@page("client.certificate.chain", "/dashboard/certificates/{id}/chain.pem", permission="client.read")
def download_chain(request: EzRequest) -> Any:
    """The certificate with its intermediates: public by nature."""
    row = queries.by_id(request.uow, path_id(request), request.client_id)
    if row.chain_pem is None:
        raise NotFound("the certificate is not issued yet")
    answer = Response(row.chain_pem, content_type=PEM, charset="utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="certificate-{row.id}.pem"'
    return answer


@page(
    "client.certificate.key", "/dashboard/certificates/{id}/key/", method="POST", permission="client.services",
    rate="login", template="client/certificates/key.pt", audit="certificate.show_key", ambient=False,
)  # fmt: skip
def show_key(request: EzRequest) -> Any:
    """Check the password, show the key once. No transaction is open while the password is hashed."""
    number = path_id(request)
    with request.work.read(request.actor) as uow:
        queries.by_id(uow, number, request.client_id)
        try:
            accounts.confirm_password(uow, request.actor, str(request.POST.get("password", ""))[:_LONGEST])
        except InvalidInput as error:
            request.response.status_code = 422
            found = _facts(request, uow, {"password": error.message})
            return render_to_response(
                "client/certificates/show.pt", found, request=request, response=request.response
            )
    with request.work.write(request.actor) as uow:
        row = queries.by_id(uow, number, request.client_id)
        try:
            text = operations.show_key(uow, row)
        except Refused as refusal:
            flash(request, "warn", refusal.message)
            return HTTPSeeOther(request.route_path("client.certificate", id=number))
    request.response.headers["Cache-Control"] = "no-store"
    return {"row": row, "text": text}


@page(
    "client.certificate.reissue", "/dashboard/certificates/{id}/reissue/", method="POST",
    permission="client.services", audit="certificate.renew",
)  # fmt: skip
def reissue(request: EzRequest) -> Any:
    """A new key and a new certificate now."""
    row = queries.by_id(request.uow, path_id(request), request.client_id)
    try:
        operations.renew(request.uow, row, RENEW, "asked for by the client")
        flash(request, "ok", "A new certificate is being issued. It takes some minutes.")
    except Refused as refusal:
        flash(request, "warn", refusal.message)
    return HTTPSeeOther(request.route_path("client.certificate", id=row.id))


def status(row: Certificate, now: datetime) -> str:
    """The badge: what counts for its owner."""
    if row.state != CertificateState.ACTIVE or row.not_after is None:
        return row.state
    if row.not_after <= now:
        return "expired"
    return "expires_soon" if row.not_after - now <= WARN_BEFORE else "active"


def _facts(request: EzRequest, uow: UnitOfWork, errors: dict[str, str]) -> dict[str, Any]:
    row = queries.by_id(uow, path_id(request), request.client_id)
    now = uow.now()
    return {
        "row": row,
        "status": status(row, now),
        "days": days_left(row.not_after, now) if row.not_after else None,
        "may_manage": request.actor.may("client.services"),
        "can_reissue": row.state == CertificateState.ACTIVE and row.open_job_id is None,
        "errors": errors,
    }
