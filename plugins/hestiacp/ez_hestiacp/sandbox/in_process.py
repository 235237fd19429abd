"""The imitation without a socket: an adapter of requests that calls the application."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from ez_hestiacp.transport import finished
from ezcore.plugin_api.sandbox import LoseAnswer, SandboxApp, SandboxRequest


class InProcess(BaseAdapter):
    """A requests adapter in front of a sandbox application."""

    def __init__(self, app: SandboxApp) -> None:
        super().__init__()
        self._app = app

    def send(self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any) -> requests.Response:
        """Answer a request by calling the application.

        Raises: requests.exceptions.ReadTimeout when the application loses the answer.
        """
        try:
            answer = self._app.handle(_as_the_vendor_sees_it(request))
        except LoseAnswer:
            raise requests.exceptions.ReadTimeout("the answer was lost", request=request) from None
        response = requests.Response()
        response.status_code = answer.status
        response.reason = answer.status_line.split(" ", 1)[1]
        response.headers = CaseInsensitiveDict(answer.header_list)
        response.request, response.url = request, request.url or ""
        return finished(response, answer.body)

    def close(self) -> None:
        """Nothing is held."""


def _as_the_vendor_sees_it(request: requests.PreparedRequest) -> SandboxRequest:
    parts = urlsplit(request.url or "")
    body = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
    return SandboxRequest(
        method=request.method or "GET",
        path=unquote(parts.path),
        query_string=parts.query,
        headers={name.lower(): str(value) for name, value in request.headers.items()},
        body=body,
        base_url=f"{parts.scheme}://{parts.netloc}",
    )
