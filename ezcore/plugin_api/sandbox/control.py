"""The endpoints under `/_control` by which tests and demos look into an imitated vendor and script faults.

They are never logged, never faulted and need no credential: the server listens on loopback only.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ezcore.plugin_api.sandbox.faults import FAULT_KINDS, Fault
from ezcore.plugin_api.sandbox.messages import SandboxRequest, SandboxResponse, json_response

if TYPE_CHECKING:
    from ezcore.plugin_api.sandbox.wsgi import SandboxApp


def add_control_routes(app: SandboxApp) -> None:
    """Give an application `/_control/health|state|faults|calls|clock|reset`."""
    control = Control(app)
    for method, path, handler in (
        ("GET", "health", control.health),
        ("GET", "state", control.state),
        ("GET", "faults", control.faults),
        ("POST", "faults", control.script),
        ("DELETE", "faults", control.clear_faults),
        ("GET", "calls", control.calls),
        ("DELETE", "calls", control.clear_calls),
        ("GET", "clock", control.clock),
        ("POST", "clock", control.advance),
        ("POST", "reset", control.reset),
    ):
        app.route(method, f"/_control/{path}", handler)


class Control:
    """The handlers, over one application."""

    def __init__(self, app: SandboxApp) -> None:
        self._app = app

    def health(self, _: SandboxRequest) -> SandboxResponse:
        """Alive, and whose imitation this is."""
        return json_response({"ok": True, "name": self._app.name, "calls": self._app.routes.calls()})

    def state(self, request: SandboxRequest) -> SandboxResponse:
        """Every document by kind, or those of `?kind=`."""
        wanted = request.query.get("kind")
        kinds = [wanted] if wanted else [kind for kind in self._app.store.kinds() if not kind.startswith("_")]
        return json_response({kind: self._app.store.all(kind) for kind in kinds})

    def faults(self, _: SandboxRequest) -> SandboxResponse:
        """The script as it stands."""
        return json_response({"faults": [vars(fault) for fault in self._app.faults.all()]})

    def script(self, request: SandboxRequest) -> SandboxResponse:
        """Add one fault: {"call": ..., "kind": ..., "times": 1, "after": 0, "args": {}}."""
        try:
            fault = self._app.faults.script(_fault(request.json()))
        except (TypeError, ValueError) as error:
            return json_response({"error": str(error), "kinds": sorted(FAULT_KINDS)}, 422)
        return json_response(vars(fault), 201)

    def clear_faults(self, _: SandboxRequest) -> SandboxResponse:
        """Behave again."""
        self._app.faults.clear()
        return json_response({"faults": []})

    def calls(self, request: SandboxRequest) -> SandboxResponse:
        """The calls so far, or those of `?call=`."""
        return json_response({"calls": self._app.calls.all(request.query.get("call"))})

    def clear_calls(self, _: SandboxRequest) -> SandboxResponse:
        """Forget the calls."""
        self._app.calls.clear()
        return json_response({"calls": []})

    def clock(self, _: SandboxRequest) -> SandboxResponse:
        """What time it is in the imitation."""
        return json_response({"now": self._app.clock.now().isoformat()})

    def advance(self, request: SandboxRequest) -> SandboxResponse:
        """Put the clock forward: {"advance": seconds}."""
        try:
            self._app.clock.advance(timedelta(seconds=int(request.json()["advance"])))
        except (KeyError, TypeError, ValueError):
            return json_response({"error": 'send {"advance": seconds}'}, 422)
        return self.clock(request)

    def reset(self, _: SandboxRequest) -> SandboxResponse:
        """Forget everything; ids are not given again."""
        self._app.store.clear()
        return json_response({"ok": True})


def _fault(value: Any) -> Fault:
    if not isinstance(value, dict):
        raise TypeError("a fault is a JSON object")
    return Fault(**value)
