"""What a mailing can say, and how it reads for one client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ezcore.messaging.mailings.models import Mailing
from ezcore.messaging.rules import Text, Value, fill_parts
from ezcore.messaging.unsubscribing import link
from ezcore.work import UnitOfWork

VALUES: Final = ("client.name", "client.company", "client.email", "services", "shop", "site", "unsubscribe")
_WAY_OUT: Final = "\n-- \nNo more mails like this: {{ unsubscribe }}\n"
_WAY_OUT_HTML: Final = '\n<p><a href="{{ unsubscribe }}">No more mails like this</a></p>\n'


def names_of(*, marketing: bool) -> frozenset[str]:
    """The names that a text may ask for; only marketing mail has a way out."""
    return frozenset(VALUES) - (frozenset() if marketing else {"unsubscribe"})


def print_for(
    uow: UnitOfWork, mailing: Mailing, details: Mapping[str, str], client_id: int, language: str
) -> Text:
    """The mail of one client; marketing mail that names no way out gets one at its end. Raises: BadTemplate."""
    shop = uow.settings.shop
    values: dict[str, Value] = {name: details.get(name, "") for name in names_of(marketing=False)}
    values |= {"shop": shop.name, "site": shop.site_url}
    body, html = mailing.body, mailing.html
    if mailing.marketing:
        values["unsubscribe"] = link(uow, client_id)
        body += "" if _names_way_out(body) else _WAY_OUT
        html += _WAY_OUT_HTML if html and not _names_way_out(html) else ""
    source = Text(mailing.subject, body, html)
    return fill_parts(source, values, language=language, time_zone=shop.time_zone)


def _names_way_out(text: str) -> bool:
    return "unsubscribe }}" in text or "unsubscribe}}" in text
