"""The imitated Zammad as a WSGI application. Its agent of the token has the id 3; Jane, who answers, has 4.

`/_control/answer` (`{"ticket": 1, "body": "...", "internal": false, "sender": "Agent"}`) is Jane or the customer at
work, `/_control/move` (`{"ticket": 1, "state": "closed"}`) changes the state of a ticket. Both send a webhook where
`webhook_url` is given. The option `groups` names its groups, with semicolons between.

Of the searches it knows those by conditions, which Zammad asks its database.
"""

from __future__ import annotations

import hmac
import re
from typing import Any, Final

from ez_zammad.sandbox import TOKEN
from ez_zammad.sandbox.shapes import article_of, shown, stamp, ticket_of
from ez_zammad.sandbox.webhooks import tell
from ezcore.plugin_api.sandbox import (
    Document,
    SandboxApp,
    SandboxOptions,
    SandboxRequest,
    SandboxResponse,
    Store,
    json_response,
)

US, JANE, FIRST_CUSTOMER = 3, 4, 10
JANES: Final = '"Jane Doe via Users" <desk@desk.example>'
STATES: Final = ("new", "open", "pending reminder", "pending close", "closed", "merged")
PRIORITIES: Final = ("1 low", "2 normal", "3 high")
ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MOST: Final = 200


class Refusal(Exception):
    """A refusal in JSON, as Zammad words it."""

    def __init__(self, error: str, status: int = 422) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


class ZammadSandbox(SandboxApp):
    """A small Zammad that forgets nothing when it is killed."""

    name = "zammad"

    def __init__(self, store: Store, options: SandboxOptions) -> None:
        super().__init__(store, options)
        self.groups = [one.strip() for one in options.extra.get("groups", "Users; Sales").split(";")]
        for method, path, handler, call in (
            ("GET", "/users/me", self._me, "users.me"),
            ("POST", "/tickets/search", self._search, "tickets.search"),
            ("POST", "/tickets", self._create, "tickets.create"),
            ("GET", "/tickets/{id}", self._get, "tickets.get"),
            ("PUT", "/tickets/{id}", self._update, "tickets.update"),
            ("GET", "/ticket_articles/by_ticket/{id}", self._articles, "articles.list"),
            ("POST", "/ticket_articles", self._write, "articles.create"),
        ):
            self.route(method, f"/api/v1{path}", handler, call)
        self.route("POST", "/_control/answer", self._answer)
        self.route("POST", "/_control/move", self._move)

    def authorize(self, call: str, request: SandboxRequest) -> SandboxResponse | None:  # noqa: ARG002
        """The token of the agent."""
        given = request.headers.get("authorization", "")
        good = hmac.compare_digest(given.encode(), f"Token token={TOKEN}".encode())
        return None if good else json_response({"error": "Authentication required"}, 401)

    def refused(self, error: Exception) -> SandboxResponse | None:
        """JSON with `error` and, for people, `error_human`."""
        if not isinstance(error, Refusal):
            return None
        return json_response({"error": error.error, "error_human": error.error}, error.status)

    def _me(self, _: SandboxRequest) -> SandboxResponse:
        return json_response({"id": US, "login": "shop@desk.example", "firstname": "Shop", "active": True})

    def _search(self, request: SandboxRequest) -> SandboxResponse:
        given = request.json()
        if not given.get("condition"):
            raise Refusal("the imitation searches by conditions only")
        found = self.store.all("ticket")
        for name, wish in given["condition"].items():
            found = [one for one in found if _meets(one, name, wish)]
        column = given.get("sort_by", "updated_at")
        found.sort(key=lambda one: str(one[column]), reverse=given.get("order_by", "desc") == "desc")
        most = min(int(given.get("per_page") or given.get("limit") or 50), MOST)
        first = (int(given.get("page", 1)) - 1) * most
        rows = [shown(one, request) for one in found[first : first + most]]
        return json_response(rows)

    def _create(self, request: SandboxRequest) -> SandboxResponse:
        given = request.json()
        for field in ("title", "group", "customer_id", "article"):
            if not given.get(field):
                raise Refusal(f"Missing required value for field '{field}'!")
        if given["group"] not in self.groups:
            raise Refusal(f"No lookup value found for 'group': {given['group']!r}")
        if given.get("priority", PRIORITIES[1]) not in PRIORITIES:
            raise Refusal(f"No lookup value found for 'priority': {given['priority']!r}")
        customer = self._customer(str(given["customer_id"]))
        ticket = ticket_of(self.store.next_number("ticket"), given, customer, US, stamp(self.clock.now()))
        self.store.put("ticket", str(ticket["id"]), ticket)
        self._keep(ticket, given["article"], US, "Shop")
        return json_response(shown(ticket, request), 201)

    def _customer(self, wish: str) -> Document:
        address = wish.removeprefix("guess:")
        if not ADDRESS.fullmatch(address):
            raise Refusal(f"Invalid email '{address}' of customer")
        known = [one for one in self.store.all("user") if one["email"] == address.lower()]
        if known:
            return known[0]
        number = FIRST_CUSTOMER - 1 + self.store.next_number("user")
        user: Document = {"id": number, "login": address.lower(), "email": address.lower()}
        self.store.put("user", str(number), user)
        return user

    def _get(self, request: SandboxRequest) -> SandboxResponse:
        return json_response(shown(self._ticket(request.args["id"]), request))

    def _update(self, request: SandboxRequest) -> SandboxResponse:
        given, ticket = request.json(), self._ticket(request.args["id"])
        self._set(ticket, given.get("state", ticket["state"]), given.get("pending_time"))
        return json_response(shown(ticket, request))

    def _articles(self, request: SandboxRequest) -> SandboxResponse:
        ticket = self._ticket(request.args["id"])
        return json_response(list(self.store.where("article", ticket_id=ticket["id"])))

    def _write(self, request: SandboxRequest) -> SandboxResponse:
        given = request.json()
        ticket = self._ticket(str(given.get("ticket_id")))
        return json_response(self._keep(ticket, given, US, "Shop"), 201)

    def _answer(self, request: SandboxRequest) -> SandboxResponse:
        given = request.json()
        ticket, by_customer = self._ticket(str(given["ticket"])), given.get("sender") == "Customer"
        wish = {"content_type": "text/html", "type": "email", "sender": "Agent", "subject": None} | given
        who = (ticket["customer_id"], ticket["customer"]) if by_customer else (JANE, JANES)
        article = self._keep(ticket, wish, *who)
        tell(self, ticket, article)
        return json_response(article, 201)

    def _move(self, request: SandboxRequest) -> SandboxResponse:
        given = request.json()
        ticket = self._ticket(str(given["ticket"]))
        self._set(ticket, given["state"], self.clock.now().isoformat())
        tell(self, ticket, {})
        return json_response(ticket)

    def _set(self, ticket: Document, state: str, pending: str | None) -> None:
        if state not in STATES:
            raise Refusal(f"No lookup value found for 'state': {state!r}")
        if state.startswith("pending") and not pending:
            raise Refusal("Missing required value for field 'pending_time'!")
        ticket |= {"state": state, "pending_time": pending, "updated_at": stamp(self.clock.now())}
        self.store.put("ticket", str(ticket["id"]), ticket)

    def _keep(self, ticket: Document, wish: dict[str, Any], by: int, sender: str) -> Document:
        if not wish.get("body"):
            raise Refusal('Need at least article: { body: "some text" }')
        now = stamp(self.clock.now())
        article = article_of(self.store.next_number("article"), ticket["id"], wish, by, sender, now)
        self.store.put("article", str(article["id"]), article)
        ticket["updated_at"] = now
        self.store.put("ticket", str(ticket["id"]), ticket)
        return article

    def _ticket(self, number: str) -> Document:
        found = self.store.get("ticket", number)
        if found is None:
            raise Refusal(f"Couldn't find Ticket with 'id'={number}", 404)
        return found


def _meets(ticket: Document, name: str, wish: Document) -> bool:
    column, operator = name.removeprefix("ticket."), wish.get("operator")
    if not name.startswith("ticket.") or column not in ticket:
        raise Refusal(f"invalid selector {name}")
    if operator == "contains":
        return str(wish["value"]).casefold() in ticket[column].casefold()
    if operator == "after (absolute)":
        return bool(ticket[column] >= wish["value"])
    raise Refusal(f"Invalid condition, operator '{operator}' is invalid")
