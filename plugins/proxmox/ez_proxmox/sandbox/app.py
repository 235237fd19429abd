"""The imitated cluster as a WSGI application: addresses, token check, answers in Proxmox's envelope.

Names of calls in faults and in the call log: version nextid resources nodes storage list clone config.get
config.put config.post pending cloudinit resize delete current start stop shutdown reboot migrate agent tasks
task.status task.log task.stop firewall.*. Handler faults: `late_failure` (args.exitstatus; "WARNINGS: 1" is
success with warnings) on calls that start a task, `stale_read` on resources (the old snapshot) and on nextid
(args.vmid, a number that may be taken).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from ez_proxmox.sandbox import control, effects, firewall, parameters, reads, refusals
from ez_proxmox.sandbox.guests import Guests
from ez_proxmox.sandbox.seed import STORAGES, Settings, seed
from ez_proxmox.sandbox.tasks import Tasks
from ez_proxmox.sandbox.verbs import Verbs
from ezcore.plugin_api.sandbox import SandboxApp, SandboxOptions, SandboxRequest, SandboxResponse, Store
from ezcore.plugin_api.sandbox import json_response as as_json
from ezcore.plugin_api.sandbox.control import add_control_routes
from ezcore.plugin_api.sandbox.faults import Fault
from ezcore.plugin_api.sandbox.routes import Routes

API: Final = "/api2/json"
QEMU: Final = "/nodes/{node}/qemu/{vmid}"
TASK: Final = "/nodes/{node}/tasks/{upid}"
LATE: Final = {
    "clone": "clone failed: unable to create image: got lock timeout - aborting command",
    "start": "start failed: QEMU exited with code 1",
    "resize": "command '/usr/bin/qemu-img resize ...' failed: got timeout",
    "shutdown": "VM quit/powerdown failed - got timeout",
}
Answer = Callable[[SandboxRequest, dict[str, str]], Any]


class ProxmoxSandbox(SandboxApp):
    """A small Proxmox VE 9 cluster that forgets nothing when it is killed."""

    name = "proxmox"

    def __init__(self, store: Store, options: SandboxOptions) -> None:
        super().__init__(store, options)
        self.settings = Settings.read(options.extra)
        self.guests = Guests(store)
        self.tasks = Tasks(store, self.now, self.settings.seconds_of)
        self.view = reads.ResourcesView(store, self.guests, self.now, self.settings.resources_lag)
        self._add_control()
        self._add_routes()
        seed(store, self.settings)

    def now(self) -> float:
        """The imitation's time in Unix seconds."""
        return self.clock.now().timestamp()

    def settle(self) -> None:
        """Let everything happen that time has brought: tasks that ended since the last look."""
        seed(self.store, self.settings)
        for task in self.tasks.due():
            self.tasks.finish(task, effects.apply(self.guests, task, task["ends_at"]))

    def authorize(
        self,
        call: str,  # noqa: ARG002 - every call needs the token
        request: SandboxRequest,
    ) -> SandboxResponse | None:
        """Check the API token; a wrong one is answered late, as pveproxy does."""
        given = request.headers.get("authorization", "")
        if given == f"PVEAPIToken={self.settings.token_id}={self.settings.token_secret}":
            return None
        self.sleep(self.settings.auth_delay)
        return _answer_to(refusals.bad_token() if given else refusals.no_ticket())

    def unauthorized(self, fault: Fault) -> SandboxResponse:
        """A token that was revoked meanwhile; with args.privilege, one whose rights were."""
        if "privilege" in fault.args:
            return _answer_to(refusals.forbidden(fault.args.get("path", "/vms/100"), fault.args["privilege"]))
        self.sleep(self.settings.auth_delay)
        return _answer_to(refusals.bad_token())

    def not_found(self, request: SandboxRequest) -> SandboxResponse:
        """An address nobody knows."""
        return _answer_to(refusals.not_implemented(request.method, request.path.removeprefix(API)))

    method_not_allowed = not_found

    def refused(self, error: Exception) -> SandboxResponse | None:
        """Turn a refusal into reason phrase and body."""
        return _answer_to(error) if isinstance(error, refusals.Refusal) else None

    def _call(self, call: str, method: str, path: str, answer: Answer) -> None:
        def handler(request: SandboxRequest) -> SandboxResponse:
            self.settle()
            given = _given(request)
            parameters.check(f"{method} {path}", given)
            node = request.args.get("node")
            if node is not None and self.store.get("node", node) is None:
                raise refusals.node_unreachable()
            return as_json({"data": answer(request, given)})

        self.route(method, API + path, handler, call)

    def _add_routes(self) -> None:
        add = self._call
        add("version", "GET", "/version", lambda _r, _g: reads.VERSION)
        add("nextid", "GET", "/cluster/nextid", self._nextid)
        add("resources", "GET", "/cluster/resources", self._resources)
        add("nodes", "GET", "/nodes", lambda _r, _g: self.store.all("node"))
        add(
            "storage", "GET", "/nodes/{node}/storage", lambda _r, _g: [{"storage": name} for name in STORAGES]
        )
        add("list", "GET", "/nodes/{node}/qemu", self._list)
        add("tasks", "GET", "/nodes/{node}/tasks", lambda r, _g: self.tasks.of_node(r.args["node"]))
        add(
            "task.status",
            "GET",
            f"{TASK}/status",
            lambda r, _g: self.tasks.status(r.args["node"], r.args["upid"]),
        )
        add("task.log", "GET", f"{TASK}/log", lambda r, g: self.tasks.log(r.args["node"], r.args["upid"], g))
        add("task.stop", "DELETE", TASK, lambda r, _g: self.tasks.stop(r.args["node"], r.args["upid"]))
        add("config.get", "GET", f"{QEMU}/config", lambda r, _g: reads.config(self._guest(r)))
        add("pending", "GET", f"{QEMU}/pending", lambda r, _g: reads.pending(self._guest(r)))
        add(
            "current",
            "GET",
            f"{QEMU}/status/current",
            lambda r, _g: reads.current(self._guest(r), self.now()),
        )
        add("agent", "GET", f"{QEMU}/agent/network-get-interfaces", self._interfaces)
        self._add_verbs()
        self._add_firewall()

    def _add_firewall(self) -> None:
        add, wall = self._call, f"{QEMU}/firewall"
        one = f"{wall}/ipset/{{name}}"

        def set_options(request: SandboxRequest, given: dict[str, str]) -> None:
            firewall.set_options(self.guests, self._guest(request), given)

        def add_set(request: SandboxRequest, given: dict[str, str]) -> None:
            firewall.add_set(self.guests, self._guest(request), given)

        def add_member(request: SandboxRequest, given: dict[str, str]) -> None:
            firewall.add_member(self.guests, self._guest(request), request.args["name"], given)

        add("firewall.options", "GET", f"{wall}/options", lambda r, _g: firewall.options(self._guest(r)))
        add("firewall.options.put", "PUT", f"{wall}/options", set_options)
        add("firewall.sets", "GET", f"{wall}/ipset", lambda r, _g: firewall.sets(self._guest(r)))
        add("firewall.sets.add", "POST", f"{wall}/ipset", add_set)
        add("firewall.set", "GET", one, lambda r, _g: firewall.members(self._guest(r), r.args["name"]))
        add("firewall.set.add", "POST", one, add_member)

    def _add_verbs(self) -> None:
        verbs: list[tuple[str, str, str, Callable[[Verbs, str, int, dict[str, str]], Any]]] = [
            ("clone", "POST", "/clone", lambda v, n, i, g: v.clone(n, i, g)),
            ("config.put", "PUT", "/config", lambda v, n, i, g: v.configure(n, i, g)),
            ("config.post", "POST", "/config", lambda v, n, i, g: v.configure_later(n, i, g)),
            ("cloudinit", "PUT", "/cloudinit", lambda v, n, i, _g: v.regenerate(n, i)),
            ("resize", "PUT", "/resize", lambda v, n, i, g: v.resize(n, i, g)),
            ("delete", "DELETE", "", lambda v, n, i, g: v.destroy(n, i, g)),
            ("start", "POST", "/status/start", lambda v, n, i, _g: v.start(n, i)),
            ("stop", "POST", "/status/stop", lambda v, n, i, _g: v.stop(n, i)),
            ("shutdown", "POST", "/status/shutdown", lambda v, n, i, g: v.shutdown(n, i, g)),
            ("reboot", "POST", "/status/reboot", lambda v, n, i, _g: v.reboot(n, i)),
            ("migrate", "POST", "/migrate", lambda v, n, i, g: v.migrate(n, i, g)),
        ]
        for call, method, path, act in verbs:

            def answer(
                request: SandboxRequest, given: dict[str, str], call: str = call, act: Any = act
            ) -> Any:
                return act(self._verbs(call), request.args["node"], _vmid(request), given)

            self._call(call, method, QEMU + path, answer)

    def _add_control(self) -> None:
        # The first route that fits wins: our state shows settled guests, without passwords.
        self.routes = Routes()
        self.route("GET", "/_control/state", self._state)
        self.route("POST", "/_control/guest", lambda request: self._by_hand(control.change, request))
        self.route("POST", "/_control/destroy", lambda request: self._by_hand(control.destroy, request))
        self.route("POST", "/_control/guests", lambda request: self._by_hand(control.add_stranger, request))
        add_control_routes(self)

    def _by_hand(
        self, act: Callable[[Guests, SandboxRequest], SandboxResponse], request: SandboxRequest
    ) -> SandboxResponse:
        with self.store.lock():
            self.settle()
            return act(self.guests, request)

    def _state(self, _request: SandboxRequest) -> SandboxResponse:
        with self.store.lock():
            self.settle()
            tasks = [
                {"upid": t["upid"], "exitstatus": t["exitstatus"], "log": t["log"]}
                for t in self.store.all("task")
            ]
            return as_json({"vms": [control.seen(guest) for guest in self.guests.all()], "tasks": tasks})

    def _verbs(self, call: str) -> Verbs:
        fault = self.faults.take(call, "late_failure", "partial_failure")
        late = fault.args.get("exitstatus", LATE.get(call, "unexpected status")) if fault else None
        return Verbs(self.store, self.guests, self.tasks, self.settings.token_id, late)

    def _guest(self, request: SandboxRequest) -> dict[str, Any]:
        return self.guests.on_node(request.args["node"], _vmid(request))

    def _nextid(self, _request: SandboxRequest, given: dict[str, str]) -> int:
        if "vmid" in given:
            if self.guests.find(int(given["vmid"])):
                raise refusals.parameters({"vmid": f"VM {given['vmid']} already exists"})
            return int(given["vmid"])
        fault = self.faults.take("nextid", "stale_read")
        return int(fault.args["vmid"]) if fault else self.guests.free_number()

    def _resources(self, _request: SandboxRequest, given: dict[str, str]) -> Any:
        if given.get("type", "vm") != "vm":
            return self.store.all("node") if given["type"] == "node" else []
        return self.view.vms(frozen=self.faults.take("resources", "stale_read") is not None)

    def _list(self, request: SandboxRequest, _given: dict[str, str]) -> Any:
        return [
            reads.listed(guest, self.now())
            for guest in self.guests.all()
            if guest["node"] == request.args["node"]
        ]

    def _interfaces(self, request: SandboxRequest, _given: dict[str, str]) -> Any:
        guest = self._guest(request)
        if guest["status"] != "running":
            raise refusals.agent_without_guest(guest["vmid"])
        if not guest["config"].get("agent", "0").startswith(("1", "enabled=1")):
            raise refusals.no_agent()
        return reads.interfaces(guest)


def _vmid(request: SandboxRequest) -> int:
    text = request.args["vmid"]
    if not text.isdigit():
        raise refusals.parameters({"vmid": "type check ('integer') failed - got '" + text + "'"})
    return int(text)


def _given(request: SandboxRequest) -> dict[str, str]:
    if request.method in ("GET", "DELETE"):
        if request.body:
            raise refusals.Refusal(501, f"Unexpected content for method '{request.method}'")
        return request.query
    if "json" in request.headers.get("content-type", ""):
        return {str(name): str(value) for name, value in (request.json() or {}).items()}
    return request.form


def _answer_to(refusal: refusals.Refusal) -> SandboxResponse:
    reason = refusal.message.split("\n", 1)[0]
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        return SandboxResponse(b"", 401, "text/plain", reason=reason)
    body: dict[str, Any] = {"data": None, "message": refusal.message}
    if refusal.errors:
        body["errors"] = refusal.errors
    encoded = json.dumps(body).encode()
    return SandboxResponse(encoded, refusal.status, "application/json;charset=UTF-8", reason=reason)
