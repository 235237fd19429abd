"""HTTP below the acme library: one deadline per answer, a bound on its size, fresh nonces, a log for staff."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from acme import messages
from acme.client import ClientNetwork
from josepy.jwa import ES256
from josepy.jwk import JWK
from requests.adapters import BaseAdapter, HTTPAdapter

Log = Callable[[str, str, int | None], None]
LARGEST_ANSWER: Final = 2 * 1024 * 1024
NONCE_TRIES: Final = 6
LONGEST_WAIT: Final = 604_800.0
REDIRECT: Final = range(300, 400)


class BadAnswer(requests.exceptions.RequestException):
    """The answer is not one that an ACME authority gives."""


class DeadlineAdapter(HTTPAdapter):
    """Reads the whole answer within `seconds`, or gives up; requests' own timeout counts per packet."""

    def __init__(self, seconds: float) -> None:
        super().__init__(max_retries=0)
        self._seconds = seconds

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one request. Raises: ReadTimeout past the deadline; BadAnswer for redirects and giants."""
        ends = time.monotonic() + self._seconds
        kwargs["stream"] = True
        response = super().send(request, *args, **kwargs)
        try:
            body = bytearray()
            while chunk := response.raw.read1(65_536, decode_content=True):
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise BadAnswer("the answer is too large", request=request)
                if time.monotonic() > ends:
                    raise requests.exceptions.ReadTimeout("the answer took too long", request=request)
        finally:
            response.close()
        return finished(response, bytes(body))


def finished(response: requests.Response, body: bytes) -> requests.Response:
    """The answer with its body. Raises: BadAnswer for a redirect: a signed request goes nowhere else."""
    response._content = body  # noqa: SLF001 - requests has no public way to hand over a body
    response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
    if response.status_code in REDIRECT:
        raise BadAnswer(f"redirected with status {response.status_code}; is this an ACME authority?")
    return response


class Network(ClientNetwork):
    """The library's network for the length of one call of ours."""

    def __init__(
        self, key: JWK, *, timeout: float, ca_file: str, log: Log, adapter: BaseAdapter | None = None
    ) -> None:
        super().__init__(key, alg=ES256, user_agent="ezcore-acme", timeout=int(timeout) or 1)
        self.verify_ssl = ca_file or True  # type: ignore[assignment]  # requests takes a path as well
        self.retry_after: float | None = None
        self._log = log
        # Neither a proxy nor a .netrc of this machine may take part in a call for our account.
        self.session.trust_env = False
        self.session.mount("https://", adapter or DeadlineAdapter(timeout))

    def post(self, *args: Any, **kwargs: Any) -> requests.Response:
        """POST a signed object; a refused nonce is replaced by the fresh one that came with the refusal."""
        for attempt in range(NONCE_TRIES):
            try:
                return self._post_once(*args, **kwargs)
            except messages.Error as error:
                if error.code != "badNonce" or attempt == NONCE_TRIES - 1:
                    raise
        raise AssertionError("the loop returns or raises")

    def _send_request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:
        if urlsplit(url).scheme != "https":
            raise BadAnswer(f"the authority names an address without TLS: {url[:80]!r}")
        response = super()._send_request(method, url, *args, **kwargs)
        self.retry_after = _seconds(response.headers.get("Retry-After"), response.headers.get("Date"))
        if method == "POST":
            self._log(f"POST {urlsplit(url).path}", _line(response.text), response.status_code)
            if not response.ok and self.REPLAY_NONCE_HEADER in response.headers:
                self._nonces.clear()
                self._add_nonce(response)
        return response


def _seconds(value: str | None, sent: str | None) -> float | None:
    """Retry-After in seconds, at most a week; None where there is none or it makes no sense.

    A date is measured from the answer's own: clocks differ.
    """
    if not value:
        return None
    if value.strip().isdigit():
        return min(float(value[:12]), LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(sent or "")
    except (ValueError, TypeError):
        return None
    return max(1.0, min(wait.total_seconds(), LONGEST_WAIT))


def _line(text: str) -> str:
    return " ".join(text[:8000].replace("<", "[").split())
