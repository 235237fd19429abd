"""The changing calls: what is refused at once, and which worker task an accepted call starts."""

from __future__ import annotations

from collections.abc import Mapping

from ez_proxmox.sandbox import backups, refusals, snapshots
from ez_proxmox.sandbox.effects import merged
from ez_proxmox.sandbox.guests import Guests, boot_disk, check_lock, digest, new_guest
from ez_proxmox.sandbox.parameters import check_ssh_keys, truth
from ez_proxmox.sandbox.reads import STORAGES
from ez_proxmox.sandbox.seed import POOLS
from ez_proxmox.sandbox.tasks import Tasks
from ezcore.plugin_api.sandbox import Document, Store

Given = Mapping[str, str]


class Verbs:
    """Carries out changing calls for one caller. `late` is the decided end of the next task, if any."""

    def __init__(
        self,
        store: Store,
        guests: Guests,
        tasks: Tasks,
        user: str,
        late: str | None = None,
        kind: str = "qemu",
    ) -> None:
        self._store, self._guests, self._tasks, self._user, self._late = store, guests, tasks, user, late
        self._kind, self._prefix = kind, "vz" if kind == "lxc" else "qm"

    def clone(self, node: str, vmid: int, given: Given) -> str:
        """Start a clone; the new guest exists at once, locked, and the task is named after the *source*."""
        source = self._on(node, vmid)
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
        guest = self._on(node, vmid)
        if "sshkeys" in given:
            check_ssh_keys(given["sshkeys"])
        check_lock(guest)
        self._check_flock(vmid)
        if given.get("digest") and given["digest"] != digest(guest):
            raise refusals.stale_digest()
        return guest

    def regenerate(self, node: str, vmid: int) -> None:
        """PUT cloudinit: nothing to see, only that the guest must exist and be free."""
        check_lock(self._on(node, vmid))

    def resize(self, node: str, vmid: int, given: Given) -> str:
        """Start a resize; wrong disks and shrinking fail inside the task."""
        self._on(node, vmid)
        return self._task(node, "resize", vmid, {"vmid": vmid, "disk": given["disk"], "size": given["size"]})

    def start(self, node: str, vmid: int) -> str:
        """Start a guest; while its disk is being resized the task ends with a lock timeout.

        The real server first waits ten seconds for the lock; this one does not wait.
        """
        self._on(node, vmid)
        if self._late is None and self._tasks.running(vmid, "resize", "qmconfig"):
            self._late = refusals.lock_timeout_text(vmid)
        return self._task(node, self._prefix + "start", vmid, {"vmid": vmid})

    def stop(self, node: str, vmid: int) -> str:
        """Stop a guest; a stopped one gives a task that does nothing and ends well."""
        self._on(node, vmid)
        return self._task(node, self._prefix + "stop", vmid, {"vmid": vmid})

    def shutdown(self, node: str, vmid: int, given: Given) -> str:
        """Ask the guest to stop; a deaf one needs forceStop."""
        self._on(node, vmid)
        return self._task(
            node, self._prefix + "shutdown", vmid, {"vmid": vmid, "force": truth(given.get("forceStop"))}
        )

    def reboot(self, node: str, vmid: int) -> str:
        """Restart a running guest, with its present configuration."""
        if self._on(node, vmid)["status"] != "running":
            raise refusals.not_running(vmid, self._kind)
        return self._task(node, self._prefix + "reboot", vmid, {"vmid": vmid})

    def reset(self, node: str, vmid: int) -> str:
        """Press the reset button of a running machine."""
        if self._on(node, vmid)["status"] != "running":
            raise refusals.not_running(vmid)
        return self._task(node, "qmreset", vmid, {"vmid": vmid})

    def snapshot(self, node: str, vmid: int, given: Given) -> str:
        """Take a snapshot; the guest is locked meanwhile."""
        guest = self._on(node, vmid)
        check_lock(guest)
        snapshots.must_be_free(guest, given["snapname"])
        self._guests.put({**guest, "lock": "snapshot"})
        effect = {"vmid": vmid, "name": given["snapname"], "description": given.get("description", "")}
        return self._task(node, self._prefix + "snapshot", vmid, effect)

    def delete_snapshot(self, node: str, vmid: int, name: str) -> str:
        """Remove a snapshot."""
        guest = self._on(node, vmid)
        check_lock(guest)
        snapshots.must_exist(guest, name)
        self._guests.put({**guest, "lock": "snapshot-delete"})
        return self._task(node, self._prefix + "delsnapshot", vmid, {"vmid": vmid, "name": name})

    def roll_back(self, node: str, vmid: int, name: str) -> str:
        """Go back to a snapshot; a running guest is stopped by it."""
        guest = self._on(node, vmid)
        check_lock(guest)
        snapshots.must_exist(guest, name)
        self._guests.put({**guest, "lock": "rollback"})
        return self._task(node, self._prefix + "rollback", vmid, {"vmid": vmid, "name": name})

    def dump(self, node: str, given: Given) -> str:
        """Make a backup; of a locked guest the task ends at once with the lock's text."""
        vmid, storage = int(given["vmid"]), given.get("storage", "local")
        if storage not in STORAGES:
            raise refusals.no_storage(storage)
        guest = self._guests.find(vmid)
        if guest is None or guest["node"] != node:
            raise refusals.no_config(node, vmid)
        if guest["lock"]:
            word = refusals.word_of(guest.get("kind", "qemu"))
            self._late = f"{word} is locked ({guest['lock']})"
            return self._task(node, "vzdump", vmid, {})
        self._guests.put({**guest, "lock": "backup"})
        effect = {"vmid": vmid, "storage": storage, "notes": given.get("notes-template", "")}
        return self._task(node, "vzdump", vmid, effect)

    def create(self, node: str, given: Given) -> str:
        """POST qemu and POST lxc: a new container, or a guest put back from an archive."""
        vmid = int(given["vmid"])
        archive = given.get("archive") or (given.get("ostemplate") if truth(given.get("restore")) else None)
        other = self._guests.find(vmid)
        if archive is not None and truth(given.get("force")) and other is not None:
            return self._restore(node, other, archive)
        if other is not None:
            raise refusals.taken_elsewhere(vmid, other["node"], self._kind)
        if self._kind == "qemu":
            raise refusals.Refusal(500, "this imitation makes machines by cloning only\n")
        template = backups.find(self._store, given["ostemplate"])
        if template["content"] != "vztmpl":
            raise refusals.Refusal(500, f"volume '{template['volid']}' is no template\n")
        self._guests.put({**new_guest(vmid, node, {}, "create", "lxc"), "pool": given.get("pool")})
        config = _container_config(vmid, given)
        return self._task(node, "vzcreate", vmid, {"vmid": vmid, "config": config})

    def _restore(self, node: str, guest: Document, archive: str) -> str:
        if guest["node"] != node:
            raise refusals.taken_elsewhere(guest["vmid"], guest["node"], self._kind)
        check_lock(guest)
        backups.find(self._store, archive)
        if guest["status"] == "running":
            word = f"{refusals.word_of(self._kind)} {guest['vmid']}"
            raise refusals.Refusal(500, f"unable to restore {word} - {word} is running\n")
        self._guests.put({**guest, "lock": "create"})
        effect = {"vmid": guest["vmid"], "archive": archive}
        return self._task(node, self._prefix + "restore", guest["vmid"], effect)

    def delete_volume(self, node: str, volid: str) -> str:
        """Remove a backup from its storage."""
        backups.find(self._store, volid)
        return self._tasks.start(node, "imgdel", 0, self._user, {"volid": volid}, self._late)

    def _on(self, node: str, vmid: int) -> Document:
        return self._guests.on_node(node, vmid, self._kind)

    def destroy(self, node: str, vmid: int, given: Given) -> str:
        """Delete a stopped, unprotected guest."""
        guest = self._on(node, vmid)
        if truth(guest["config"].get("protection")):
            raise refusals.protected(vmid)
        if guest["ha"] and not truth(given.get("purge")):
            raise refusals.ha_without_purge(vmid)
        if guest["status"] == "running":
            raise refusals.running(vmid, self._kind)
        self._check_flock(vmid)
        return self._task(node, self._prefix + "destroy", vmid, {"vmid": vmid})

    def migrate(self, node: str, vmid: int, given: Given) -> str:
        """Move a guest to another node; it is locked meanwhile."""
        guest = self._on(node, vmid)
        check_lock(guest)
        if self._store.get("node", given["target"]) is None:
            raise refusals.parameters({"target": f"no such cluster node '{given['target']}'"})
        self._guests.put({**guest, "lock": "migrate"})
        return self._task(
            node,
            "vzmigrate" if self._kind == "lxc" else "qmigrate",
            vmid,
            {"vmid": vmid, "target": given["target"]},
        )

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


def _container_config(vmid: int, given: Given) -> Document:
    left_out = {
        "vmid",
        "ostemplate",
        "password",
        "ssh-public-keys",
        "pool",
        "storage",
        "start",
        "restore",
        "force",
    }
    config = {name: value for name, value in given.items() if name not in left_out}
    storage, _, size = given.get("rootfs", "local-lvm:4").partition(":")
    config["rootfs"] = f"{storage}:subvol-{vmid}-disk-0,size={size}G"
    if "net0" in config and "hwaddr=" not in config["net0"]:
        mac = ":".join(f"{vmid >> shift & 0xFF:02X}" for shift in (16, 8, 0))
        config["net0"] += f",hwaddr=BC:24:12:{mac},type=veth"
    return config
