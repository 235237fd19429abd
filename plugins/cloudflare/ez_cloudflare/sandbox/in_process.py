"""Lets Cloudflare's library speak to the imitation without a socket: what the simulation uses."""

from __future__ import annotations

from urllib.parse import unquote

import httpx

from ez_cloudflare.plugin import CloudflarePlugin
from ezcore.plugin_api import PluginBase
from ezcore.plugin_api.sandbox import InProcess, LoseAnswer, Pause, SandboxApp, SandboxRequest


class InProcessTransport(httpx.BaseTransport):
    """An httpx transport in front of a sandbox application."""

    def __init__(self, app: SandboxApp) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer by calling the application. Raises: ReadTimeout when it loses the answer."""
        asked = SandboxRequest(
            method=request.method,
            path=unquote(request.url.path),
            query_string=request.url.query.decode(),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.read(),
            base_url=f"{request.url.scheme}://{request.url.netloc.decode()}",
        )
        try:
            answer = self._app.handle(asked)
        except LoseAnswer:
            raise httpx.ReadTimeout("the answer was lost", request=request) from None
        return httpx.Response(
            answer.status, headers=answer.header_list, stream=httpx.ByteStream(answer.body), request=request
        )


def attach(plugin: PluginBase, app: SandboxApp, pause: Pause) -> InProcess:
    """Replace the plugin's HTTP. Raises: TypeError for another plugin."""
    if not isinstance(plugin, CloudflarePlugin):
        raise TypeError(f"{type(plugin).__name__} is not the plugin cloudflare")
    plugin.office.transport = lambda: InProcessTransport(app)
    app.sleep = pause
    return InProcess(app)
