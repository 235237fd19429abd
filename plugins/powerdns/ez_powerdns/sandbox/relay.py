"""Stands between the plugin and the real server, passes everything on, and misbehaves when a fault says so."""

from __future__ import annotations

from ez_powerdns.api import HttpWire
from ez_powerdns.sandbox.speech import SpeaksPowerDns
from ezcore.plugin_api.sandbox import SandboxOptions, SandboxRequest, SandboxResponse, Store

PASSED = ("x-api-key", "accept", "content-type")


class Relay(SpeaksPowerDns):
    """The real server with faults."""

    def __init__(self, target: str, options: SandboxOptions | None = None) -> None:
        super().__init__(Store(None), options or SandboxOptions())
        self._target = target
        self._wire = HttpWire(20, "")
        for method, path, call in self.calls_of_the_api():
            self.route(method, path, self._passed_on, call)

    def _passed_on(self, request: SandboxRequest) -> SandboxResponse:
        headers = {name: request.headers[name] for name in PASSED if request.headers.get(name)}
        query = f"?{request.query_string}" if request.query_string else ""
        url = f"{self._target}{request.path}{query}"
        status, given, body = self._wire(request.method, url, headers, request.body or None)
        return SandboxResponse(body, status, given.get("content-type", "text/plain"))
