"""The imitated cluster as a WSGI application: addresses, token check, answers in Proxmox's envelope.

Names of calls in faults and in the call log (machines and containers alike): version permissions nextid resources
nodes storage content content.delete vzdump list create clone config.get config.put config.post pending cloudinit
resize delete current rrddata start stop shutdown reboot reset migrate snapshots snapshot snapshot.delete rollback
agent vncproxy vncwebsocket tasks task.status task.log task.stop firewall.*.
Handler faults: `late_failure` (args.exitstatus; "WARNINGS: 1" is success with warnings) on calls that start a task,
`stale_read` on resources (the old snapshot) and on nextid (args.vmid, a number that may be taken).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from ez_proxmox.sandbox import backups, consoles, control, effects, parameters, reads, refusals, rights
from ez_proxmox.sandbox.guest_routes import GuestRoutes
from ez_proxmox.sandbox.guests import Guests
from ez_proxmox.sandbox.seed import Settings, seed
from ez_proxmox.sandbox.tasks import Tasks
from ez_proxmox.sandbox.verbs import Verbs
from ezcore.plugin_api.sandbox import SandboxApp, SandboxOptions, SandboxRequest, SandboxResponse, Store
from ezcore.plugin_api.sandbox import json_response as as_json
from ezcore.plugin_api.sandbox.control import add_control_routes
from ezcore.plugin_api.sandbox.faults import Fault
from ezcore.plugin_api.sandbox.routes import Routes
from ezcore.plugin_api.sandbox.sockets import Conversation

API: Final = "/api2/json"
TASK: Final = "/nodes/{node}/tasks/{upid}"
LATE: Final = {
    "clone": "clone failed: unable to create image: got lock timeout - aborting command",
    "start": "start failed: QEMU exited with code 1",
    "resize": "command '/usr/bin/qemu-img resize ...' failed: got timeout",
    "shutdown": "VM quit/powerdown failed - got timeout",
    "create": "unable to create CT - command 'mkfs' failed: exit code 1",
    "vzdump": "job errors",
}
Answer = Callable[[SandboxRequest, dict[str, str]], Any]


class ProxmoxSandbox(SandboxApp):
    """A small Proxmox VE 9 cluster that forgets nothing when it is killed."""

    name = "proxmox"
    subprotocols = ("binary",)
    witness: Callable[[str, dict[str, str], Any], None] = staticmethod(lambda _call, _given, _answer: None)
    """Sees every accepted call with its parameters and its answer: for tests."""

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
            self.tasks.finish(task, effects.apply(self.store, self.guests, task, task["ends_at"]))

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

    def conversation(self, request: SandboxRequest) -> Conversation | None:
        """The screen of a guest, for who brings our token and a fresh ticket."""
        if self.authorize("vncwebsocket", request) is not None:
            return None
        return consoles.conversation(self.store, request, self.now())

    def lead(self, call: str, method: str, path: str, answer: Answer) -> None:
        """Lead a call of the API to its answer; what the schema refuses never gets there."""
        name = f"{method} {path.replace('*', '')}"

        def handler(request: SandboxRequest) -> SandboxResponse:
            self.settle()
            given = _given(request)
            parameters.check(name, given)
            node = request.args.get("node")
            if node is not None and self.store.get("node", node) is None:
                raise refusals.node_unreachable()
            data = answer(request, given)
            self.witness(name, given, data)
            return as_json({"data": data})

        self.route(method, API + path, handler, call)

    def _add_routes(self) -> None:
        add, store = self.lead, self.store
        add("version", "GET", "/version", lambda _r, _g: reads.VERSION)
        add(
            "permissions", "GET", "/access/permissions", lambda _r, _g: rights.of_token(self.settings.lacking)
        )
        add("nextid", "GET", "/cluster/nextid", self._nextid)
        add("resources", "GET", "/cluster/resources", self._resources)
        add("nodes", "GET", "/nodes", lambda _r, _g: store.all("node"))
        storage = "/nodes/{node}/storage"
        add("storage", "GET", storage, lambda _r, _g: reads.storages())
        content = f"{storage}/{{storage}}/content"
        add("content", "GET", content, lambda r, g: backups.content(store, r.args["storage"], g))
        add(
            "content.delete", "DELETE", content + "/{volume*}",
            lambda r, _g: self.verbs("content.delete").delete_volume(r.args["node"], r.args["volume"]),
        )  # fmt: skip
        add(
            "vzdump",
            "POST",
            "/nodes/{node}/vzdump",
            lambda r, g: self.verbs("vzdump").dump(r.args["node"], g),
        )
        for kind in ("qemu", "lxc"):
            add("list", "GET", f"/nodes/{{node}}/{kind}", partial(self._list, kind))
            add("create", "POST", f"/nodes/{{node}}/{kind}", partial(self._create, kind))
            GuestRoutes(self, kind).add()
        self._add_tasks()

    def _add_tasks(self) -> None:
        tasks = self.tasks

        def named(request: SandboxRequest) -> tuple[str, str]:
            return request.args["node"], request.args["upid"]

        self.lead("tasks", "GET", "/nodes/{node}/tasks", lambda r, g: tasks.of_node(r.args["node"], g))
        self.lead("task.status", "GET", f"{TASK}/status", lambda r, _g: tasks.status(*named(r)))
        self.lead("task.log", "GET", f"{TASK}/log", lambda r, g: tasks.log(*named(r), g))
        self.lead("task.stop", "DELETE", TASK, lambda r, _g: tasks.stop(*named(r)))

    def _create(self, kind: str, request: SandboxRequest, given: dict[str, str]) -> Any:
        return self.verbs("create", kind).create(request.args["node"], given)

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

    def verbs(self, call: str, kind: str = "qemu") -> Verbs:
        """The changing calls of one kind of guest, with the fault that was scripted for this one."""
        fault = self.faults.take(call, "late_failure", "partial_failure")
        late = fault.args.get("exitstatus", LATE.get(call, "unexpected status")) if fault else None
        return Verbs(self.store, self.guests, self.tasks, self.settings.token_id, late, kind)

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

    def _list(self, kind: str, request: SandboxRequest, _given: dict[str, str]) -> Any:
        return [
            reads.listed(guest, self.now())
            for guest in self.guests.all()
            if guest["node"] == request.args["node"] and guest.get("kind", "qemu") == kind
        ]


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
