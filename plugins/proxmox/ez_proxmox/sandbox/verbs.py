"""The changing calls: what is refused at once, and which worker task an accepted call starts."""

from __future__ import annotations

from collections.abc import Mapping

from ez_proxmox.sandbox import refusals
from ez_proxmox.sandbox.effects import merged
from ez_proxmox.sandbox.guests import Guests, boot_disk, check_lock, digest, new_guest
from ez_proxmox.sandbox.parameters import check_ssh_keys, truth
from ez_proxmox.sandbox.seed import POOLS, STORAGES
from ez_proxmox.sandbox.tasks import Tasks
from ezcore.plugin_api.sandbox import Document, Store

Given = Mapping[str, str]


class Verbs:
    """Carries out changing calls for one caller. `late` is the decided end of the next task, if any."""

    def __init__(
        self, store: Store, guests: Guests, tasks: Tasks, user: str, late: str | None = None
    ) -> None:
        self._store, self._guests, self._tasks, self._user, self._late = store, guests, tasks, user, late

    def clone(self, node: str, vmid: int, given: Given) -> str:
        """Start a clone; the new guest exists at once, locked, and the task is named after the *source*."""
        source = self._guests.on_node(node, vmid)
        newid, target = int(given["newid"]), given.get("target", node)
        self._check_clone(source, newid, target, given)
        check_lock(source)
        guest = new_guest(newid, target, _cloned_config(source, newid, given), lock="clone")
        self._guests.put({**guest, "pool": given.get("pool")})
        return self._task(node, "qmclone", vmid, {"vmid": newid, "source": vmid})

    def _check_clone(self, source: Document, newid: int, target: str, given: Given) -> None:
        full = truth(given.get("full")) or not source["config"].get("template")
        other = self._guests.find(newid)
        if other is not None:
            here = other["node"] == target
            raise refusals.taken_here(newid) if here else refusals.taken_elsewhere(newid, other["node"])
        if not full and given.get("storage"):
            raise refusals.storage_on_linked_clone()
        if given.get("storage") and given["storage"] not in STORAGES:
            raise refusals.no_storage(given["storage"])
        if given.get("pool") and given["pool"] not in POOLS:
            raise refusals.forbidden(f"/pool/{given['pool']}", "VM.Allocate")
        disk = boot_disk(source)
        if target != source["node"] and disk and source["config"][disk].startswith("local"):
            raise refusals.local_storage(target)

    def configure(self, node: str, vmid: int, given: Given) -> None:
        """PUT config: change the configuration at once."""
        guest = self._changeable(node, vmid, given)
        self._guests.put({**guest, "config": merged(guest["config"], given)})

    def configure_later(self, node: str, vmid: int, given: Given) -> str:
        """POST config: the same by a worker task."""
        self._changeable(node, vmid, given)
        return self._task(node, "qmconfig", vmid, {"vmid": vmid, "changes": dict(given)})

    def _changeable(self, node: str, vmid: int, given: Given) -> Document:
        if not set(given) - {"digest", "skiplock", "background_delay"}:
            raise refusals.no_options()
        guest = self._guests.on_node(node, vmid)
        if "sshkeys" in given:
            check_ssh_keys(given["sshkeys"])
        check_lock(guest)
        self._check_flock(vmid)
        if given.get("digest") and given["digest"] != digest(guest):
            raise refusals.stale_digest()
        return guest

    def regenerate(self, node: str, vmid: int) -> None:
        """PUT cloudinit: nothing to see, only that the guest must exist and be free."""
        check_lock(self._guests.on_node(node, vmid))

    def resize(self, node: str, vmid: int, given: Given) -> str:
        """Start a resize; wrong disks and shrinking fail inside the task."""
        self._guests.on_node(node, vmid)
        return self._task(node, "resize", vmid, {"vmid": vmid, "disk": given["disk"], "size": given["size"]})

    def start(self, node: str, vmid: int) -> str:
        """Start a guest; while its disk is being resized the task ends with a lock timeout.

        The real server first waits ten seconds for the lock; this one does not wait.
        """
        self._guests.on_node(node, vmid)
        if self._late is None and self._tasks.running(vmid, "resize", "qmconfig"):
            self._late = refusals.lock_timeout_text(vmid)
        return self._task(node, "qmstart", vmid, {"vmid": vmid})

    def stop(self, node: str, vmid: int) -> str:
        """Stop a guest; a stopped one gives a task that does nothing and ends well."""
        self._guests.on_node(node, vmid)
        return self._task(node, "qmstop", vmid, {"vmid": vmid})

    def shutdown(self, node: str, vmid: int, given: Given) -> str:
        """Ask the guest to stop; a deaf one needs forceStop."""
        self._guests.on_node(node, vmid)
        return self._task(node, "qmshutdown", vmid, {"vmid": vmid, "force": truth(given.get("forceStop"))})

    def reboot(self, node: str, vmid: int) -> str:
        """Restart a running guest, with its present configuration."""
        if self._guests.on_node(node, vmid)["status"] != "running":
            raise refusals.not_running(vmid)
        return self._task(node, "qmreboot", vmid, {"vmid": vmid})

    def destroy(self, node: str, vmid: int, given: Given) -> str:
        """Delete a stopped, unprotected guest."""
        guest = self._guests.on_node(node, vmid)
        if truth(guest["config"].get("protection")):
            raise refusals.protected(vmid)
        if guest["ha"] and not truth(given.get("purge")):
            raise refusals.ha_without_purge(vmid)
        if guest["status"] == "running":
            raise refusals.running(vmid)
        self._check_flock(vmid)
        return self._task(node, "qmdestroy", vmid, {"vmid": vmid})

    def migrate(self, node: str, vmid: int, given: Given) -> str:
        """Move a guest to another node; it is locked meanwhile."""
        guest = self._guests.on_node(node, vmid)
        check_lock(guest)
        if self._store.get("node", given["target"]) is None:
            raise refusals.parameters({"target": f"no such cluster node '{given['target']}'"})
        self._guests.put({**guest, "lock": "migrate"})
        return self._task(node, "qmigrate", vmid, {"vmid": vmid, "target": given["target"]})

    def _check_flock(self, vmid: int) -> None:
        if self._tasks.running(vmid, "resize", "qmconfig"):
            raise refusals.flock_timeout(vmid)

    def _task(self, node: str, kind: str, vmid: int, effect: Document) -> str:
        return self._tasks.start(node, kind, vmid, self._user, effect, self._late)


def _cloned_config(source: Document, newid: int, given: Given) -> Document:
    config = {
        name: value
        for name, value in source["config"].items()
        if name not in ("template", "description", "tags")
    }
    old = str(source["vmid"])
    for name in ("scsi0", "ide2"):
        if name in config:
            config[name] = (
                config[name].replace(f"base-{old}-", f"vm-{newid}-").replace(f"vm-{old}-", f"vm-{newid}-")
            )
    mac = ":".join(f"{newid >> shift & 0xFF:02X}" for shift in (16, 8, 0))
    config["net0"] = f"virtio=BC:24:11:{mac},bridge=vmbr0"
    config["name"] = given.get("name") or f"Copy-of-VM-{source['config'].get('name', old)}"
    if given.get("description"):
        config["description"] = given["description"]
    return config
