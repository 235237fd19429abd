"""Lets the acme library speak to the imitated authority without a socket: what the simulation uses."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from ez_acme.network import finished
from ez_acme.plugin import AcmePlugin
from ezcore.plugin_api import PluginBase
from ezcore.plugin_api.sandbox import InProcess, LoseAnswer, Pause, SandboxApp, SandboxRequest


class Adapter(BaseAdapter):
    """A requests adapter in front of a sandbox application."""

    def __init__(self, app: SandboxApp) -> None:
        super().__init__()
        self._app = app

    def send(self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any) -> requests.Response:
        """Answer by calling the application. Raises: ReadTimeout when it loses the answer."""
        parts = urlsplit(request.url or "")
        body = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
        asked = SandboxRequest(
            method=request.method or "GET",
            path=unquote(parts.path),
            query_string=parts.query,
            headers={name.lower(): str(value) for name, value in request.headers.items()},
            body=body,
            base_url=f"{parts.scheme}://{parts.netloc}",
        )
        try:
            answer = self._app.handle(asked)
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


def attach(plugin: PluginBase, app: SandboxApp, pause: Pause) -> InProcess:
    """Replace the plugin's HTTP. Raises: TypeError for another plugin."""
    if not isinstance(plugin, AcmePlugin):
        raise TypeError(f"{type(plugin).__name__} is not the plugin acme")
    plugin.accounts.adapter = lambda: Adapter(app)
    app.sleep = pause
    return InProcess(app)
