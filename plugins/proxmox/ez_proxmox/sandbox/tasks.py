"""Worker tasks of the imitated cluster: they take time, may fail late, and outlive a restart.

A task is a document with the moment at which it ends; what it does is applied when somebody looks at the
cluster after that moment. So a task in progress finishes by the clock even if the imitation was killed
meanwhile. Times are Unix seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ez_proxmox.sandbox import refusals
from ez_proxmox.upid import NotAUpid, Upid
from ezcore.plugin_api.sandbox import Document, Store

KIND: Final = "task"
FIRST_PID: Final = 0x0012F1A3


class Tasks:
    """Starts tasks, says which are due, and answers for their status and log."""

    def __init__(self, store: Store, now: Callable[[], float], latency: Callable[[str], float]) -> None:
        self._store = store
        self._now = now
        self._latency = latency

    def start(
        self, node: str, kind: str, vmid: int, user: str, effect: Document, exitstatus: str | None = None
    ) -> str:
        """Begin a task; `exitstatus` decides its end beforehand (a late failure, a warning)."""
        now = self._now()
        number = self._store.next_number("pid")
        upid = Upid(node, FIRST_PID + number, int(now * 100) & 0xFFFFFFFF, int(now), kind, str(vmid), user)
        name = str(upid)
        document = {
            "upid": name,
            "node": node,
            "type": kind,
            "effect": effect,
            "ends_at": now + self._latency(kind),
            "decided": exitstatus,
            "exitstatus": None,
            "log": [f"{kind} {vmid}: started"],
        }
        self._store.put(KIND, name, document)
        return name

    def due(self) -> list[Document]:
        """Tasks whose time is up and whose effect was not applied yet, in the order they end."""
        now = self._now()
        ended = [task for task in self._store.where(KIND, exitstatus=None) if task["ends_at"] <= now]
        return sorted(ended, key=lambda task: float(task["ends_at"]))

    def running(self, vmid: int, *kinds: str) -> bool:
        """Whether a task of one of the kinds works on the guest at this moment."""
        going_on = list(self._store.where(KIND, exitstatus=None))
        return any(task["type"] in kinds and task["effect"].get("vmid") == vmid for task in going_on)

    def finish(self, task: Document, exitstatus: str) -> None:
        """Write down how a task ended."""
        good = exitstatus == "OK" or exitstatus.startswith("WARNINGS")
        last = f"TASK {exitstatus}" if good else f"TASK ERROR: {exitstatus}"
        self._store.put(KIND, task["upid"], {**task, "exitstatus": exitstatus, "log": [*task["log"], last]})

    def stop(self, node: str, upid: str) -> None:
        """Interrupt a task as the administrator's *Stop* does."""
        task = self._on_node(node, upid)
        if task["exitstatus"] is None:
            self._store.put(KIND, upid, {**task, "decided": "interrupted by signal", "ends_at": self._now()})

    def status(self, node: str, upid: str) -> Document:
        """The answer of GET .../tasks/{upid}/status."""
        task = self._on_node(node, upid)
        return _facts(task)

    def log(self, node: str, upid: str, query: Mapping[str, str]) -> list[Document]:
        """The answer of GET .../tasks/{upid}/log: at most `limit` lines, 50 unless told."""
        lines = self._on_node(node, upid)["log"]
        first, limit = int(query.get("start", "0")), int(query.get("limit", "50"))
        numbered = [{"n": number, "t": line} for number, line in enumerate(lines, start=1)]
        return numbered[first : first + limit]

    def of_node(self, node: str, query: Mapping[str, str]) -> list[Document]:
        """The answer of GET .../tasks, newest first; without `source` only those that have ended."""
        source, kind, limit = (
            query.get("source", "archive"),
            query.get("typefilter"),
            int(query.get("limit", "50")),
        )
        found = [task for task in reversed(self._store.all(KIND)) if task["node"] == node]
        if source != "all":
            found = [task for task in found if (task["exitstatus"] is None) == (source == "active")]
        if kind is not None:
            found = [task for task in found if task["type"] == kind]
        if "vmid" in query:
            found = [task for task in found if Upid.parse(task["upid"]).id == query["vmid"]]
        return [_line(task) for task in found[:limit]]

    def _on_node(self, node: str, upid: str) -> Document:
        try:
            Upid.parse(upid)
        except NotAUpid:
            raise refusals.parameters({"upid": "unable to parse worker upid"}) from None
        task = self._store.get(KIND, upid)
        if task is None or task["node"] != node:
            raise refusals.parameters({"upid": "no such task"})
        return task


def _line(task: Document) -> Document:
    facts = _facts(task)
    del facts["status"]
    end = facts.pop("exitstatus", None)
    return {**facts, **({"status": end, "endtime": int(task["ends_at"])} if end is not None else {})}


def _facts(task: Document) -> Document:
    upid = Upid.parse(task["upid"])
    user, _, token = upid.user.partition("!")
    facts: Document = {
        "upid": task["upid"],
        "node": upid.node,
        "pid": upid.pid,
        "pstart": upid.pstart,
        "starttime": upid.starttime,
        "type": upid.type,
        "id": upid.id,
        "user": user,
    }
    if token:
        facts["tokenid"] = token
    if task["exitstatus"] is None:
        return {**facts, "status": "running"}
    return {**facts, "status": "stopped", "exitstatus": task["exitstatus"]}
