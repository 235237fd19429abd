"""Lets the real `stripe` library talk to the sandbox in process: for the simulation and fast tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import urlsplit

import stripe

from ez_stripe.sandbox.app import StripeSandbox
from ezcore.plugin_api.sandbox import LoseAnswer, SandboxRequest


class InProcessClient(stripe.HTTPClient):
    """Hands every request of the library straight to a sandbox."""

    name = "sandbox"

    def __init__(self, app: StripeSandbox) -> None:
        super().__init__()
        self._app = app

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **_: Any,
    ) -> tuple[str, int, Mapping[str, str]]:
        """One call. Raises: stripe.APIConnectionError where a fault loses the answer."""
        parts = urlsplit(url)
        body = post_data.encode() if isinstance(post_data, str) else post_data or b""
        lower = {name.lower(): str(value) for name, value in (headers or {}).items()}
        base = f"{parts.scheme}://{parts.netloc}"
        request = SandboxRequest(method.upper(), parts.path, parts.query, lower, body, base)
        try:
            answer = self._app.handle(request)
        except LoseAnswer as lost:
            raise stripe.APIConnectionError("the answer is lost") from lost  # type: ignore[no-untyped-call]
        return answer.body.decode(), answer.status, dict(answer.header_list)

    def request_stream(self, *_: Any, **__: Any) -> NoReturn:
        """Nothing here streams."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing to close: the sandbox belongs to whoever made it."""
