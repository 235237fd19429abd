"""Snapshots of a guest: taken, rolled back to and removed by worker tasks, under a lock."""

from __future__ import annotations

from ez_proxmox.sandbox import refusals
from ez_proxmox.sandbox.guests import Guests, digest
from ezcore.plugin_api.sandbox import Document

KEPT = frozenset({"description"})  # a rollback brings the configuration back, but not the notes


def listed(guest: Document) -> list[Document]:
    """GET snapshot: those that exist, and the present state as `current`."""
    lines: list[Document] = []
    for name, taken in of(guest).items():
        line = {
            "name": name,
            "description": taken["description"],
            "snaptime": taken["snaptime"],
            "vmstate": 0,
        }
        lines.append({**line, **({"parent": taken["parent"]} if taken["parent"] else {})})
    here: Document = {"name": "current", "description": "You are here!", "digest": digest(guest)}
    if guest.get("parent"):
        here["parent"] = guest["parent"]
    return [*lines, {**here, "running": int(guest["status"] == "running")}]


def of(guest: Document) -> Document:
    """The snapshots by name."""
    found: Document = guest.get("snapshots") or {}
    return found


def must_exist(guest: Document, name: str) -> None:
    """Raises: Refusal when there is no such snapshot."""
    if name not in of(guest):
        raise refusals.Refusal(500, f"snapshot '{name}' does not exist\n")


def must_be_free(guest: Document, name: str) -> None:
    """Raises: Refusal when the name is taken."""
    if name in of(guest):
        raise refusals.Refusal(500, f"snapshot name '{name}' already used\n")


def take(guests: Guests, guest: Document, effect: Document, now: float) -> str:
    """The task has ended: the snapshot is there."""
    taken = {
        "description": effect["description"],
        "snaptime": int(now),
        "parent": guest.get("parent"),
        "config": dict(guest["config"]),
    }
    name = effect["name"]
    guests.put({**guest, "lock": None, "parent": name, "snapshots": {**of(guest), name: taken}})
    return "OK"


def remove(guests: Guests, guest: Document, effect: Document, _now: float) -> str:
    """The task has ended: the snapshot is gone."""
    name = effect["name"]
    rest = {one: taken for one, taken in of(guest).items() if one != name}
    parent = of(guest).get(name, {}).get("parent") if guest.get("parent") == name else guest.get("parent")
    guests.put({**guest, "lock": None, "parent": parent, "snapshots": rest})
    return "OK"


def roll_back(guests: Guests, guest: Document, effect: Document, _now: float) -> str:
    """The task has ended: disk and configuration are as they were; the machine is off."""
    taken = of(guest)[effect["name"]]
    config = {n: v for n, v in taken["config"].items() if n not in KEPT}
    config |= {n: v for n, v in guest["config"].items() if n in KEPT}
    off = {"status": "stopped", "started_at": None}
    rolled = guest.get("rolled_back", 0) + 1
    guests.put(
        {**guest, **off, "lock": None, "parent": effect["name"], "config": config, "rolled_back": rolled}
    )
    return "OK"
