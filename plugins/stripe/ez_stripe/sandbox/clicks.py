"""A client on the hosted pages, without a browser: posts the forms and reads where it is sent.

For tests, smoke runs and the simulation, over a real socket.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

VISA = "4242424242424242"
DECLINED = "4000000000000002"
DECLINED_LATER = "4000000000000341"
AUTHENTICATE = "4000002500003155"
BANK = "DE89370400440532013000"
BANK_FAILS = "DE62370400440532013001"


@dataclass(frozen=True)
class Landed:
    """Where the browser is now."""

    status: int
    location: str | None
    text: str


def choose(page: str, card: str) -> Landed:
    """Pay on a Checkout page with this card."""
    return _post(page, {"card": card, "action": "pay"})


def authenticate(page: str, *, passed: bool) -> Landed:
    """Decide on the bank's page."""
    return _post(page, {"outcome": "complete" if passed else "fail"})


def pay(page: str, card: str = VISA) -> Landed:
    """Pay and, where asked, authenticate."""
    landed = choose(page, card)
    if landed.location and "/c/authenticate/" in landed.location:
        return authenticate(landed.location, passed=True)
    return landed


def labels(text: str) -> list[str]:
    """The texts of all labels on a page."""
    reader = _Labels()
    reader.feed(text)
    return reader.found


class _Labels(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag == "label":
            self._inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "label"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def _post(page: str, fields: dict[str, str]) -> Landed:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)
    try:
        answer = opener.open(page, urlencode(fields).encode(), timeout=10)
    except urllib.error.HTTPError as stopped:
        answer = stopped
    with answer:
        return Landed(answer.status, answer.headers.get("Location"), answer.read().decode())


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Say where the browser is sent, and do not go there."""
