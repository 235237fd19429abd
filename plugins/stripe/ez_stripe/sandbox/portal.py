"""The Customer Portal of the imitated Stripe: made by API, used in a browser."""

from __future__ import annotations

from ez_stripe.currencies import from_stripe
from ez_stripe.sandbox import billing_shapes as shapes
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.call import Call
from ez_stripe.sandbox.cards import CARDS
from ez_stripe.sandbox.customers import Customers
from ez_stripe.sandbox.methods import Methods
from ez_stripe.sandbox.pages import ended_page
from ez_stripe.sandbox.portal_pages import Bill, Plan, Stored, portal_page
from ez_stripe.sandbox.subscriptions import Subscriptions
from ezcore.plugin_api.sandbox import Document, SandboxRequest, SandboxResponse, text_response

_KIND = "billing_portal.session"
_HTML = "text/html; charset=utf-8"
_HOUR = 3600
_PARAMETERS = frozenset(
    {"after_expiration", "configuration", "customer", "customer_account", "flow_data", "locale"}
    | {"on_behalf_of", "return_url"}
)


class Portal:
    """Cards, subscriptions and bills of one customer, on a page that lives an hour."""

    def __init__(
        self, account: Account, customers: Customers, methods: Methods, subscriptions: Subscriptions
    ) -> None:
        self._account = account
        self._customers = customers
        self._methods = methods
        self._subscriptions = subscriptions

    def create(self, call: Call) -> Document:
        """POST /v1/billing_portal/sessions."""
        call.only(_PARAMETERS)
        customer = self._customers.living(str(call.need("customer")), "customer", 400)
        id_ = self._account.new_id(_KIND)
        return self._account.make(
            shapes.portal_session(
                customer=customer["id"],
                locale=call.text("locale"),
                return_url=call.text("return_url"),
                url=f"{call.base_url}/p/session/{id_}",
            ),
            id=id_,
        )

    def show(self, request: SandboxRequest) -> SandboxResponse:
        """GET /p/session/{id}."""
        session = self._session(request)
        return self._ended() if session is None else self._page(session)

    def act(self, request: SandboxRequest) -> SandboxResponse:
        """POST /p/session/{id}: one button was pressed."""
        session = self._session(request)
        if session is None:
            return self._ended()
        customer = self._account.load("customer", session["customer"])
        error = self._done(request.form, customer)
        if error:
            return self._page(session, error, 422)
        return SandboxResponse(status=303, headers=(("Location", request.path),))

    def _done(self, form: dict[str, str], customer: Document) -> str | None:
        """Does what was asked; gives the sentence for what cannot be done."""
        action, target = form.get("action", ""), form.get("target", "")
        if action == "add":
            card = CARDS.get(form.get("card", "").replace(" ", ""))
            if card is None or card.charge != "ok":
                return "Your card was declined." if card else "Your card number is invalid."
            self._customers.prefer(customer, self._methods.attach(self._methods.make(card), customer["id"]))
            return None
        found = self._own("payment_method", target, customer) or self._own("subscription", target, customer)
        if found is None:
            return "That is not there any more."
        if action == "prefer" and found["object"] == "payment_method":
            self._customers.prefer(customer, found)
        elif action == "remove" and found["object"] == "payment_method":
            self._methods.detach(found)
        elif action in ("cancel", "resume") and found["object"] == "subscription":
            return self._end_later(found, wanted=action == "cancel")
        else:
            return "That cannot be done."
        return None

    def _end_later(self, subscription: Document, *, wanted: bool) -> str | None:
        if subscription["status"] == "canceled":
            return "This subscription has ended."
        self._subscriptions.end_later(subscription, wanted=wanted)
        return None

    def _own(self, kind: str, id_: str, customer: Document) -> Document | None:
        found = self._account.store.get(kind, id_)
        return found if found and found["customer"] == customer["id"] else None

    def _session(self, request: SandboxRequest) -> Document | None:
        session = self._account.store.get(_KIND, request.args["id"])
        if session is None or session["created"] < self._account.now() - _HOUR:
            return None
        customer = self._account.store.get("customer", session["customer"])
        return None if customer is None or customer.get("deleted") else session

    def _page(self, session: Document, error: str | None = None, status: int = 200) -> SandboxResponse:
        customer = self._account.load("customer", session["customer"])
        page = portal_page(
            name=customer["name"] or customer["email"] or customer["id"],
            methods=self._stored(customer),
            plans=[_plan(one) for one in self._of(customer, "subscription")],
            bills=[_bill(one) for one in self._of(customer, "invoice") if one["status"] != "draft"],
            cards=[card for card in CARDS.values() if card.charge == "ok"],
            return_url=session["return_url"],
            error=error,
        )
        return text_response(page, status, _HTML)

    def _stored(self, customer: Document) -> list[Stored]:
        default = customer["invoice_settings"]["default_payment_method"]
        return [_method(one, default) for one in self._of(customer, "payment_method")]

    def _of(self, customer: Document, kind: str) -> list[Document]:
        return [one for one in self._account.store.all(kind) if one["customer"] == customer["id"]]

    def _ended(self) -> SandboxResponse:
        page = ended_page(headline="This page has expired", text="Open it again from the shop.", link=None)
        return text_response(page, 410, _HTML)


def _method(method: Document, default: str | None) -> Stored:
    details = method[method["type"]]
    name = str(details.get("brand") or method["type"]).replace("_", " ").capitalize()
    expiry = f"{details['exp_month']:02d}/{details['exp_year']}" if "exp_month" in details else ""
    return Stored(method["id"], f"{name} •••• {details['last4']}", expiry, method["id"] == default)


def _plan(subscription: Document) -> Plan:
    items = subscription["items"]["data"]
    total = sum(item["price"]["unit_amount"] * item["quantity"] for item in items)
    every = items[0]["price"]["recurring"]
    rhythm = f"{every['interval_count']} {every['interval']}"
    price = f"{from_stripe(total, subscription['currency'])} every {rhythm}"
    ends = bool(subscription["cancel_at_period_end"])
    return Plan(subscription["id"], price, subscription["status"], items[0]["current_period_end"], ends=ends)


def _bill(invoice: Document) -> Bill:
    total = str(from_stripe(invoice["total"], invoice["currency"]))
    return Bill(str(invoice["number"]), total, invoice["status"], invoice["created"])
