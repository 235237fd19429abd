"""A name of the client's own for a service: `Shop of Anna` says more than `vps-0143`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.services.services import operations as services
from ezcore.web.client.reads import service_row
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

ADDRESS = "/dashboard/services/{id}/name/"
TEMPLATE = "client/service_name.pt"


class Named(BaseModel):
    """One line; empty takes the name away."""

    nickname: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=60, pattern=r"^[^\r\n]*$")
    ] = ""


@page("service.name", ADDRESS, permission="client.services", template=TEMPLATE)
def ask(request: EzRequest) -> dict[str, Any]:
    """How it is called now."""
    row = service_row(request.uow, path_id(request), request.client_id)
    return _page(row, Form(values={"nickname": row.service.nickname}))


@page(
    "service.name",
    ADDRESS,
    method="POST",
    permission="client.services",
    template=TEMPLATE,
    audit="service.rename",
)
def save(request: EzRequest) -> Any:
    """Call it so from now on; the machine keeps its name."""
    row = service_row(request.uow, path_id(request), request.client_id)
    form = read_form(request, Named)
    if not form.is_valid:
        request.response.status_code = 422
        return _page(row, form)
    services.rename(request.uow, row.service, form.checked().nickname)
    flash(request, "ok", "The name is kept" if row.service.nickname else "The name is taken away")
    return HTTPSeeOther(request.route_path("service", id=row.service.id))


def _page(row: Any, form: Form[Any]) -> dict[str, Any]:
    return {"row": row, "service": row.service, "form": form, "errors": form.errors}
