"""Shows a one-time secret of a service, after the password was typed again. The answer is never cached or kept."""

from __future__ import annotations

from typing import Any

from pyramid.renderers import render_to_response

from ezcore.accounts import operations as accounts
from ezcore.kernel.errors import InvalidInput
from ezcore.services.services import operations as services
from ezcore.web.client.reads import service_row
from ezcore.web.client.services import service_page
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

_LONGEST = 4096


@page(
    "service.reveal", "/dashboard/services/{id}/reveal/", method="POST", permission="client.services",
    rate="login", template="client/service_secret.pt", audit="service.reveal", ambient=False,
)  # fmt: skip
def reveal(request: EzRequest) -> Any:
    """Check the password, show the secret, throw it away. No transaction is open while the password is hashed."""
    service_id, name = path_id(request), str(request.POST.get("name", ""))[:40]
    with request.work.read(request.actor) as uow:
        row = service_row(uow, service_id, request.client_id)
        try:
            accounts.confirm_password(uow, request.actor, str(request.POST.get("password", ""))[:_LONGEST])
        except InvalidInput as error:
            request.response.status_code = 422
            found = service_page(request, uow, row, errors={"password": error.message})
            return render_to_response("client/service.pt", found, request=request, response=request.response)
    with request.work.write(request.actor) as uow:
        row = service_row(uow, service_id, request.client_id)
        text = services.reveal_secret(uow, row.service, name)
    request.response.headers["Cache-Control"] = "no-store"
    return {"row": row, "service": row.service, "name": name, "text": text}
