"""The imitated Stripe as one WSGI application: API, hosted pages, webhooks, control.

State lives in the store; killing and restarting the process goes on where it was, deliveries included.
"""

from __future__ import annotations

import base64
import logging
import re
import threading
from pathlib import Path

from ez_stripe import API_VERSION
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.browser import Pages
from ez_stripe.sandbox.call import Call, CallHandler
from ez_stripe.sandbox.checkout import Checkout
from ez_stripe.sandbox.control import StripeControl
from ez_stripe.sandbox.customers import Customers
from ez_stripe.sandbox.disputes import Disputes
from ez_stripe.sandbox.events import Events
from ez_stripe.sandbox.form import nested
from ez_stripe.sandbox.idempotency import Idempotency
from ez_stripe.sandbox.intents import Intents
from ez_stripe.sandbox.invoices import Invoices
from ez_stripe.sandbox.methods import Methods
from ez_stripe.sandbox.money_control import MoneyControl
from ez_stripe.sandbox.payments import Payments
from ez_stripe.sandbox.payouts import Payouts
from ez_stripe.sandbox.portal import Portal
from ez_stripe.sandbox.refunds import Refunds
from ez_stripe.sandbox.refusals import StripeRefusal, bad_key, invalid, too_many
from ez_stripe.sandbox.schedule import Action
from ez_stripe.sandbox.subscribing import Subscribing
from ez_stripe.sandbox.subscription_calls import SubscriptionCalls
from ez_stripe.sandbox.subscriptions import Subscriptions
from ez_stripe.sandbox.table import banking, billing, money, people
from ez_stripe.sandbox.webhooks import send_over_http
from ezcore.plugin_api.sandbox import (
    Document,
    Fault,
    SandboxApp,
    SandboxOptions,
    SandboxRequest,
    SandboxResponse,
    Store,
    json_response,
)

WEBHOOK_SECRET = "whsec_sandbox_0123456789abcdef"  # noqa: S105 - the sandbox's own, known to everybody
_KEY = re.compile(r"(sk|rk)_test_\w{4,}")
_PULSE = 0.2
log = logging.getLogger(__name__)


class StripeSandbox(SandboxApp):
    """A stateful Stripe account in test mode."""

    name = "stripe"

    def __init__(self, store: Store, options: SandboxOptions) -> None:
        super().__init__(store, options)
        self.account = Account(store, self.clock, self.faults, options.extra.get("seed"))
        self.methods = Methods(self.account)
        self.payments = Payments(self.account, self.methods)
        self.customers = Customers(self.account, self.methods)
        self.intents = Intents(self.account, self.customers, self.methods, self.payments)
        self.refunds = Refunds(self.account, self.methods)
        self.invoices = Invoices(self.account, self.intents)
        self.subscriptions = Subscriptions(self.account, self.invoices, self.methods, self.payments)
        self.customers.on_delete = self.subscriptions.end_all
        subscribing = Subscribing(self.account, self.intents, self.payments, self.subscriptions)
        self.checkout = Checkout(
            self.account, self.customers, self.intents, self.methods, self.payments, subscribing
        )
        self.portal = Portal(self.account, self.customers, self.methods, self.subscriptions)
        self.disputes = Disputes(self.account)
        self.payouts = Payouts(self.account)
        self._idempotency = Idempotency(store, self.clock)
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._routes()
        if options.webhook_url:
            self.account.webhooks.configure(options.webhook_url, options.webhook_secret or WEBHOOK_SECRET)

    def start(self) -> None:
        """Deliver webhooks and do what is due, in the background."""
        self.account.webhooks.on_enqueue = self._wake.set
        self._thread = threading.Thread(target=self._work, name="sandbox-stripe-webhooks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the background work; what is not delivered stays in the store."""
        self._stopping.set()
        self._wake.set()
        if self._thread:
            self._thread.join(timeout=15)
        super().close()

    def tick(self, *, at_once: bool = False) -> int:
        """Do what is due (or everything that is scheduled, `at_once`)."""
        actions: dict[str, Action] = {
            "settle_debit": self._settle_debit,
            "settle_refund": self.refunds.settle,
            "expire_session": self.checkout.run_out,
            "foretell": self.subscriptions.foretell,
            "renew": self.subscriptions.renew,
            "finalize_invoice": self.subscriptions.finalize,
            "charge_again": self.subscriptions.charge_again,
        }
        with self.store.lock():
            self.account.request = {"id": None, "idempotency_key": None}
            return self.account.schedule.run_due(actions, at_once=at_once, follow=("finalize_invoice",))

    def _settle_debit(self, intent_id: str, outcome: str) -> None:
        intent = self.payments.settle_debit(intent_id, outcome)
        self.checkout.debit_settled(intent)
        self.subscriptions.debit_settled(intent)

    def authorize(self, call: str, request: SandboxRequest) -> SandboxResponse | None:  # noqa: ARG002
        """Stripe's 401 for a key that is none; the hosted pages need no key."""
        if not request.path.startswith("/v1/"):
            return None
        key = _key(request.headers.get("authorization", ""))
        return None if _KEY.fullmatch(key) else self._refusal(bad_key(key))

    def not_found(self, request: SandboxRequest) -> SandboxResponse:
        """Stripe's answer to an unknown address."""
        message = f"Unrecognized request URL ({request.method}: {request.path})."
        return self._refusal(invalid(f"{message} Please see https://stripe.com/docs.", status=404))

    def method_not_allowed(self, request: SandboxRequest) -> SandboxResponse:
        """Stripe does not tell a wrong method from an unknown address."""
        return self.not_found(request)

    def rate_limited(self, fault: Fault) -> SandboxResponse:
        """Stripe's 429."""
        response = self._refusal(too_many())
        wait = (("Retry-After", str(fault.args.get("retry_after", 1))), ("Stripe-Should-Retry", "true"))
        return SandboxResponse(response.body, 429, response.content_type, (*response.headers, *wait))

    def unauthorized(self, fault: Fault) -> SandboxResponse:  # noqa: ARG002
        """Stripe's 401."""
        return self._refusal(bad_key("sk_test_rolled_key"))

    def refused(self, error: Exception) -> SandboxResponse | None:
        """Stripe's error body."""
        return self._refusal(error) if isinstance(error, StripeRefusal) else None

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(_PULSE)
            self._wake.clear()
            if self._stopping.is_set():
                return
            try:
                self.tick()
                self.account.webhooks.deliver_due(send_over_http)
            except Exception:  # one odd event must not silence all the others
                log.exception("the sandbox could not finish its background work")

    def _api(self, method: str, path: str, handler: CallHandler, name: str) -> None:
        def answer(request: SandboxRequest) -> SandboxResponse:
            return self._answer(handler, request)

        self.route(method, f"/v1/{path}", answer, name)

    def _answer(self, handler: CallHandler, request: SandboxRequest) -> SandboxResponse:
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        replayed = self._idempotency.replay(key, request) if key else None
        if replayed:
            return replayed
        request_id = self.account.new_id("request")
        self.account.request = {"id": request_id, "idempotency_key": key}
        try:
            response = self._carried_out(handler, request, request_id)
        except StripeRefusal as refusal:
            response = self._refusal(refusal, request_id)
        if key:
            self._idempotency.remember(key, request, response)
        return response

    def _carried_out(self, handler: CallHandler, request: SandboxRequest, request_id: str) -> SandboxResponse:
        params = nested([*request.query_pairs, *request.form_pairs])
        document: Document = handler(Call(params, request.args, request.base_url))
        expand = params.get("expand") or []
        paths = (
            list(expand.values())
            if isinstance(expand, dict)
            else [expand]
            if isinstance(expand, str)
            else expand
        )
        return json_response(self.account.expanded(document, paths), headers=_headers(request_id))

    def _refusal(self, refusal: StripeRefusal, request_id: str | None = None) -> SandboxResponse:
        request_id = request_id or self.account.new_id("request")
        return json_response(refusal.body(request_id), refusal.status, _headers(request_id))

    def _routes(self) -> None:
        customers, intents, refunds, checkout = self.customers, self.intents, self.refunds, self.checkout
        events, pages = Events(self.account), Pages(self.account, checkout)
        calls = SubscriptionCalls(self.account, self.subscriptions)
        rows = (
            *people(customers, events),
            *money(intents, refunds, checkout),
            *billing(calls, self.invoices, self.portal),
            *banking(self.disputes, self.payouts),
        )
        for method, path, handler, name in rows:
            self._api(method, path, handler, name)
        self.route("GET", "/c/pay/{id}", pages.show, "pages.checkout")
        self.route("POST", "/c/pay/{id}", pages.pay, "pages.pay")
        self.route("GET", "/c/authenticate/{id}", pages.show_authentication, "pages.authentication")
        self.route("POST", "/c/authenticate/{id}", pages.authenticate, "pages.authenticate")
        self.route("GET", "/p/session/{id}", self.portal.show, "pages.portal")
        self.route("POST", "/p/session/{id}", self.portal.act, "pages.portal.act")
        StripeControl(self).add_routes()
        MoneyControl(self).add_routes()


def make(folder: Path, options: SandboxOptions) -> StripeSandbox:
    """The sandbox with its state in `folder`. `options.extra["seed"]` makes its ids repeatable."""
    return StripeSandbox(Store(folder / "stripe.sqlite3"), options)


def _headers(request_id: str) -> tuple[tuple[str, str], ...]:
    return (("Request-Id", request_id), ("Stripe-Version", API_VERSION))


def _key(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode().partition(":")[0]
        except ValueError:
            return ""
    return value.strip() if scheme.lower() == "bearer" else ""
