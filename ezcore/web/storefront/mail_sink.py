"""The mail sink: what the shop would have mailed, readable in the browser of a demo or a test shop.

Registered only when `mail.transport` is ``sink``; `ez check --deploy` refuses such a configuration, because
every link of every mail is readable here by anybody.
"""

from __future__ import annotations

import re
import sys
from typing import Any, Final, NamedTuple

from ezcore.kernel.errors import NotFound
from ezcore.messaging import queries
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import include_area, page

_SHOWN: Final = 100
_LONGEST_ID: Final = 18


class Piece(NamedTuple):
    """A piece of a mail's text; a link to our own site has an address."""

    text: str
    href: str | None = None


@page("mail_sink", "/_mail/", public="mail sink", template="client/accounts/mails.pt")
def list_mails(request: EzRequest) -> dict[str, Any]:
    """The newest mails first."""
    return {"mails": queries.newest(request.uow, limit=_SHOWN)}


@page("mail_sink.mail", "/_mail/{mail_id}/", public="mail sink", template="client/accounts/mail.pt")
def show_mail(request: EzRequest) -> dict[str, Any]:
    """One mail as text; links to this site can be clicked, nothing else is more than text."""
    wanted = request.matchdict["mail_id"]
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) <= _LONGEST_ID and wanted[0] != "0"):
        raise NotFound("There is no such mail")
    mail = queries.by_id(request.uow, int(wanted))
    body = queries.body_of(request.uow, mail)
    return {"mail": mail, "pieces": pieces_of(body, request.registry["ez.work"].settings.shop.site_url)}


def pieces_of(body: str, site_url: str) -> list[Piece]:
    """Cut the text at links to our own site; what a stranger typed never becomes a link elsewhere."""
    path = r"/(?:[\w./?=&%~+-]*[\w/=~+-])?"
    link = re.compile(rf"{re.escape(site_url)}(?:{path}|(?![\w.@:/-]))")
    pieces, end = [], 0
    for match in link.finditer(body):
        pieces += [Piece(body[end : match.start()]), Piece(match.group(), match.group())]
        end = match.end()
    return [piece for piece in (*pieces, Piece(body[end:])) if piece.text]


def includeme(config: Any) -> None:
    """Serve the sink when mail goes there."""
    if config.registry["ez.work"].settings.mail.transport == "sink":
        include_area(config, sys.modules[__name__])
