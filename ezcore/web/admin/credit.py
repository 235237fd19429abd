"""/admin/clients/<n>/credit/: a client's credit, what changed it, and the form that changes it, with a reason."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts import queries as accounts
from ezcore.billing.credit import operations as credit
from ezcore.billing.credit import queries
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.web.admin.line_forms import currency_by
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

TEMPLATE = "admin/credit.pt"


class Change(BaseModel):
    """More credit, or less (with a minus)."""

    amount: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]
    currency: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=3)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]


@page("admin.credit", "/admin/clients/{id}/credit/", permission="staff.read", template=TEMPLATE)
def show(request: Any) -> dict[str, Any]:
    """From the ledger."""
    return _facts(request, Form(values={"currency": request.settings.shop.currency}))


@page(
    "admin.credit", "/admin/clients/{id}/credit/", method="POST", permission="billing.manage",
    audit="credit.adjust", template=TEMPLATE,
)  # fmt: skip
def adjust(request: Any) -> Any:
    """Give or take."""
    form = read_form(request, Change)
    if form.is_valid:
        typed = form.checked()
        try:
            client = accounts.client(request.uow, path_id(request))
            amount = Money.parse(typed.amount, currency_by(typed.currency))
            credit.adjust(request.uow, client.id, amount, typed.reason)
        except InvalidInput as error:
            form.refuse(error, "amount")
        except Refused as error:
            form.errors["amount"] = error.message[:1].upper() + error.message[1:]
        else:
            flash(request, "ok", f"Credit changed by {amount}")
            return HTTPSeeOther(request.route_path("admin.credit", id=client.id))
    request.response.status_code = 422
    return _facts(request, form)


def _facts(request: Any, form: Form[Change]) -> dict[str, Any]:
    client = accounts.client(request.uow, path_id(request))
    held = queries.balances(request.uow, client.id)
    return {
        "client": client,
        "balances": held or [Money.zero(request.settings.shop.currency)],
        "moves": queries.moves(request.uow, client.id),
        "form": form,
        "errors": form.errors,
    }
