"""Lets the plugin speak to the imitation without a socket: what the simulation uses."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from ez_powerdns.plugin import PowerDnsPlugin
from ezcore.plugin_api import PluginBase
from ezcore.plugin_api.sandbox import InProcess, LoseAnswer, Pause, SandboxApp, SandboxRequest


class InProcessWire:
    """One request to a sandbox application."""

    def __init__(self, app: SandboxApp) -> None:
        self._app = app

    def __call__(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer by calling the application. Raises: TimeoutError when it loses the answer."""
        parts = urlsplit(url)
        asked = SandboxRequest(
            method=method,
            path=unquote(parts.path),
            query_string=parts.query,
            headers={name.lower(): value for name, value in headers.items()},
            body=body or b"",
            base_url=f"{parts.scheme}://{parts.netloc}",
        )
        try:
            answer = self._app.handle(asked)
        except LoseAnswer:
            raise TimeoutError("the answer was lost") from None
        return answer.status, {name.lower(): value for name, value in answer.header_list}, answer.body


def attach(plugin: PluginBase, app: SandboxApp, pause: Pause) -> InProcess:
    """Replace the plugin's HTTP. Raises: TypeError for another plugin."""
    if not isinstance(plugin, PowerDnsPlugin):
        raise TypeError(f"{type(plugin).__name__} is not the plugin powerdns")
    plugin.provider.wire = InProcessWire(app)
    app.sleep = pause
    return InProcess(app)
