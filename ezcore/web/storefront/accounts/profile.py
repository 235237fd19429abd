"""Profile: who is billed, where, in which language."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.countries import LANGUAGES, countries
from ezcore.accounts.inputs import ProfileInput
from ezcore.accounts.models import TaxNumberState
from ezcore.accounts.tax_numbers import in_register
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.sessions import login_session
from ezcore.web.shared.views import page
from ezcore.web.storefront.accounts.answers import again, go

NUMBER_WORDS = {
    TaxNumberState.NONE: "For companies",
    TaxNumberState.UNVERIFIED: "Not confirmed yet; until it is, tax is charged as to a person",
    TaxNumberState.VALID: "Confirmed",
    TaxNumberState.INVALID: "The register does not know it; tax is charged as to a person",
}
TEMPLATE = "client/accounts/profile.pt"


@page("profile", "/account/profile/", permission="client.read", template=TEMPLATE)
def show_profile(request: EzRequest) -> dict[str, Any]:
    """What stands now."""
    client = queries.client_of(request.uow, request.actor)
    stands = {name: getattr(client, name) for name in ProfileInput.model_fields}
    return {"form": Form(values=stands), **_choices(request)}


@page("profile.old", "/accounts/profile/", public="account door")
def old_address(request: EzRequest) -> HTTPSeeOther:
    """Where the page was before: bookmarks and old mails still find it."""
    return go(request, "profile")


@page(
    "profile", "/account/profile/", method="POST", permission="client.billing", template=TEMPLATE,
    audit="client.update",
)  # fmt: skip
def save_profile(request: EzRequest) -> Any:
    """Change it."""
    form = read_form(request, ProfileInput)
    if not form.is_valid:
        return again(request, form, **_choices(request))
    accounts.update_profile(request.uow, form.checked())
    flash(request, "ok", "Your profile is saved.")
    return go(request, "profile")


def _choices(request: EzRequest) -> dict[str, Any]:
    facts = login_session(request)
    return {
        "number_words": _number_words(request),
        "countries": countries(),
        "languages": LANGUAGES,
        "verified": facts is not None and facts.verified,
        "may_save": request.actor.may("client.billing"),
    }


def _number_words(request: EzRequest) -> str:
    """What is known of the number, where that decides about the tax."""
    client = queries.client_of(request.uow, request.actor)
    asked = request.settings.tax.scheme == "eu_vat" and in_register(client.tax_number, client.country)
    return NUMBER_WORDS[TaxNumberState(client.tax_number_state) if asked else TaxNumberState.NONE]
