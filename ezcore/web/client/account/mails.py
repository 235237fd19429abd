"""/account/mails/: what we mailed to this client, with the text as text."""

from __future__ import annotations

from typing import Any

from ezcore.accounts import queries
from ezcore.messaging.copies import reading
from ezcore.web.shared.paging import paging
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page


@page("account.mails", "/account/mails/", permission="client.read", template="client/account/mails.pt")
def show_mails(request: EzRequest) -> dict[str, Any]:
    """Subjects, the newest first."""
    which = _which(request)
    found = paging(request, reading.count(request.uow, which))
    rows = reading.rows(request.uow, which, offset=found.offset, limit=found.limit)
    return {"rows": rows, "paging": found}


@page("account.mail", "/account/mails/{id}/", permission="client.read", template="client/account/mail.pt")
def show_mail(request: EzRequest) -> dict[str, Any]:
    """One mail; keys in its links are hidden, and a mail that is a key shows no text."""
    mail = reading.one(request.uow, _which(request), path_id(request))
    return {"mail": mail, "text": reading.text_of(request.uow, mail)}


def _which(request: EzRequest) -> Any:
    # Staff who look at a client's pages do not see the mails to their own address here.
    looking = request.actor.behalf_of is not None
    own = "" if looking else queries.user_of(request.uow, request.actor).email
    return reading.readable(request.actor, own)
