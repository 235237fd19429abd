"""HTTP below Cloudflare's library: one deadline for a whole answer, a bound on its size, no redirects, no proxies."""

from __future__ import annotations

import time
from typing import Final

import httpx

LARGEST_ANSWER: Final = 16 * 1024 * 1024
REDIRECT: Final = range(300, 400)


class BadAnswer(httpx.TransportError):
    """The answer is not one that Cloudflare gives."""


class DeadlineTransport(httpx.BaseTransport):
    """Reads the whole answer within `seconds`, or gives up; httpx's own timeouts count per packet."""

    def __init__(self, inner: httpx.BaseTransport, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises: ReadTimeout past the deadline; BadAnswer for redirects and giants."""
        ends = time.monotonic() + self._seconds
        request.headers["Accept-Encoding"] = "identity"  # a small answer may not unpack to a giant
        answer = self._inner.handle_request(request)
        try:
            if answer.status_code in REDIRECT:
                raise BadAnswer(f"redirected with status {answer.status_code}; is this Cloudflare's API?")
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise BadAnswer("the answer is packed though we asked for a plain one")
            body = bytearray()
            for chunk in answer.iter_raw():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise BadAnswer("the answer is too large")
                if time.monotonic() > ends:
                    raise httpx.ReadTimeout("the answer took too long", request=request)
        finally:
            answer.close()
        headers = [(k, v) for k, v in answer.headers.multi_items() if k.lower() != "transfer-encoding"]
        return httpx.Response(answer.status_code, headers=headers, content=bytes(body), request=request)

    def close(self) -> None:
        """Let go of the connections."""
        self._inner.close()
