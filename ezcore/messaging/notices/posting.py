"""Posts a message to an address that staff typed: https only, to the public internet only, no redirects followed.

The name is looked up once and the connection goes to the address that was checked, so a name that changes its mind
in between (DNS rebinding) leads nowhere.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.errors import PermanentFailure, RetryAfter

SECONDS: Final = 10
READ: Final = 2000
_TRY_AGAIN: Final = frozenset({408, 409, 423, 425, 429})


@dataclass(frozen=True)
class Answer:
    """What the other side said."""

    status: int
    words: str


def check_url(url: str, *, private: bool) -> str:
    """The address as given, if a message may go there. Raises: InvalidInput."""
    parts = _split(url)
    if parts is None or parts.scheme not in (("https", "http") if private else ("https",)):
        raise InvalidInput("Write the address of the webhook; it begins with https://", field="url")
    if parts.username is not None or parts.password is not None:
        raise InvalidInput("An address with a login in it is not taken", field="url")
    try:
        literal = ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return url
    if not private and not _is_public(literal):
        raise InvalidInput("This address is not on the public internet", field="url")
    return url


def post(url: str, body: bytes, headers: Mapping[str, str], *, private: bool) -> Answer:
    """Send it. Gives a 2xx answer.

    Raises: PermanentFailure when trying again cannot help; RetryAfter or OSError otherwise.
    """
    try:
        check_url(url, private=private)
    except InvalidInput as refused:
        raise PermanentFailure(refused.message) from refused
    parts = urlsplit(url)
    connection = _connect(parts, private=private)
    try:
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
        found = connection.getresponse()
        answer = Answer(found.status, found.read(READ).decode("utf-8", "replace"))
    finally:
        connection.close()
    if 200 <= answer.status < 300:  # noqa: PLR2004
        return answer
    if answer.status >= 500 or answer.status in _TRY_AGAIN:  # noqa: PLR2004
        raise RetryAfter(0, f"answered {answer.status}: {answer.words[:200]}")
    raise PermanentFailure(f"answered {answer.status}: {answer.words[:200]}")


def _connect(parts: SplitResult, *, private: bool) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not private and not all(_is_public(ipaddress.ip_address(one.partition("%")[0])) for one in addresses):
        raise PermanentFailure(f"{host} is not on the public internet")
    plain = _first_that_answers(addresses, port)
    if parts.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(host, port, timeout=SECONDS)
        connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
        connection.sock = plain
    return connection


def _first_that_answers(addresses: list[str], port: int) -> socket.socket:
    problem: OSError = OSError("the name has no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=SECONDS)
        except OSError as error:
            problem = error
    raise problem


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        known = parts.port is None or parts.port > 0
    except ValueError:
        return None
    clean = url.isascii() and url.isprintable() and " " not in url
    return parts if known and clean and parts.hostname else None


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """On the internet; an IPv4 address in IPv6 clothes is looked at as what it is."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return _is_public(address.ipv4_mapped)
    return address.is_global and not address.is_multicast
