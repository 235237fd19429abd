"""What a worker task does to the cluster at the moment it ends, and the text it ends with.

Each function takes the cluster's guests and the task, and returns the exit status in Proxmox's own words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ez_proxmox.sandbox import backups, snapshots
from ez_proxmox.sandbox.guests import UNITS, Guests, disk_gb, set_disk_gb
from ezcore.plugin_api.sandbox import Document, Store

OK: Final = "OK"
UNLOCKING: Final = frozenset(
    {
        "vzdump",
        *(
            prefix + what
            for prefix in ("qm", "vz")
            for what in ("migrate", "restore", "snapshot", "delsnapshot", "rollback")
        ),
    }
)


def apply(store: Store, guests: Guests, task: Document, now: float) -> str:
    """Carry out a task that is due. A task whose end was decided as an error only cleans up."""
    decided: str | None = task["decided"]
    effect = task["effect"]
    if decided is not None and not decided.startswith("WARNINGS"):
        _give_up(guests, task)
        return decided
    if task["type"] == "imgdel":
        store.delete(backups.KIND, effect["volid"])
        return decided or OK
    guest = guests.find(effect["vmid"])
    if guest is None:
        return f"Configuration file 'nodes/{task['node']}/qemu-server/{effect['vmid']}.conf' does not exist"
    if task["type"] in _ON_STORAGE:
        exitstatus = _ON_STORAGE[task["type"]](store, guests, guest, effect, now)
    else:
        exitstatus = _EFFECTS[task["type"]](guests, guest, effect, now)
    return decided if decided is not None and exitstatus == OK else exitstatus


def _give_up(guests: Guests, task: Document) -> None:
    """A failed clone frees its disks and removes its configuration; what else failed only unlocks."""
    guest = guests.find(task["effect"].get("vmid", 0))
    if guest is None:
        return
    if task["type"] in ("qmclone", "vzcreate"):
        guests.remove(guest["vmid"])
    elif task["type"] in UNLOCKING:
        guests.put({**guest, "lock": None})


def _create(guests: Guests, guest: Document, effect: Document, _now: float) -> str:
    guests.put({**guest, "config": effect["config"], "lock": None})
    return OK


def _clone(guests: Guests, guest: Document, _effect: Document, _now: float) -> str:
    guests.put({**guest, "lock": None})
    return OK


def _start(guests: Guests, guest: Document, _effect: Document, now: float) -> str:
    if guest["lock"]:
        return f"{_word(guest)} is locked ({guest['lock']})"
    if guest["status"] == "running":
        return f"{_word(guest)} {guest['vmid']} already running"
    guests.put({**guest, "status": "running", "started_at": now, "booted": dict(guest["config"])})
    return OK


def _word(guest: Document) -> str:
    return "CT" if guest.get("kind") == "lxc" else "VM"


def _stop(guests: Guests, guest: Document, _effect: Document, _now: float) -> str:
    guests.put({**guest, "status": "stopped", "started_at": None})
    return OK


def _shutdown(guests: Guests, guest: Document, effect: Document, now: float) -> str:
    if guest["status"] == "running" and guest["deaf"] and not effect.get("force"):
        return "VM quit/powerdown failed - got timeout"
    return _stop(guests, guest, effect, now)


def _reboot(guests: Guests, guest: Document, _effect: Document, now: float) -> str:
    boots = guest.get("boots", 0) + 1
    guests.put({**guest, "started_at": now, "booted": dict(guest["config"]), "boots": boots})
    return OK


def _reset(guests: Guests, guest: Document, _effect: Document, now: float) -> str:
    guests.put({**guest, "started_at": now, "resets": guest.get("resets", 0) + 1})
    return OK


def _destroy(guests: Guests, guest: Document, _effect: Document, _now: float) -> str:
    if guest["lock"]:
        return f"VM is locked ({guest['lock']})"
    if guest["status"] == "running":
        return f"VM {guest['vmid']} is running - destroy failed"
    guests.remove(guest["vmid"])
    return OK


def _resize(guests: Guests, guest: Document, effect: Document, _now: float) -> str:
    disk, text = effect["disk"], effect["size"]
    if guest["lock"]:
        return f"VM is locked ({guest['lock']})"
    if disk not in guest["config"]:
        return f"disk '{disk}' does not exist"
    number = text.lstrip("+")
    unit = number[-1] if number[-1] in "KMGT" else ""
    size = float(number.removesuffix(unit) if unit else number) * UNITS[unit]
    before = disk_gb(guest, disk)
    after = before + size if text.startswith("+") else size
    if after < before:
        return "shrinking disks is not supported"
    set_disk_gb(guest, disk, after)
    guests.put(guest)
    return OK


def _nothing(_guests: Guests, _guest: Document, _effect: Document, _now: float) -> str:
    return OK


def _configure(guests: Guests, guest: Document, effect: Document, _now: float) -> str:
    guests.put({**guest, "config": merged(guest["config"], effect["changes"])})
    return OK


def _migrate(guests: Guests, guest: Document, effect: Document, _now: float) -> str:
    guests.put({**guest, "node": effect["target"], "lock": None})
    return OK


def merged(config: Document, changes: Mapping[str, str]) -> Document:
    """The configuration after a change; `delete` names the settings to remove."""
    gone = {name.strip() for name in changes.get("delete", "").split(",") if name.strip()}
    kept = {name: value for name, value in config.items() if name not in gone}
    return {
        **kept,
        **{n: v for n, v in changes.items() if n not in ("delete", "digest", "skiplock", "revert", "force")},
    }


_EFFECTS: Final[Mapping[str, Callable[[Guests, Document, Document, float], str]]] = {
    "qmclone": _clone,
    "qmstart": _start,
    "qmstop": _stop,
    "qmshutdown": _shutdown,
    "qmreboot": _reboot,
    "qmdestroy": _destroy,
    "resize": _resize,
    "qmconfig": _configure,
    "qmigrate": _migrate,
    "vncproxy": _nothing,
    "qmreset": _reset,
    "qmsnapshot": snapshots.take,
    "qmdelsnapshot": snapshots.remove,
    "qmrollback": snapshots.roll_back,
    "vzcreate": _create,
    "vzstart": _start,
    "vzstop": _stop,
    "vzshutdown": _shutdown,
    "vzreboot": _reboot,
    "vzdestroy": _destroy,
    "vzmigrate": _migrate,
    "vzsnapshot": snapshots.take,
    "vzdelsnapshot": snapshots.remove,
    "vzrollback": snapshots.roll_back,
}
_ON_STORAGE: Final[Mapping[str, Callable[[Store, Guests, Document, Document, float], str]]] = {
    "vzdump": backups.dumped,
    "qmrestore": backups.restored,
    "vzrestore": backups.restored,
}
