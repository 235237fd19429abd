"""The hosted pages as handlers: what a client's browser sees and posts on the imitated Stripe."""

from __future__ import annotations

from ez_stripe.currencies import from_stripe
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.cards import CARDS
from ez_stripe.sandbox.checkout import Checkout
from ez_stripe.sandbox.pages import authentication_page, checkout_page, ended_page
from ez_stripe.sandbox.refusals import StripeRefusal
from ezcore.plugin_api.sandbox import Document, SandboxRequest, SandboxResponse, text_response

_HTML = "text/html; charset=utf-8"
_FAILED = "We are unable to authenticate your payment method. Please choose a different one and try again."


class Pages:
    """Checkout and 3-D Secure."""

    def __init__(self, account: Account, checkout: Checkout) -> None:
        self._account = account
        self._checkout = checkout

    def show(self, request: SandboxRequest) -> SandboxResponse:
        """GET /c/pay/{id}."""
        session = self._session(request)
        return self._ended(session) if _is_over(session) else self._form(session)

    def pay(self, request: SandboxRequest) -> SandboxResponse:
        """POST /c/pay/{id}: a card was chosen."""
        session = self._session(request)
        card = CARDS.get(request.form.get("card", "").replace(" ", ""))
        if session is None or _is_over(session):
            return self._ended(session)
        if card is None:
            return self._form(session, "Your card number is invalid.", 422)
        try:
            session = self._checkout.pay(session, card)
        except StripeRefusal as refusal:
            return self._form(session, str(refusal), 402)
        if self._checkout.needs_authentication(session):
            return _go(f"{request.base_url}/c/authenticate/{session['id']}")
        return _go(_success(session))

    def show_authentication(self, request: SandboxRequest) -> SandboxResponse:
        """GET /c/authenticate/{id}."""
        session = self._session(request)
        if session is None or not self._checkout.needs_authentication(session):
            return self._ended(session)
        return text_response(
            authentication_page(title=self._checkout.line(session), price=_price(session)), content_type=_HTML
        )

    def authenticate(self, request: SandboxRequest) -> SandboxResponse:
        """POST /c/authenticate/{id}: the client decided."""
        session = self._session(request)
        if session is None or not self._checkout.needs_authentication(session):
            return self._ended(session)
        passed = request.form.get("outcome") == "complete"
        try:
            session = self._checkout.authenticate(session, passed=passed)
        except StripeRefusal:
            return self._form(session, _FAILED, 402)
        return _go(_success(session)) if passed else self._form(session, _FAILED, 402)

    def _session(self, request: SandboxRequest) -> Document | None:
        return self._account.store.get("checkout.session", request.args["id"])

    def _form(self, session: Document | None, error: str | None = None, status: int = 200) -> SandboxResponse:
        assert session is not None
        customer = self._account.store.get("customer", session["customer"] or "") or {}
        page = checkout_page(
            title=self._checkout.line(session),
            price=_price(session),
            cards=CARDS.values(),
            cancel_url=session["cancel_url"],
            error=error,
            email=customer.get("email") or session["customer_email"] or "",
        )
        action = f'<form method="post" action="/c/pay/{session["id"]}">'
        return text_response(page.replace('<form method="post">', action), status, _HTML)

    def _ended(self, session: Document | None) -> SandboxResponse:
        if session is None:
            return text_response(
                ended_page(headline="Nothing here", text="This page does not exist.", link=None), 404, _HTML
            )
        done = session["status"] == "complete"
        page = ended_page(
            headline="You are all done here" if done else "This page has expired",
            text="This checkout was completed." if done else "Ask the shop for a new one.",
            link=_success(session) if done else session["cancel_url"],
        )
        return text_response(page, 200 if done else 410, _HTML)


def _is_over(session: Document | None) -> bool:
    return session is None or session["status"] != "open"


def _price(session: Document) -> str | None:
    if session["mode"] == "setup":
        return None
    return str(from_stripe(session["amount_total"], session["currency"]))


def _success(session: Document) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _go(address: str) -> SandboxResponse:
    return SandboxResponse(status=303, headers=(("Location", address),))
