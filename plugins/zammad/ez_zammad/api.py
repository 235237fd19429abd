"""ZammadApi: the HTTP API with one deadline per answer, a bound on its size and a masked log."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx

from ez_zammad.settings import ZammadSettings
from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter

Log = Callable[[str, str, int | None], None]
LARGEST_ANSWER: Final = 16 * 1024 * 1024
SHOWN: Final = 2000
LONGEST: Final = 400
SOON: Final = 5.0
BUSY: Final = 60.0
REDIRECT, ERROR, BROKEN = 300, 400, 500
UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY = 401, 403, 404, 429


class Missing(PermanentFailure):
    """Not there."""


class TooMuch(httpx.TransportError):
    """The answer is larger or slower than any of Zammad's."""


def silent(_request: str, _answer: str, _status: int | None) -> None:
    """A log for calls outside a job."""


class ZammadApi:
    """One Zammad. Every call raises signals and nothing else."""

    def __init__(self, settings: ZammadSettings, log: Log = silent) -> None:
        token = settings.token.get_secret_value()
        if not settings.api_url or not token:
            raise PermanentFailure("Zammad is not set up: fill in its address and token")
        self._base = f"{settings.api_url}/api/v1"
        self._headers = {
            "Authorization": f"Token token={token}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }
        self._log, self._seconds, self._ca_file = log, settings.timeout, settings.ca_file

    def read(self, path: str, asked: Mapping[str, str] | None = None) -> Any:
        """GET. Raises: Missing, RetryAfter, NeedsInfo."""
        status, headers, answer = self._send("GET", path, asked, None, changes=False)
        _refuse(status, headers, answer, changes=False)
        return _json(answer, changes=False)

    def search(self, path: str, wish: Mapping[str, Any]) -> Any:
        """POST that changes nothing. Raises: as `read`."""
        status, headers, answer = self._send("POST", path, None, wish, changes=False)
        _refuse(status, headers, answer, changes=False)
        return _json(answer, changes=False)

    def change(self, method: str, path: str, body: Any) -> Any:
        """POST or PUT; what was made. Raises: OutcomeUnknown, PermanentFailure, NeedsInfo, RetryAfter."""
        status, headers, answer = self._send(method, path, None, body, changes=True)
        self._log(f"{method} {path} {_line(json.dumps(body).encode())}", _line(answer), status)
        _refuse(status, headers, answer, changes=True)
        return _json(answer, changes=True)

    def _send(
        self, method: str, path: str, asked: Mapping[str, str] | None, body: Any, *, changes: bool
    ) -> tuple[int, httpx.Headers, bytes]:
        try:
            with (
                self._client() as client,
                client.stream(method, self._base + path, params=asked, json=body) as answer,
            ):
                return answer.status_code, answer.headers, _read(answer, time.monotonic() + self._seconds)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise RetryAfter(SOON, "Zammad cannot be reached", unreachable=True) from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            cause = str(error) if isinstance(error, TooMuch) else f"no answer ({type(error).__name__})"
            if changes:
                self._log(f"{method} {path}", "no answer", None)
            raise _open(cause, changes=changes) from None

    def _client(self) -> httpx.Client:
        return httpx.Client(
            headers=self._headers,
            timeout=self._seconds,
            follow_redirects=False,
            trust_env=False,
            verify=ssl.create_default_context(cafile=self._ca_file or None),
        )


def nonsense(*, changes: bool = False) -> Exception:
    """The answer is JSON, but none that Zammad gives."""
    return _open("unreadable answer; is this Zammad's API?", changes=changes, unreachable=False)


def _open(cause: str, *, changes: bool, unreachable: bool = True) -> OutcomeUnknown | RetryAfter:
    if changes:
        return OutcomeUnknown(cause, unreachable=unreachable)
    return RetryAfter(SOON, cause, unreachable=unreachable)


def _read(answer: httpx.Response, ends: float) -> bytes:
    body = bytearray()
    for chunk in answer.iter_raw():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise TooMuch("the answer is too large")
        if time.monotonic() > ends:
            raise TooMuch("the answer took too long")
    return bytes(body)


def _json(answer: bytes, *, changes: bool) -> Any:
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        raise _open("unreadable answer; is this Zammad's API?", changes=changes) from None


def _refuse(status: int, headers: httpx.Headers, answer: bytes, *, changes: bool) -> None:
    if status == TOO_MANY:
        value = headers.get("retry-after", "")
        raise RetryAfter(float(value) if value.isdigit() else BUSY, "Zammad limits our calls")
    if status == UNAUTHORIZED:
        raise NeedsInfo("Zammad does not accept our token. Mend it in the settings, then retry.")
    if status == FORBIDDEN:
        raise NeedsInfo("Zammad does not let our agent do this. Give it the right to the group, then retry.")
    if status >= BROKEN:
        raise _open(f"Zammad has trouble ({status}): {_words(answer)}", changes=changes)
    if status == NOT_FOUND:
        raise Missing("Zammad does not have it (404)")
    if status >= ERROR:
        raise PermanentFailure(f"Zammad refuses: {_words(answer)}")
    if status >= REDIRECT:
        raise _open("it leads elsewhere; is this Zammad's API?", changes=changes)


def _words(answer: bytes) -> str:
    """Zammad's sentence: JSON with `error_human` or `error`, or text."""
    try:
        value = json.loads(answer[:SHOWN])
        text = (value.get("error_human") or value["error"]) if isinstance(value, dict) else value
    except (ValueError, KeyError):
        text = answer[:LONGEST].decode("utf-8", "replace")
    return " ".join(str(text).replace("<", "[").replace(">", "]").split())[:LONGEST]


def _line(data: bytes) -> str:
    return " ".join(data[:SHOWN].decode("utf-8", "replace").replace("<", "[").split())
