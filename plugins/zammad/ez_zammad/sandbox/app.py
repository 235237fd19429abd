"""The imitated Zammad as a WSGI application. Its agent of the token has the id 3; Jane, who answers, has 4.

`/_control/answer` (`{"ticket": 1, "body": "...", "internal": false, "sender": "Agent"}`) is Jane or the customer at
work, `/_control/move` (`{"ticket": 1, "state": "closed"}`) changes the state of a ticket. Both send a webhook where
`webhook_url` is given. The handler fault `stale_read` on `tickets.search` hides what is younger than args.seconds, as a
search index does.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import urllib.request
from datetime import timedelta
from typing import Any, Final

from ez_zammad.sandbox import SECRET, TOKEN
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
STATES: Final = ("new", "open", "pending reminder", "pending close", "closed", "merged")
PRIORITIES: Final = ("1 low", "2 normal", "3 high")
TITLE: Final = re.compile(r'title:"([^"]*)"')
SINCE: Final = re.compile(r'updated_at:>="([^"]*)"')


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
        for method, path, handler, call in (
            ("GET", "/users/me", self._me, "users.me"),
            ("GET", "/tickets/search", self._search, "tickets.search"),
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
        query, page = request.query.get("query", ""), int(request.query.get("page", "1"))
        limit = int(request.query.get("per_page") or request.query.get("limit", "50"))
        found, newest = self.store.all("ticket"), self.clock.now()
        lag = self.faults.take("tickets.search", "stale_read")
        if lag is not None:
            newest -= timedelta(seconds=float(lag.args.get("seconds", 60)))
            found = [one for one in found if one["created_at"] <= _time(newest)]
        if title := TITLE.search(query):
            found = [one for one in found if title[1] in one["title"]]
        if since := SINCE.search(query):
            found = [one for one in found if one["updated_at"] >= since[1][:19]]
        found.sort(key=lambda one: one["updated_at"], reverse=True)
        return json_response(found[(page - 1) * limit : page * limit])

    def _create(self, request: SandboxRequest) -> SandboxResponse:
        given = request.json()
        for field in ("title", "group", "customer_id", "article"):
            if not given.get(field):
                raise Refusal(f"Missing required value for field '{field}'!")
        if given["group"] != "Users":
            raise Refusal(f"No lookup value found for 'group': {given['group']!r}")
        if given.get("priority", PRIORITIES[1]) not in PRIORITIES:
            raise Refusal("No lookup value found for 'priority'")
        number, now = self.store.next_number("ticket"), _time(self.clock.now())
        ticket: Document = {
            "id": number, "number": str(22000 + number), "title": given["title"], "group": given["group"],
            "customer": str(given["customer_id"]).removeprefix("guess:"), "customer_id": FIRST_CUSTOMER,
            "priority": given.get("priority", PRIORITIES[1]), "state": "new", "note": given.get("note"),
            "created_at": now, "updated_at": now,
        }  # fmt: skip
        self.store.put("ticket", str(number), ticket)
        self._keep(ticket, given["article"], US, "Shop <shop@desk.example>")
        return json_response(ticket, 201)

    def _get(self, request: SandboxRequest) -> SandboxResponse:
        return json_response(self._ticket(request.args["id"]))

    def _update(self, request: SandboxRequest) -> SandboxResponse:
        given = request.json()
        self._set(self._ticket(request.args["id"]), given.get("state", "open"), given.get("pending_time"))
        return json_response(self._ticket(request.args["id"]))

    def _articles(self, request: SandboxRequest) -> SandboxResponse:
        ticket = self._ticket(request.args["id"])
        return json_response(list(self.store.where("article", ticket_id=ticket["id"])))

    def _write(self, request: SandboxRequest) -> SandboxResponse:
        given = request.json()
        ticket = self._ticket(str(given.get("ticket_id")))
        return json_response(self._keep(ticket, given, US, "Shop <shop@desk.example>"), 201)

    def _answer(self, request: SandboxRequest) -> SandboxResponse:
        given = request.json()
        ticket, by_customer = self._ticket(str(given["ticket"])), given.get("sender") == "Customer"
        wish = {"content_type": "text/html", "type": "email", "sender": "Agent", "subject": None} | given
        who = (FIRST_CUSTOMER, ticket["customer"]) if by_customer else (JANE, "Jane Doe <jane@desk.example>")
        article = self._keep(ticket, wish, *who)
        self._tell(ticket, article)
        return json_response(article, 201)

    def _move(self, request: SandboxRequest) -> SandboxResponse:
        given = request.json()
        ticket = self._ticket(str(given["ticket"]))
        self._set(ticket, given["state"], self.clock.now().isoformat())
        self._tell(ticket, {})
        return json_response(ticket)

    def _set(self, ticket: Document, state: str, pending: str | None) -> None:
        if state not in STATES:
            raise Refusal("No lookup value found for 'state'")
        if state.startswith("pending") and not pending:
            raise Refusal("Missing required value for field 'pending_time'!")
        ticket |= {"state": state, "pending_time": pending, "updated_at": _time(self.clock.now())}
        self.store.put("ticket", str(ticket["id"]), ticket)

    def _keep(self, ticket: Document, wish: dict[str, Any], by: int, sender: str) -> Document:
        if not wish.get("body"):
            raise Refusal("Missing required value for field 'body'!")
        number, now = self.store.next_number("article"), _time(self.clock.now())
        names = ("subject", "body", "content_type", "type", "sender", "internal")
        article: Document = {
            "id": number, "ticket_id": ticket["id"], **{name: wish.get(name) for name in names},
            "internal": bool(wish.get("internal")), "sender": wish.get("sender", "Agent"), "from": sender,
            "content_type": wish.get("content_type", "text/plain"), "created_by_id": by, "created_at": now,
            "attachments": wish.get("attachments", []),
        }  # fmt: skip
        self.store.put("article", str(number), article)
        ticket["updated_at"] = now
        self.store.put("ticket", str(ticket["id"]), ticket)
        return article

    def _tell(self, ticket: Document, article: Document) -> None:
        if not self.options.webhook_url:
            return
        body = json.dumps({"ticket": ticket, "article": article}).encode()
        mark = hmac.new((self.options.webhook_secret or SECRET).encode(), body, hashlib.sha1).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature": f"sha1={mark}"}
        asked = urllib.request.Request(self.options.webhook_url, body, headers)  # noqa: S310 - as below
        with urllib.request.urlopen(asked, timeout=10):  # noqa: S310  # nosec B310 - the shop
            pass

    def _ticket(self, number: str) -> Document:
        found = self.store.get("ticket", number)
        if found is None:
            raise Refusal("Couldn't find Ticket", 404)
        return found


def _time(moment: Any) -> str:
    """As Zammad writes it, to the millisecond."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
