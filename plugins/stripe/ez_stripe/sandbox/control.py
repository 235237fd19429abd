"""Control endpoints that only the imitated Stripe has: webhooks, card behaviour, events, time.

POST /_control/webhooks {"url", "secret"}   send every event there (DELETE: nowhere)
GET  /_control/webhooks                     endpoints and deliveries
POST /_control/webhooks/release             let go of what a reordering fault holds back
GET  /_control/events                       events with their deliveries
POST /_control/events/{id}/redeliver        send one event again
POST /_control/card {"customer", "behaviour"}   how that customer's stored methods behave from now on
POST /_control/tick                         do at once whatever is scheduled for later
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ez_stripe.sandbox.cards import BEHAVIOURS
from ezcore.plugin_api.sandbox import SandboxRequest, SandboxResponse, json_response

if TYPE_CHECKING:
    from ez_stripe.sandbox.app import StripeSandbox


class StripeControl:
    """The handlers, over one sandbox."""

    def __init__(self, app: StripeSandbox) -> None:
        self._app = app
        self._webhooks = app.account.webhooks

    def add_routes(self) -> None:
        """Give the sandbox these endpoints."""
        for method, path, handler in (
            ("POST", "webhooks", self.configure),
            ("DELETE", "webhooks", self.silence),
            ("GET", "webhooks", self.deliveries),
            ("POST", "webhooks/release", self.release),
            ("GET", "events", self.events),
            ("POST", "events/{id}/redeliver", self.redeliver),
            ("POST", "card", self.card),
            ("POST", "tick", self.tick),
        ):
            self._app.route(method, f"/_control/{path}", handler)

    def configure(self, request: SandboxRequest) -> SandboxResponse:
        """Where webhooks go, signed with which secret, optionally pinned to another `api_version`."""
        told = _told(request)
        url, secret = told.get("url"), told.get("secret")
        if not (isinstance(url, str) and isinstance(secret, str)):
            return json_response({"error": 'send {"url": ..., "secret": ...}'}, 422)
        version = told.get("api_version")
        endpoint = self._webhooks.configure(url, secret, str(told.get("id", "we_default")), version)
        return json_response({**endpoint, "secret": "********"})

    def silence(self, _: SandboxRequest) -> SandboxResponse:
        """Send nothing any more."""
        self._webhooks.remove()
        return json_response({"endpoints": []})

    def deliveries(self, _: SandboxRequest) -> SandboxResponse:
        """Endpoints (secrets masked) and everything that was or will be sent."""
        endpoints = [{**endpoint, "secret": "********"} for endpoint in self._webhooks.endpoints()]
        return json_response({"endpoints": endpoints, "deliveries": self._webhooks.deliveries()})

    def release(self, _: SandboxRequest) -> SandboxResponse:
        """Let go of what is held back."""
        return json_response({"released": self._webhooks.release()})

    def events(self, _: SandboxRequest) -> SandboxResponse:
        """Everything that happened, oldest first."""
        events = self._app.store.all("event")
        return json_response(
            {"events": [{**event, "deliveries": self._webhooks.deliveries(event["id"])} for event in events]}
        )

    def redeliver(self, request: SandboxRequest) -> SandboxResponse:
        """Send one event again."""
        event = self._app.store.get("event", request.args["id"])
        if event is None:
            return json_response({"error": "no such event"}, 404)
        self._webhooks.enqueue(event, again=True)
        return json_response({"event": event["id"]})

    def card(self, request: SandboxRequest) -> SandboxResponse:
        """Switch the stored methods of one customer."""
        told = _told(request)
        try:
            self._app.methods.switch(str(told["customer"]), str(told["behaviour"]))
        except (KeyError, ValueError) as error:
            return json_response({"error": str(error), "behaviours": sorted(BEHAVIOURS)}, 422)
        return json_response(told)

    def tick(self, _: SandboxRequest) -> SandboxResponse:
        """Settle debits and refunds, expire sessions, renew subscriptions: everything that waits, now."""
        return json_response({"done": self._app.tick(at_once=True)})


def _told(request: SandboxRequest) -> dict[str, Any]:
    try:
        value = request.json()
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
