"""The help desk: a ticket is found by its reference in the title, a message by its key in the subject of the article.

Zammad has no keys for repetitions. Both are read from its database, so what was made is found at once. A request whose
answer nobody heard may still be on its way: the next try to open waits for it, looks, and only then opens.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import quote

from pydantic import ValidationError

from ez_zammad.api import Log, Missing, ZammadApi, nonsense, silent
from ez_zammad.search import by_reference, changed_since, mark
from ez_zammad.settings import ZammadSettings
from ez_zammad.shapes import ArticleSeen, Me, TicketSeen, seen
from ez_zammad.words import plain
from ezcore.plugin_api import NeedsInfo, PermanentFailure, PluginContext, StillRunning
from ezcore.plugin_api.ports.helpdesk import (
    DeskState,
    Helpdesk,
    HelpdeskMessage,
    HelpdeskReply,
    HelpdeskTalk,
    HelpdeskTicket,
)
from ezcore.plugin_api.ports.vendor_call import VendorCall

KEY: Final = re.compile(r"ez-\d+")
HOLD: Final = timedelta(days=7)
"""Zammad wants a time at which a ticket on hold comes back."""
PRIORITIES: Final = {"low": "1 low", "normal": "2 normal", "high": "3 high", "urgent": "3 high"}
SENDERS: Final = {"client": "Customer", "staff": "Agent", "system": "System"}


class Zammad(Helpdesk):
    """Tickets in a Zammad."""

    name: ClassVar[str] = "zammad"
    label: ClassVar[str] = "Zammad"
    limits: ClassVar[tuple[str, ...]] = (
        "Files stay where they were added; the other side reads their names.",
        "A ticket on hold comes back in Zammad after seven days.",
    )

    def __init__(self, context: PluginContext) -> None:
        self._context = context

    def settings(self) -> ZammadSettings:
        """The plugin's settings now."""
        return ZammadSettings.model_validate(self._context.settings().model_dump())

    def test_connection(self) -> str:
        """Who we are there."""
        try:
            me = self._me(self._api())
        except NeedsInfo as error:
            raise PermanentFailure(error.question) from None
        return f"Zammad answers; we are {me.login[:80]}."

    def open_ticket(self, call: VendorCall, ticket: HelpdeskTicket, first: HelpdeskMessage) -> str:
        """Open it with its first message; a ticket with our reference is ours."""
        api = self._api(call.log)
        found = by_reference(api, ticket.reference, self._me(api).id)
        if found is not None:
            return found
        if call.attempt > 1 and call.handle != {"after": call.attempt - 1}:
            wait, handle = self.settings().search_seconds, {"after": call.attempt}
            raise StillRunning(wait, handle, "the last try may still be on its way to Zammad")
        wish = {
            "title": f"{mark(ticket.reference)}{ticket.subject}",
            "group": self.settings().group_of(ticket.department),
            "customer_id": f"guess:{ticket.customer_email}",
            "priority": PRIORITIES[ticket.priority],
            "note": ticket.address,
            "article": _article(first),
        }
        return str(seen(TicketSeen, api.change("POST", "/tickets", wish), changes=True).id)

    def post(self, call: VendorCall, external_id: str, message: HelpdeskMessage) -> str:
        """Write an article, unless one of ours carries its key."""
        api = self._api(call.log)
        me = self._me(api)
        for one in self._articles(api, external_id):
            if one.subject == message.key and one.created_by_id == me.id:
                return str(one.id)
        wish = {"ticket_id": int(external_id), **_article(message)}
        return str(_article_of(api.change("POST", "/ticket_articles", wish), changes=True).id)

    def set_state(self, call: VendorCall, external_id: str, state: DeskState) -> None:
        """Open, pending reminder, closed."""
        wish: dict[str, Any] = {"state": "pending reminder" if state == "on_hold" else state}
        if state == "on_hold":
            wish["pending_time"] = (self._context.clock.now() + HOLD).isoformat()
        seen(TicketSeen, self._api(call.log).change("PUT", _path(external_id), wish), changes=True)

    def talk(self, external_id: str) -> HelpdeskTalk | None:
        """The articles that are not ours; a merged ticket is closed."""
        api = self._api()
        try:
            ticket = seen(TicketSeen, api.read(_path(external_id), {"expand": "true"}))
            articles = self._articles(api, external_id)
        except Missing:
            return None
        me = self._me(api)
        theirs = [one for one in articles if not _is_ours(one, me) and one.sender in ("Agent", "Customer")]
        return HelpdeskTalk(state=_state(ticket.state), replies=tuple(_reply(one) for one in theirs))

    def changed(self, since: datetime) -> Sequence[str]:
        """What its database says was updated, the newest first."""
        return changed_since(self._api(), since)

    def page(self, external_id: str) -> str:
        """The ticket in Zammad's own pages."""
        return f"{self.settings().api_url}/#ticket/zoom/{quote(external_id, safe='')}"

    def _api(self, log: Log = silent) -> ZammadApi:
        return ZammadApi(self.settings(), log)

    def _me(self, api: ZammadApi) -> Me:
        return seen(Me, api.read("/users/me"))

    def _articles(self, api: ZammadApi, external_id: str) -> list[ArticleSeen]:
        path = f"/ticket_articles/by_ticket/{quote(external_id, safe='')}"
        found = api.read(path, {"expand": "true"})
        if not isinstance(found, list):
            raise nonsense()
        return sorted((_article_of(one) for one in found), key=lambda one: one.id)


def _path(external_id: str) -> str:
    return f"/tickets/{quote(external_id, safe='')}"


def _article(message: HelpdeskMessage) -> dict[str, Any]:
    """An article; who wrote it stands above its words, for Zammad shows the agent of the token."""
    return {
        "subject": message.key,
        "body": f"{message.author_name}:\n\n{message.body}",
        "content_type": "text/plain",
        "type": "note",
        "sender": SENDERS[message.author],
        "internal": message.internal,
    }


def _is_ours(one: ArticleSeen, me: Me) -> bool:
    return one.created_by_id == me.id and KEY.fullmatch(one.subject or "") is not None


def _reply(one: ArticleSeen) -> HelpdeskReply:
    return HelpdeskReply(
        external_id=str(one.id),
        author="staff" if one.sender == "Agent" else "client",
        author_name=one.writer,
        body=plain(one.body or "", one.content_type or ""),
        internal=one.internal,
        at=one.created_at,
        files=tuple(file.filename for file in one.attachments if file.filename),
    )


def _state(name: str) -> DeskState:
    if name in ("closed", "merged", "removed"):
        return "closed"
    return "on_hold" if name.startswith("pending") else "open"


def _article_of(answer: Any, *, changes: bool = False) -> ArticleSeen:
    try:
        return ArticleSeen.read(answer)
    except (ValidationError, TypeError):
        raise nonsense(changes=changes) from None
