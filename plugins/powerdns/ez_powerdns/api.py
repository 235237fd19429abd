"""PowerDnsApi: the server's HTTP API with one deadline per answer, a bound on its size and a masked log."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from ez_powerdns.settings import PowerDnsSettings
from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter

Log = Callable[[str, str, int | None], None]
LARGEST_ANSWER: Final = 32 * 1024 * 1024
SHOWN: Final = 2000
LONGEST: Final = 400
SOON: Final = 5.0
BUSY: Final = 60.0
ERROR: Final = 400
UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CONFLICT, TOO_MANY, BROKEN = 401, 403, 404, 409, 429, 500
SILENT_PARTS: Final = ("cryptokeys",)
"""Answers of these paths contain private keys and are never logged."""


class Wire(Protocol):
    """One request over HTTP: status, headers in lower case, body. Raises: OSError, http.client.HTTPException."""

    def __call__(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[int, dict[str, str], bytes]:
        """Send it and read the whole answer."""
        ...


class NeverSent(OSError):
    """There was no connection: nothing can have happened."""


class TooLarge(http.client.HTTPException):
    """The answer is larger than any zone."""


class Missing(PermanentFailure):
    """Not there."""


class Conflict(PermanentFailure):
    """There already."""


def silent(_request: str, _answer: str, _status: int | None) -> None:
    """A log for calls outside a job."""


class PowerDnsApi:
    """One server. Every call raises signals and nothing else."""

    def __init__(self, settings: PowerDnsSettings, log: Log = silent, wire: Wire | None = None) -> None:
        if not settings.api_url or not settings.api_key.get_secret_value():
            raise PermanentFailure("PowerDNS is not set up: fill in its API address and key")
        self._base = f"{settings.api_url}/api/v1/servers/{settings.server_id}"
        self._key = settings.api_key.get_secret_value()
        self._log = log
        self._wire = wire or HttpWire(settings.timeout, settings.ca_file)

    def read(self, path: str) -> Any:
        """GET. Raises: Missing, RetryAfter, NeedsInfo."""
        return self._json(self._asked("GET", path, None), changes=False)

    def change(self, method: str, path: str, body: Any = None) -> Any:
        """Anything else; the answer, or None where there is none. Raises: OutcomeUnknown, Missing, Conflict ..."""
        answer = self._asked(method, path, body)
        return self._json(answer, changes=True) if answer else None

    def _asked(self, method: str, path: str, body: Any) -> bytes:
        changes = method != "GET"
        sent = json.dumps(body).encode() if body is not None else None
        headers = {"X-API-Key": self._key, "Accept": "application/json", "Accept-Encoding": "identity"}
        if sent:
            headers["Content-Type"] = "application/json"
        shown = f"{method} {path} {_line(sent)}".strip()
        try:
            status, given, answer = self._wire(method, self._base + path, headers, sent)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if changes:
                self._log(shown, "no answer", None)
            raise _unheard(error, changes=changes) from None
        if changes:
            private = any(part in path for part in SILENT_PARTS)
            self._log(shown, "(not shown: keys)" if private and status < ERROR else _line(answer), status)
        _refuse(status, given, answer, changes=changes)
        return answer

    def _json(self, answer: bytes, *, changes: bool) -> Any:
        try:
            return json.loads(answer)
        except (ValueError, RecursionError):
            raise nonsense(changes=changes, unreachable=True) from None


def nonsense(*, changes: bool = False, unreachable: bool = False) -> Exception:
    """The answer is not one that PowerDNS gives. `unreachable`: it is not even of its kind, somebody else answered."""
    return _open("unreadable answer; is this PowerDNS's API?", changes=changes, unreachable=unreachable)


def _open(cause: str, *, changes: bool, unreachable: bool = True) -> OutcomeUnknown | RetryAfter:
    if changes:
        return OutcomeUnknown(cause, unreachable=unreachable)
    return RetryAfter(SOON, cause, unreachable=unreachable)


class HttpWire:
    """HTTP of the standard library: no redirects, no proxies, one deadline for the whole answer."""

    def __init__(self, seconds: float, ca_file: str) -> None:
        self._seconds = seconds
        self._ca_file = ca_file

    def __call__(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request and read its answer."""
        ends = time.monotonic() + self._seconds
        parts = urlsplit(url)
        connection = self._connection(parts.scheme, parts.hostname or "", parts.port)
        try:
            try:
                connection.connect()
            except OSError as error:
                raise NeverSent(str(error)) from None
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body, headers)
            # A connection that ends with its answer does not close it: the answer holds the socket.
            with connection.getresponse() as answer:
                return answer.status, {k.lower(): v for k, v in answer.getheaders()}, _read(answer, ends)
        finally:
            connection.close()

    def _connection(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        if scheme == "https":
            context = ssl.create_default_context(cafile=self._ca_file or None)
            return http.client.HTTPSConnection(host, port, timeout=self._seconds, context=context)
        return http.client.HTTPConnection(host, port, timeout=self._seconds)


def _read(answer: http.client.HTTPResponse, ends: float) -> bytes:
    body = bytearray()
    while chunk := answer.read1(65_536):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise TooLarge("the answer is too large")
        if time.monotonic() > ends:
            raise TimeoutError("the answer took too long")
    return bytes(body)


def _refuse(status: int, headers: dict[str, str], answer: bytes, *, changes: bool) -> None:
    if status == TOO_MANY:
        value = headers.get("retry-after", "")
        raise RetryAfter(float(value) if value.isdigit() else BUSY, "the server limits our calls")
    if status == UNAUTHORIZED:
        raise NeedsInfo("PowerDNS does not accept our API key. Mend it in the settings, then retry.")
    if status == FORBIDDEN:
        raise NeedsInfo(
            "PowerDNS does not let us in from this machine (webserver-allow-from). Mend it, then retry."
        )
    if status >= BROKEN:
        raise _open(f"PowerDNS has trouble ({status}): {_words(answer)}", changes=changes)
    if status == NOT_FOUND:
        raise Missing("PowerDNS does not have it (404)")
    if status == CONFLICT:
        raise Conflict("PowerDNS has it already (409)")
    if status >= ERROR:
        raise PermanentFailure(f"PowerDNS refuses: {_words(answer)}")
    if status >= 300:  # noqa: PLR2004 - a redirect; the key goes nowhere else
        raise nonsense(changes=changes, unreachable=True)


def _words(answer: bytes) -> str:
    """The server's sentence: JSON with `error`, or plain text."""
    try:
        value = json.loads(answer[:SHOWN])
        text = value["error"] if isinstance(value, dict) else value
    except (ValueError, KeyError):
        text = answer[:LONGEST].decode("utf-8", "replace")
    return " ".join(str(text).replace("<", "[").replace(">", "]").split())[:LONGEST]


def _line(data: bytes | None) -> str:
    return " ".join((data or b"")[:SHOWN].decode("utf-8", "replace").replace("<", "[").split())


def _unheard(error: Exception, *, changes: bool) -> Exception:
    if isinstance(error, NeverSent | socket.gaierror):
        return RetryAfter(SOON, "PowerDNS cannot be reached", unreachable=True)
    cause = str(error) if isinstance(error, TooLarge) else f"no answer ({type(error).__name__})"
    return _open(cause, changes=changes)
