"""A text that staff write, as a form: subject, plain text, HTML; and how it looks, in a sandbox of its own."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, StringConstraints
from pyramid.response import Response

from ezcore.accounts import queries as accounts
from ezcore.messaging.rules import Text

LABELS: Final = {
    "subject": "Subject", "body": "Text", "html": "HTML", "version": "Version", "name": "Name",
    "per_minute": "Mails a minute",
}  # fmt: skip
SANDBOX: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; sandbox"
)
LONGEST: Final = 20_000


class TextForm(BaseModel):
    """What is typed; `version` is the one that the writer saw."""

    subject: Annotated[str, StringConstraints(max_length=250)] = ""
    body: Annotated[str, StringConstraints(max_length=LONGEST)] = ""
    html: Annotated[str, StringConstraints(max_length=LONGEST)] = ""
    version: Annotated[int, Field(ge=0)] = 0

    @property
    def text(self) -> Text:
        """As the rules of mail know it."""
        return Text(self.subject, self.body, self.html)


def html_page(html: str) -> Response:
    """The HTML of a mail by itself: nothing runs, nothing is sent, no page of ours is around it."""
    page = html or "<p>This mail has no HTML part.</p>"
    response = Response(text=page, content_type="text/html", charset="utf-8")
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def own_address(request: Any) -> str:
    """Where a test goes: to whoever asks for it."""
    return accounts.user_of(request.uow, request.actor).email
