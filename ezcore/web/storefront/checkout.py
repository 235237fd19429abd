"""The checkout's first steps: who orders, and who is billed where. Each step can be opened again without loss."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from ezcore.accounts import operations as accounts
from ezcore.accounts.countries import countries
from ezcore.accounts.inputs import ProfileInput
from ezcore.messaging.rules import one_line
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.web.storefront.accounts.sign_up import read_sign_up
from ezcore.web.storefront.cart_cookie import cart_for_writing, current_cart
from ezcore.web.storefront.checkout_resume import resume_path
from ezcore.web.storefront.checkout_state import Checkout, look, to_step

ACCOUNT = "client/checkout_account.pt"
BILLING = "client/checkout_billing.pt"


def _needed(words: str) -> BeforeValidator:
    def check(value: Any) -> Any:
        typed = one_line(value) if isinstance(value, str) else value
        if typed == "":
            raise ValueError(words)
        return typed

    return BeforeValidator(check)


Street = Annotated[
    str, _needed("Enter the street and house number"), Field(max_length=120, validate_default=True)
]
City = Annotated[str, _needed("Enter the city"), Field(max_length=80, validate_default=True)]


class BillingInput(ProfileInput):
    """Billing details as an order needs them: with an address."""

    line1: Street = ""
    city: City = ""


@page("checkout", "/billing/checkout/", public="storefront")
def start(request: EzRequest) -> Any:
    """Go to the step that is due."""
    return to_step(request, look(request, request.uow).due)


@page("checkout.account", "/billing/checkout/account/", public="storefront", template=ACCOUNT)
def show_account(request: EzRequest) -> Any:
    """Log in or create an account, without leaving the checkout."""
    state = look(request, request.uow)
    if state.due != "checkout.account":
        return to_step(request, state.due)
    return _account(request, state, Form(), sent="sent" in request.GET)


@page(
    "checkout.account", "/billing/checkout/account/", method="POST", public="account door", rate="login",
    template=ACCOUNT, audit="client.create", ambient=False,
)  # fmt: skip
def sign_up(request: EzRequest) -> Any:
    """Create an account; the link in the mail comes back to this cart, on whichever device it is opened."""
    cart = current_cart(request)
    form = read_sign_up(request, resume_path(request, cart) if cart else request.route_path("checkout"))
    if form.is_valid:
        answer = to_step(request, "checkout.account")
        answer.location += "?sent=1"
        return answer
    request.response.status_code = 422
    with request.work.read(request.actor) as uow:
        return _account(request, look(request, uow), form, sent=False)


@page("checkout.billing", "/billing/checkout/billing/", public="storefront", template=BILLING)
def show_billing(request: EzRequest) -> Any:
    """Name and address as they stand."""
    state = look(request, request.uow)
    if state.is_due_before("checkout.billing") or state.client is None:
        return to_step(request, state.due)
    stands = {name: getattr(state.client, name) for name in ProfileInput.model_fields}
    return state.page("checkout.billing", form=Form(values=stands), countries=countries())


@page(
    "checkout.billing", "/billing/checkout/billing/", method="POST", permission="client.billing",
    template=BILLING, audit="client.update",
)  # fmt: skip
def save_billing(request: EzRequest) -> Any:
    """Keep name and address, go on to the review."""
    form = read_form(request, BillingInput)
    if not form.is_valid:
        request.response.status_code = 422
        state = look(request, request.uow)
        return state.page("checkout.billing", form=form, countries=countries())
    accounts.update_profile(request.uow, form.checked())
    if current_cart(request) is not None:
        cart_for_writing(request)
    return to_step(request, "checkout.review")


def _account(request: EzRequest, state: Checkout, form: Form[Any], *, sent: bool) -> dict[str, Any]:
    sink = request.settings.mail.transport == "sink"
    return state.page("checkout.account", form=form, sent=sent, sink=sink, countries=countries())
