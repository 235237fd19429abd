"""What can be done with a machine besides its lifecycle: the buttons, their questions and their steps."""

from __future__ import annotations

from collections.abc import Sequence

from ez_proxmox import inputs
from ez_proxmox.backups import Backups
from ez_proxmox.creation import ADDRESS_STEP, PASSWORD, Creation
from ez_proxmox.removal import Removal
from ez_proxmox.reverse import ReverseNames
from ez_proxmox.rules import Rules
from ez_proxmox.snapshots import Snapshots
from ez_proxmox.switches import Switches
from ez_proxmox.workshop import CLONE_STEP, LONG, Workshop
from ezcore.plugin_api.jobs import Step
from ezcore.plugin_api.ports.provisioning import ModuleAction, ProvisioningCall

CallStep = Step[ProvisioningCall]


def actions(workshop: Workshop) -> Sequence[ModuleAction]:
    """All of them, in the order of their buttons."""
    return [*_switches(workshop), *_copies(workshop), *_network(workshop), _reinstall(workshop)]


def _switches(workshop: Workshop) -> list[ModuleAction]:
    do = Switches(workshop)
    cut = "What was not saved in it is lost."
    return [
        ModuleAction("start", "Start", [CallStep("start", "Start the machine", do.start)], icon="play"),
        ModuleAction(
            "shutdown", "Shut down", [CallStep("shut_down", "Shut it down", do.shut_down)], icon="power",
            confirm="Shut the machine down? After a minute its power is cut.",
        ),
        ModuleAction(
            "reboot", "Restart", [CallStep("reboot", "Restart the machine", do.reboot)], icon="rotate-cw",
            confirm="Restart the machine?",
        ),
        ModuleAction(
            "stop", "Cut the power", [CallStep("stop", "Cut the power", do.pull_plug)], icon="power-off",
            confirm=f"Cut the power now? {cut}", danger=True,
        ),
        ModuleAction(
            "reset", "Reset", [CallStep("reset", "Press the reset button", do.reset)], icon="zap",
            confirm=f"Press the reset button? {cut}", danger=True,
        ),
    ]  # fmt: skip


def _copies(workshop: Workshop) -> list[ModuleAction]:
    shots, keeps, do, switch = Snapshots(workshop), Backups(workshop), Creation(workshop), Switches(workshop)
    back = [
        CallStep("as_sold", "Set the size of your plan", shots.as_sold),
        CallStep("resize_disk", "Grow the disk", do.resize_disk),
        CallStep("start", "Start the machine", switch.start),
    ]
    return [
        ModuleAction(
            "snapshot_create", "Take a snapshot", [CallStep("take", "Take the snapshot", shots.take, deadline=LONG)],
            inputs.NewSnapshot, icon="camera",
        ),
        ModuleAction(
            "snapshot_rollback", "Roll back",
            [CallStep("roll_back", "Bring the snapshot back", shots.roll_back, deadline=LONG), *back],
            inputs.SnapshotName, icon="history", danger=True, in_rows=True,
            confirm="Go back to this snapshot? Everything since then is lost, and the machine restarts.",
        ),
        ModuleAction(
            "snapshot_delete", "Remove snapshot",
            [CallStep("delete", "Remove the snapshot", shots.delete, deadline=LONG)],
            inputs.SnapshotName, icon="trash", confirm="Remove this snapshot?", in_rows=True,
        ),
        ModuleAction(
            "backup_create", "Make a backup", [CallStep("make", "Make the backup", keeps.make, deadline=LONG)],
            icon="archive",
        ),
        ModuleAction(
            "backup_restore", "Restore backup",
            [CallStep("stop", "Stop the machine", switch.pull_plug),
             CallStep("restore", "Put the backup back", keeps.restore, deadline=LONG), *back],
            inputs.BackupName, icon="history", danger=True, in_rows=True,
            confirm="Restore this backup? What is on the machine now is lost, its snapshots too.",
        ),
        ModuleAction(
            "backup_delete", "Remove backup", [CallStep("delete", "Remove the backup", keeps.delete)],
            inputs.BackupName, icon="trash", confirm="Remove this backup for ever?", danger=True, in_rows=True,
        ),
    ]  # fmt: skip


def _network(workshop: Workshop) -> list[ModuleAction]:
    rules, names = Rules(workshop), ReverseNames(workshop)
    return [
        ModuleAction(
            "firewall_add", "Add a firewall rule", [CallStep("add", "Add the rule", rules.add)], inputs.NewRule,
            icon="shield",
        ),
        ModuleAction(
            "firewall_delete", "Remove rule", [CallStep("remove", "Remove the rule", rules.remove)],
            inputs.RuleMark, icon="trash", confirm="Remove this rule?", in_rows=True,
        ),
        ModuleAction(
            "firewall_policy", "What may come in", [CallStep("policy", "Set the policy", rules.set_policy)],
            inputs.Policy, icon="shield",
            confirm="Without a fitting rule you may lock yourself out. Set it?",
        ),
        ModuleAction(
            "reverse_name", "Reverse DNS", [CallStep("wish", "Enter the name", names.wish)], inputs.ReverseName,
            icon="globe",
        ),
    ]  # fmt: skip


def _reinstall(workshop: Workshop) -> ModuleAction:
    do, gone, switch = Creation(workshop), Removal(workshop), Switches(workshop)
    steps = [
        CallStep("stop", "Stop the machine", gone.stop),
        CallStep("wipe", "Delete the old disks", gone.wipe, deadline=LONG),
        CallStep(ADDRESS_STEP, "Keep its addresses", do.reserve_address),
        CallStep(CLONE_STEP, "Copy the template", do.clone_template, deadline=LONG),
        CallStep("configure", "Set size, user and network", do.configure),
        CallStep("isolate", "Fence it in", do.isolate),
        CallStep("resize_disk", "Grow the disk", do.resize_disk),
        CallStep("start", "Start the machine", switch.start),
    ]
    return ModuleAction(
        "reinstall", "Reinstall", steps, inputs.Reinstallation, icon="refresh-cw", danger=True, secrets=(PASSWORD,),
        confirm="Reinstall the machine? Everything on it and its snapshots are lost; addresses and backups stay.",
    )  # fmt: skip
