"""The WSGI application every imitated vendor subclasses: routes, faults, call log, control endpoints.

A vendor's subclass calls `route(...)` in its constructor and overrides the few methods that give its own
error bodies. Each handler runs alone, under the store's lock, so that one call is one atomic change.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ezcore.plugin_api.sandbox.calls import CallLog
from ezcore.plugin_api.sandbox.control import add_control_routes
from ezcore.plugin_api.sandbox.faults import ANSWER_FAULTS, Fault, Faults
from ezcore.plugin_api.sandbox.giant import GiantResponse
from ezcore.plugin_api.sandbox.messages import SandboxRequest, SandboxResponse, json_response
from ezcore.plugin_api.sandbox.routes import Handler, Routes
from ezcore.plugin_api.sandbox.shifted_clock import SandboxClock

if TYPE_CHECKING:
    from ezcore.plugin_api.sandbox.sockets import Conversation
    from ezcore.plugin_api.sandbox.spec import SandboxOptions
    from ezcore.plugin_api.sandbox.store import Store

StartResponse = Callable[..., object]
_CONTROL = "/_control/"


class LoseAnswer(Exception):
    """The connection drops without an answer; raised after the effect (or before it, for `lose_request`)."""

    def __init__(self, hold: float = 0.0) -> None:
        super().__init__("the answer is lost")
        self.hold = hold


class SandboxApp:
    """A stateful imitation of one vendor, as a WSGI application.

    `most_taken` is how many bytes of a hostile giant a caller took before hanging up.
    """

    name = "sandbox"
    subprotocols: tuple[str, ...] = ()
    """Of its WebSockets, if it opens any."""

    def __init__(self, store: Store, options: SandboxOptions) -> None:
        self.store = store
        self.options = options
        self.clock = SandboxClock(options.clock, store)
        self.faults = Faults(store)
        self.calls = CallLog(store)
        self.sleep: Callable[[float], None] = time.sleep
        self.most_taken = 0
        self.routes = Routes()
        add_control_routes(self)

    def route(self, method: str, pattern: str, handler: Handler, call: str | None = None) -> None:
        """Lead `method pattern` to `handler`; `call` is its name in faults and in the call log."""
        self.routes.add(method, pattern, handler, call)

    def start(self) -> None:
        """Start background work; called by `serve`, never in the simulation."""

    def close(self) -> None:
        """Stop background work and let go of the store."""
        self.store.close()

    def authorize(self, call: str, request: SandboxRequest) -> SandboxResponse | None:  # noqa: ARG002
        """A refusal for a caller without a valid credential, or None. Never asked for `/_control`."""
        return None

    def conversation(self, request: SandboxRequest) -> Conversation | None:  # noqa: ARG002
        """What is spoken on the WebSocket that this request asks for; None answers as any other request."""
        return None

    def not_found(self, request: SandboxRequest) -> SandboxResponse:  # noqa: ARG002
        """The vendor's answer to an unknown address."""
        return json_response({"error": "not found"}, 404)

    def method_not_allowed(self, request: SandboxRequest) -> SandboxResponse:  # noqa: ARG002
        """The vendor's answer to a known address with the wrong method."""
        return json_response({"error": "method not allowed"}, 405)

    def rate_limited(self, fault: Fault) -> SandboxResponse:
        """The vendor's answer to too many calls."""
        headers = (("Retry-After", str(fault.args.get("retry_after", 1))),)
        return json_response({"error": "too many requests"}, 429, headers)

    def unauthorized(self, fault: Fault) -> SandboxResponse:  # noqa: ARG002
        """The vendor's answer to a bad credential."""
        return json_response({"error": "unauthorized"}, 401)

    def refused(self, error: Exception) -> SandboxResponse | None:  # noqa: ARG002
        """The vendor's answer to an exception of the subclass's own; None lets it pass (a bug, so 500)."""
        return None

    def handle(self, request: SandboxRequest) -> SandboxResponse:
        """Answer one request.

        Raises: LoseAnswer when a fault says that the caller shall hear nothing.
        """
        found = self.routes.find(request.method, request.path)
        if found is None:
            known = self.routes.methods(request.path)
            return self.method_not_allowed(request) if known else self.not_found(request)
        route, args = found
        request = replace(request, args=args)
        if request.path.startswith(_CONTROL):
            return route.handler(request)
        return self._logged(route.call, route.handler, request)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer as a WSGI application."""
        response = self.handle(SandboxRequest.from_environ(environ))
        start_response(response.status_line, response.header_list)
        if isinstance(response, GiantResponse) and environ["REQUEST_METHOD"] != "HEAD":
            return self._given_out(response)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else response.body]

    def _given_out(self, giant: GiantResponse) -> Iterable[bytes]:
        taken = 0
        for piece in giant.pieces():
            yield piece
            taken += len(piece)
            self.most_taken = max(self.most_taken, taken)

    def _logged(self, call: str, handler: Handler, request: SandboxRequest) -> SandboxResponse:
        fault = self.faults.take(call, *ANSWER_FAULTS)
        entry = self.calls.open(call, request, self.clock.now().isoformat(), fault.kind if fault else None)
        response = self._before(fault) or self._effect(call, handler, request)
        if fault and fault.kind == "lose_answer":
            raise LoseAnswer(float(fault.args.get("hold", 0)))
        if fault and fault.kind == "hostile":
            response = _scripted(fault, 200)
        self.calls.close(entry, response.status)
        return response

    def _before(self, fault: Fault | None) -> SandboxResponse | None:
        if fault is None:
            return None
        if fault.kind == "delay":
            self.sleep(float(fault.args.get("seconds", 1)))
        if fault.kind == "lose_request":
            raise LoseAnswer(float(fault.args.get("hold", 0)))
        if fault.kind == "error":
            return _scripted(fault, 500)
        if fault.kind == "rate_limit":
            return self.rate_limited(fault)
        return self.unauthorized(fault) if fault.kind == "unauthorized" else None

    def _effect(self, call: str, handler: Handler, request: SandboxRequest) -> SandboxResponse:
        refusal = self.authorize(call, request)
        if refusal is not None:
            return refusal
        try:
            with self.store.lock():
                return handler(request)
        except Exception as error:
            answer = self.refused(error)
            if answer is None:
                raise
            return answer


def _scripted(fault: Fault, status: int) -> SandboxResponse:
    body = fault.args.get("body", "")
    is_text = isinstance(body, str)
    content_type = fault.args.get("content_type", "text/html" if is_text else "application/json")
    return GiantResponse(
        body=body.encode() if is_text else json.dumps(body).encode(),
        status=int(fault.args.get("status", status)),
        content_type=content_type,
        headers=tuple((str(k), str(v)) for k, v in fault.args.get("headers", {}).items()),
        reason=fault.args.get("reason"),
        times=int(fault.args.get("repeat", 1)),
    )
