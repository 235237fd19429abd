"""What we ask of a cluster, in its own words: where is a machine, is it ours, how is this task doing."""

from __future__ import annotations

from typing import Any

from ez_proxmox import marks
from ez_proxmox.api import ProxmoxApi
from ez_proxmox.errors import Kind, ProxmoxError, failed_task
from ez_proxmox.guest import KINDS, Guest, Place, node_name, places
from ez_proxmox.upid import Upid, is_upid


class Cluster:
    """Typed questions and orders over one ProxmoxApi. Everything raises ProxmoxError."""

    def __init__(self, api: ProxmoxApi) -> None:
        self.api = api

    def places(self) -> list[Place]:
        """All machines of the cluster; the list may be about ten seconds old."""
        return places(self.api.get("cluster/resources", type="vm"))

    def nodes(self) -> list[str]:
        """The names of all nodes, those that are switched off too."""
        answer = self.api.get("nodes")
        if not isinstance(answer, list) or not answer:
            raise ProxmoxError(Kind.UNREACHABLE, "the list of nodes is no list")
        return [node_name(line.get("node")) if isinstance(line, dict) else node_name(None) for line in answer]

    def guest(self, vmid: int, hint: str | None = None, kind: str | None = None) -> Guest | None:
        """The machine of that number, wherever it was moved to; None only if every node says it has none.

        `hint` is the node it was seen on last, `kind` what it was made as (both kinds are asked for without).
        Raises: ProxmoxError, also when a node that might have it does not answer.
        """
        kinds = (kind,) if kind else KINDS
        listed = [(place.node, place.kind) for place in self.places() if place.vmid == vmid]
        asked: set[tuple[str, str]] = set()
        for at in [*listed, *((hint, one) for one in kinds if hint)]:
            if at not in asked and (guest := self._on_node(*at, vmid, asked)):
                return guest
        for node in self.nodes():
            for one in kinds:
                if (node, one) not in asked and (guest := self._on_node(node, one, vmid, asked)):
                    return guest
        return None

    def _on_node(self, node: str, kind: str, vmid: int, asked: set[tuple[str, str]]) -> Guest | None:
        asked.add((node, kind))
        try:
            config = self.api.get(f"nodes/{node}/{kind}/{vmid}/config")
        except ProxmoxError as error:
            if error.kind is Kind.NOT_FOUND:
                return None
            raise
        if not isinstance(config, dict):
            raise ProxmoxError(Kind.UNREACHABLE, "the configuration of a machine is no object")
        return Guest(vmid, node, config, kind)

    def find(self, operation_key: str, vmid: int | None = None, kind: str | None = None) -> Guest | None:
        """The machine that carries our mark for the key; `vmid` is the number we meant to give it."""
        if vmid is not None and (guest := self.guest(vmid, None, kind)) and guest.is_for(operation_key):
            return guest
        sign = marks.fingerprint(operation_key)
        for place in self.places():
            if place.vmid != vmid and (sign in place.tags or place.name == sign):
                guest = self.guest(place.vmid, place.node, place.kind)
                if guest and guest.is_for(operation_key):
                    return guest
        return None

    def status(self, guest: Guest) -> dict[str, Any]:
        """What it does now: `status` is running or stopped; loads and uptime beside it."""
        answer = self.api.get(f"{guest.path}/status/current")
        if not isinstance(answer, dict) or answer.get("status") not in ("running", "stopped"):
            raise ProxmoxError(Kind.UNREACHABLE, "the status of a machine cannot be read")
        return answer

    def is_running(self, guest: Guest) -> bool:
        """Whether it runs now."""
        return bool(self.status(guest)["status"] == "running")

    def lines(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        """A list of objects; whatever else is in it is passed over. Raises: ProxmoxError when it is no list."""
        answer = self.api.get(path, **parameters)
        if not isinstance(answer, list):
            raise ProxmoxError(Kind.UNREACHABLE, "a list of the cluster is no list")
        return [line for line in answer if isinstance(line, dict)]

    def newest_task(self, guest: Guest, kind: str) -> str | None:
        """The newest task of a type that works or worked on the machine, by its name; None when there is none."""
        path = f"nodes/{guest.node}/tasks"
        for line in self.lines(path, vmid=guest.vmid, typefilter=kind, source="all", limit=5):
            if is_upid(line.get("upid")) and line.get("type") == kind:
                return str(line["upid"])
        return None

    def needs_restart(self, guest: Guest) -> bool:
        """Whether it runs with another number of cores or memory than its configuration says."""
        answer = self.api.get(f"{guest.path}/pending")
        if not isinstance(answer, list):
            raise ProxmoxError(Kind.UNREACHABLE, "the pending changes of a machine are no list")
        waiting = {line.get("key") for line in answer if isinstance(line, dict) and "pending" in line}
        return bool(waiting & {"cores", "memory", "sockets"}) and self.is_running(guest)

    def next_number(self, above: int = 0) -> int:
        """A number that was free a moment ago and is larger than `above`: a hint, others may get the same."""
        number = _number(self.api.get("cluster/nextid"))
        if number > above:
            return number
        for candidate in range(above + 1, above + 1000):
            try:
                return _number(self.api.get("cluster/nextid", vmid=candidate))
            except ProxmoxError as error:
                if error.kind is not Kind.TAKEN:
                    raise
        raise ProxmoxError(Kind.OTHER, "no free machine number found")

    def finished(self, upid: str) -> bool:
        """Whether a task ended well (warnings included); False while it runs.

        Raises: ProxmoxError when it ended badly, kind by its text; ALREADY counts as well.
        """
        node = Upid.parse(upid).node
        answer = self.api.get(f"nodes/{node}/tasks/{upid}/status")
        if not isinstance(answer, dict) or answer.get("status") not in ("running", "stopped"):
            raise ProxmoxError(Kind.UNREACHABLE, "the status of a task cannot be read")
        if answer["status"] == "running":
            return False
        end = str(answer.get("exitstatus", ""))
        if end == "OK" or end.startswith("WARNINGS"):
            return True
        error = failed_task(end)
        if error.kind is Kind.ALREADY:
            return True
        raise error


def task_of(answer: Any) -> str | None:
    """The task an order started; None where older releases do it at once.

    Raises: ProxmoxError kind UNKNOWN for any other answer.
    """
    if answer is None:
        return None
    if is_upid(answer):
        return str(answer)
    raise ProxmoxError(Kind.UNKNOWN, "the answer is neither empty nor a task")


def _number(answer: object) -> int:
    try:
        number = int(str(answer))
    except ValueError:
        number = 0
    if not 100 <= number <= 999_999_999:  # noqa: PLR2004 - the vendor's range of machine numbers
        raise ProxmoxError(Kind.UNREACHABLE, "the answer is no machine number")
    return number
