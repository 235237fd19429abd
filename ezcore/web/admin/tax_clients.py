"""/admin/taxes/clients/: whose tax number is not confirmed, and all that decides about one client's tax."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries as account_queries
from ezcore.accounts.countries import countries
from ezcore.accounts.models import Client, TaxNumberState
from ezcore.billing.taxes import jobs, queries
from ezcore.billing.taxes import operations as taxes
from ezcore.billing.taxes.cases import NoTaxRate
from ezcore.billing.taxes.rules import STANDARD, percent
from ezcore.kernel.errors import InvalidInput
from ezcore.web.admin.tables import Column, counted, link, listing, state_filters
from ezcore.web.admin.taxes import TREATMENTS
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import badge
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]


class Decision(BaseModel):
    """What staff found out about a number."""

    answer: Literal["valid", "invalid"]
    decision_reason: Reason = ""


class Exemption(BaseModel):
    """Whether a client pays tax at all."""

    exempt: bool = False
    exempt_reason: Reason = ""


@page("admin.taxes.clients", "/admin/taxes/clients/", permission="staff.read", template="admin/list.pt")
def clients_list(request: Any) -> dict[str, Any]:
    """Clients with a tax number, those that nobody confirmed first."""
    having = Client.tax_number != ""
    counts = counted(request, Client.tax_number_state, having)
    query = (
        select(Client)
        .where(having)
        .order_by(Client.tax_number_state == TaxNumberState.VALID, Client.id.desc())
    )
    if request.GET.get("state") in counts:
        query = query.where(Client.tax_number_state == request.GET["state"])

    def row(found: Any) -> list[Any]:
        client = found[0]
        name = client.company or client.name
        return [
            link(request, name, "admin.taxes.client", client.email, id=client.id),
            badge(client.tax_number_state),
            client.tax_number,
            countries().get(client.country, client.country),
        ]

    return listing(
        request,
        query,
        row,
        title="Tax numbers",
        lead="Only a valid number of another member state moves the tax to the buyer.",
        columns=(Column("Client"), Column("State", "c-r"), Column("Number"), Column("Country")),
        keep=("state",),
        filters=state_filters(request, counts, "state", lambda state: kind_and_word(state)[1]),
        empty="No client has a tax number.",
    ).page()


@page(
    "admin.taxes.client", "/admin/taxes/clients/{id}/", permission="staff.read", template="admin/tax_client.pt"
)  # fmt: skip
def client_page(request: Any) -> dict[str, Any]:
    """What decides about this client's tax, with the evidence."""
    return _facts(request)


@page(
    "admin.taxes.decide", "/admin/taxes/clients/{id}/decide/", method="POST", permission="billing.manage",
    audit="client.tax_number", template="admin/tax_client.pt",
)  # fmt: skip
def decide(request: Any) -> Any:
    """Decide by hand whether the number is valid."""
    form = read_form(request, Decision)
    if form.is_valid:
        typed = form.checked()
        try:
            taxes.decide_number(
                request.uow, path_id(request), valid=typed.answer == "valid", reason=typed.decision_reason
            )
        except InvalidInput as error:
            form.errors["decision_reason"] = error.message
        else:
            flash(request, "ok", f"The number counts as {typed.answer}")
            return HTTPSeeOther(request.route_path("admin.taxes.client", id=path_id(request)))
    request.response.status_code = 422
    return _facts(request, decision=form)


@page(
    "admin.taxes.check", "/admin/taxes/clients/{id}/check/", method="POST", permission="billing.manage",
    audit="client.tax_number_ask",
)  # fmt: skip
def check(request: Any) -> Any:
    """Ask the register once more."""
    jobs.check_again(request.uow, path_id(request))
    flash(request, "ok", "The register is being asked")
    return HTTPSeeOther(request.route_path("admin.taxes.client", id=path_id(request)))


@page(
    "admin.taxes.exempt", "/admin/taxes/clients/{id}/exempt/", method="POST", permission="billing.manage",
    audit="client.tax_exempt", template="admin/tax_client.pt",
)  # fmt: skip
def exempt(request: Any) -> Any:
    """Free a client from tax, or end that."""
    form = read_form(request, Exemption)
    if form.is_valid:
        typed = form.checked()
        try:
            accounts.set_tax_exempt(
                request.uow, path_id(request), exempt=typed.exempt, reason=typed.exempt_reason
            )
        except InvalidInput as error:
            form.errors["exempt_reason"] = error.message
        else:
            flash(request, "ok", "The client pays no tax" if typed.exempt else "The client pays tax")
            return HTTPSeeOther(request.route_path("admin.taxes.client", id=path_id(request)))
    request.response.status_code = 422
    return _facts(request, exemption=form)


def _facts(
    request: Any, decision: Form[Decision] | None = None, exemption: Form[Exemption] | None = None
) -> dict[str, Any]:
    client = account_queries.client(request.uow, path_id(request))
    decision = decision or Form(values={"answer": "valid"})
    exemption = exemption or Form(
        values={"exempt": client.tax_exempt, "exempt_reason": client.tax_exempt_reason}
    )
    try:
        case, missing = queries.case_for(request.uow, queries.buyer_of(client), request.uow.today()), ""
    except NoTaxRate as error:
        case, missing = None, error.message
    return {
        "client": client,
        "country": countries().get(client.country, client.country),
        "case": case,
        "treatment": TREATMENTS[case.treatment] if case else "",
        "rates": [(rate.name, percent(rate.rate_ppm)) for rate in case.rates_of(STANDARD)] if case else [],
        "missing": missing,
        "evidence": queries.evidence(request.uow, client.id),
        "decision": decision,
        "exemption": exemption,
        "errors": decision.errors | exemption.errors,
    }
