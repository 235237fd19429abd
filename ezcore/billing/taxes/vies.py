"""VIES, the European Commission's register of VAT numbers, over its REST interface.

Source: https://ec.europa.eu/taxation_customs/vies/ (technical information). A member state's own register stands behind
each answer, and is often away; `isValid` counts only when `userError` is VALID, INVALID or INVALID_INPUT.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http.client import HTTPException
from typing import Any, ClassVar, Final
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ezcore.messaging.rules import one_line
from ezcore.plugin_api.ports.tax_numbers import TaxNumberAnswer, TaxNumberRegister

Fetch = Callable[[str, int], tuple[int, bytes]]
"""Gets an address within so many seconds: status and body. Raises: OSError, HTTPException."""

VIES: Final = "vies"
_LONGEST_BODY: Final = 65_536
_PREFIX: Final = 2
_NOTHING: Final = "---"  # how member states say that they do not tell


class Vies(TaxNumberRegister):
    """Asks at `address`; the simulation gives its own `fetch`."""

    name: ClassVar[str] = VIES

    def __init__(self, address: str, seconds: int = 10, fetch: Fetch | None = None) -> None:
        self._address = address
        self._seconds = seconds
        self._fetch = fetch or _fetch

    def check(self, number: str, requester: str = "") -> TaxNumberAnswer:
        """Ask once; see the port."""
        if not self._address:
            return TaxNumberAnswer(status="unavailable", cause="no register is set up (ez.tax.vies_url)")
        try:
            status, body = self._fetch(_question(self._address, number, requester), self._seconds)
        except (OSError, HTTPException) as error:
            return TaxNumberAnswer(
                status="unavailable", cause=f"no answer: {type(error).__name__}: {error}"[:400]
            )
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            return TaxNumberAnswer(
                status="unavailable", cause=f"an answer that cannot be read (HTTP {status})"
            )
        return _answer(found, status)


class _NoRedirect(HTTPRedirectHandler):
    """A register does not send us elsewhere; who does is not the register."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = build_opener(_NoRedirect)


def _fetch(address: str, seconds: int) -> tuple[int, bytes]:
    request = Request(address, headers={"Accept": "application/json", "User-Agent": "ezcore"})  # noqa: S310 - the setting is http(s)
    try:
        with _opener.open(request, timeout=seconds) as response:
            return response.status, response.read(_LONGEST_BODY)
    except HTTPError as error:
        with error:
            return error.code, error.read(_LONGEST_BODY)


def _question(address: str, number: str, requester: str) -> str:
    path = f"{address}/ms/{quote(number[:_PREFIX])}/vat/{quote(number[_PREFIX:])}"
    if not requester:
        return path
    asker = {"requesterMemberStateCode": requester[:_PREFIX], "requesterNumber": requester[_PREFIX:]}
    return f"{path}?{urlencode(asker)}"


def _answer(found: dict[str, Any], status: int) -> TaxNumberAnswer:
    error = _error(found)
    valid = found.get("isValid")
    if not isinstance(valid, bool) or error not in ("", "VALID", "INVALID", "INVALID_INPUT"):
        return TaxNumberAnswer(status="unavailable", cause=error or f"no answer in HTTP {status}", raw=found)
    return TaxNumberAnswer(
        status="valid" if valid else "invalid",
        name=_told(found, "name"),
        address=_told(found, "address"),
        consultation_number=_told(found, "requestIdentifier"),
        raw=found,
    )


def _error(found: dict[str, Any]) -> str:
    """The code of the error, whichever of the two shapes it has."""
    wrappers = found.get("errorWrappers")
    if isinstance(wrappers, list) and wrappers and isinstance(wrappers[0], dict):
        return one_line(str(wrappers[0].get("error", "")))[:100] or "unknown error"
    return one_line(str(found.get("userError") or ""))[:100]


def _told(found: dict[str, Any], name: str) -> str:
    text = one_line(str(found.get(name) or ""))
    return "" if text == _NOTHING else text[:200]
