"""HTTP below Stripe's library: one deadline for a whole answer, a bound on its size, and no redirects.

The library's own session follows redirects, and reads whatever length an answer has into memory.
"""

from __future__ import annotations

import time
from typing import Any, Final

import requests
import stripe
from requests.adapters import HTTPAdapter

from ez_stripe.settings import StripeSettings

CONNECT_SECONDS: Final = 5.0
LARGEST_ANSWER: Final = 16 * 1024 * 1024
REDIRECT: Final = range(300, 400)


class BadAnswer(requests.exceptions.RequestException):
    """The answer is not one that Stripe gives."""


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
            if response.status_code in REDIRECT:
                raise BadAnswer(f"redirected with status {response.status_code}; is this Stripe?")
            body = _read(response, ends, request)
        finally:
            response.close()
        response._content = body  # noqa: SLF001 - requests has no public way to hand over a body
        response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
        return response


def _read(response: requests.Response, ends: float, request: requests.PreparedRequest) -> bytes:
    body = bytearray()
    try:
        while chunk := response.raw.read1(65_536, decode_content=True):
            body += chunk
            if len(body) > LARGEST_ANSWER:
                raise BadAnswer("the answer is too large", request=request)
            if time.monotonic() > ends:
                raise requests.exceptions.ReadTimeout("the answer took too long", request=request)
    except requests.exceptions.BaseHTTPError as error:  # type: ignore[attr-defined]
        raise requests.exceptions.ConnectionError(type(error).__name__, request=request) from None
    return bytes(body)


def transport(settings: StripeSettings) -> stripe.HTTPClient:
    """HTTP as the settings want it."""
    session = requests.Session()
    # A proxy of the environment is for the world outside: a sandbox on loopback is not reached through it.
    session.trust_env = not settings.is_on_this_machine
    for scheme in ("https://", "http://"):
        session.mount(scheme, DeadlineAdapter(settings.timeout))
    return stripe.RequestsClient(timeout=(CONNECT_SECONDS, settings.timeout), session=session)
