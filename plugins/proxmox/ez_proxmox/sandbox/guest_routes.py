"""The addresses of guests: reading, power, configuration, snapshots, firewall; of machines and of containers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from ez_proxmox.sandbox import consoles, firewall, reads, refusals, rrd, rules, snapshots
from ez_proxmox.sandbox.verbs import Verbs
from ezcore.plugin_api.sandbox import Document, SandboxRequest

if TYPE_CHECKING:
    from ez_proxmox.sandbox.app import ProxmoxSandbox

Given = dict[str, str]
Verb = Callable[[Verbs, str, int, Given, Mapping[str, str]], Any]

BOTH: Final[tuple[tuple[str, str, str, Verb], ...]] = (
    ("config.put", "PUT", "/config", lambda v, n, i, g, _a: v.configure(n, i, g)),
    ("resize", "PUT", "/resize", lambda v, n, i, g, _a: v.resize(n, i, g)),
    ("delete", "DELETE", "", lambda v, n, i, g, _a: v.destroy(n, i, g)),
    ("start", "POST", "/status/start", lambda v, n, i, _g, _a: v.start(n, i)),
    ("stop", "POST", "/status/stop", lambda v, n, i, _g, _a: v.stop(n, i)),
    ("shutdown", "POST", "/status/shutdown", lambda v, n, i, g, _a: v.shutdown(n, i, g)),
    ("reboot", "POST", "/status/reboot", lambda v, n, i, _g, _a: v.reboot(n, i)),
    ("migrate", "POST", "/migrate", lambda v, n, i, g, _a: v.migrate(n, i, g)),
    ("snapshot", "POST", "/snapshot", lambda v, n, i, g, _a: v.snapshot(n, i, g)),
    (
        "snapshot.delete",
        "DELETE",
        "/snapshot/{snapname}",
        lambda v, n, i, _g, a: v.delete_snapshot(n, i, a["snapname"]),
    ),
    (
        "rollback",
        "POST",
        "/snapshot/{snapname}/rollback",
        lambda v, n, i, _g, a: v.roll_back(n, i, a["snapname"]),
    ),
)
MACHINES: Final[tuple[tuple[str, str, str, Verb], ...]] = (
    ("clone", "POST", "/clone", lambda v, n, i, g, _a: v.clone(n, i, g)),
    ("config.post", "POST", "/config", lambda v, n, i, g, _a: v.configure_later(n, i, g)),
    ("cloudinit", "PUT", "/cloudinit", lambda v, n, i, _g, _a: v.regenerate(n, i)),
    ("reset", "POST", "/status/reset", lambda v, n, i, _g, _a: v.reset(n, i)),
)


def vmid_of(request: SandboxRequest) -> int:
    """The number in the path. Raises: Refusal."""
    text = request.args["vmid"]
    if not text.isdigit():
        raise refusals.parameters({"vmid": "type check ('integer') failed - got '" + text + "'"})
    return int(text)


class GuestRoutes:
    """The addresses of one kind of guest."""

    def __init__(self, app: ProxmoxSandbox, kind: str) -> None:
        self._app, self._kind = app, kind
        self._path = f"/nodes/{{node}}/{kind}/{{vmid}}"

    def add(self) -> None:
        """Lead them all."""
        for call, method, path, act in BOTH + (MACHINES if self._kind == "qemu" else ()):
            self._verb(call, method, path, act)
        self._reads()
        self._consoles()
        self._firewall()

    def _lead(
        self, call: str, method: str, path: str, answer: Callable[[SandboxRequest, Given], Any]
    ) -> None:
        self._app.lead(call, method, self._path + path, answer)

    def _verb(self, call: str, method: str, path: str, act: Verb) -> None:
        def answer(request: SandboxRequest, given: Given) -> Any:
            args = request.args
            return act(self._app.verbs(call, self._kind), args["node"], vmid_of(request), given, args)

        self._lead(call, method, path, answer)

    def _guest(self, request: SandboxRequest) -> Document:
        return self._app.guests.on_node(request.args["node"], vmid_of(request), self._kind)

    def _reads(self) -> None:
        guest, now = self._guest, self._app.now
        self._lead("config.get", "GET", "/config", lambda r, _g: reads.config(guest(r)))
        self._lead("pending", "GET", "/pending", lambda r, _g: reads.pending(guest(r)))
        self._lead("current", "GET", "/status/current", lambda r, _g: reads.current(guest(r), now()))
        self._lead("rrddata", "GET", "/rrddata", lambda r, g: rrd.lines(guest(r), g["timeframe"], now()))
        self._lead("snapshots", "GET", "/snapshot", lambda r, _g: snapshots.listed(guest(r)))
        if self._kind == "qemu":
            self._lead("agent", "GET", "/agent/network-get-interfaces", self._interfaces)

    def _interfaces(self, request: SandboxRequest, _given: Given) -> Any:
        guest = self._guest(request)
        if guest["status"] != "running":
            raise refusals.agent_without_guest(guest["vmid"])
        if not guest["config"].get("agent", "0").startswith(("1", "enabled=1")):
            raise refusals.no_agent()
        return reads.interfaces(guest)

    def _consoles(self) -> None:
        app = self._app

        def proxy(request: SandboxRequest, given: Given) -> Any:
            user = app.settings.token_id
            return consoles.open_proxy(app.store, app.tasks, self._guest(request), user, given, app.now())

        self._lead("vncproxy", "POST", "/vncproxy", proxy)
        self._lead("vncwebsocket", "GET", "/vncwebsocket", consoles.refuse)
        if self._kind == "lxc":
            self._lead("termproxy", "POST", "/termproxy", proxy)

    def _firewall(self) -> None:
        guests, guest, one = self._app.guests, self._guest, "/firewall/ipset/{name}"

        def options(request: SandboxRequest, given: Given) -> None:
            firewall.set_options(guests, guest(request), given)

        def add_set(request: SandboxRequest, given: Given) -> None:
            firewall.add_set(guests, guest(request), given)

        def add_member(request: SandboxRequest, given: Given) -> None:
            firewall.add_member(guests, guest(request), request.args["name"], given)

        def remove_member(request: SandboxRequest, _given: Given) -> None:
            firewall.remove_member(guests, guest(request), request.args["name"], request.args["cidr"])

        def add_rule(request: SandboxRequest, given: Given) -> None:
            rules.add(guests, guest(request), given)

        def remove_rule(request: SandboxRequest, given: Given) -> None:
            rules.remove(guests, guest(request), request.args["pos"], given)

        lead = self._lead
        lead("firewall.options", "GET", "/firewall/options", lambda r, _g: firewall.options(guest(r)))
        lead("firewall.options.put", "PUT", "/firewall/options", options)
        lead("firewall.sets", "GET", "/firewall/ipset", lambda r, _g: firewall.sets(guest(r)))
        lead("firewall.sets.add", "POST", "/firewall/ipset", add_set)
        lead("firewall.set", "GET", one, lambda r, _g: firewall.members(guest(r), r.args["name"]))
        lead("firewall.set.add", "POST", one, add_member)
        lead("firewall.set.remove", "DELETE", one + "/{cidr}", remove_member)
        lead("firewall.rules", "GET", "/firewall/rules", lambda r, _g: rules.listed(guest(r)))
        lead("firewall.rules.add", "POST", "/firewall/rules", add_rule)
        lead("firewall.rules.remove", "DELETE", "/firewall/rules/{pos}", remove_rule)
