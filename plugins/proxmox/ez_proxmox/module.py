"""The provisioning module: which steps make up each verb."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import BaseModel

from ez_proxmox.actions import actions
from ez_proxmox.backups import Backups
from ez_proxmox.console import open_console
from ez_proxmox.creation import ADDRESS_STEP, Creation
from ez_proxmox.instance import resource_of
from ez_proxmox.looking import Looking
from ez_proxmox.power import Power
from ez_proxmox.removal import Removal
from ez_proxmox.settings import FirstServer, OrderSettings, ProductSettings, ServerSettings
from ez_proxmox.signals import telling
from ez_proxmox.survey import Survey
from ez_proxmox.workshop import CLONE_STEP, LONG, Workshop
from ezcore.plugin_api.jobs import Step
from ezcore.plugin_api.ports.looks import ConsoleTarget, Look, RemoteAccount, ServerReport, UsageSample
from ezcore.plugin_api.ports.provisioning import (
    Capability,
    ModuleAction,
    ModuleStep,
    ProvisioningCall,
    ProvisioningModule,
    ServerFacts,
)
from ezcore.plugin_api.values import Resource

CallStep = Step[ProvisioningCall]


class ProxmoxModule(ProvisioningModule):
    """Rents out virtual machines and containers of Proxmox VE clusters."""

    name: ClassVar[str] = "proxmox"
    label: ClassVar[str] = "Proxmox VE"
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {
            Capability.CREATE,
            Capability.SUSPEND,
            Capability.UNSUSPEND,
            Capability.TERMINATE,
            Capability.CHANGE_PACKAGE,
            Capability.ONE_TIME_SECRET,
            Capability.TEST_CONNECTION,
            Capability.LOOK,
            Capability.LIST_ACCOUNTS,
            Capability.USAGE,
            Capability.CONSOLE,
        }
    )
    server_model: ClassVar[type[BaseModel]] = ServerSettings
    product_model: ClassVar[type[BaseModel]] = ProductSettings
    order_model: ClassVar[type[BaseModel]] = OrderSettings

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop

    def default_server(self) -> BaseModel | None:
        """The cluster that the plugin's own settings describe. Raises: InvalidInput, ValidationError."""
        return FirstServer.model_validate(self.workshop.context.settings().model_dump()).server()

    def create(self) -> Sequence[ModuleStep]:
        """Address, clone, configuration, disk, power; undone by removing what carries our mark."""
        do, back = Creation(self.workshop), Removal(self.workshop)
        return [
            CallStep(ADDRESS_STEP, "Reserve an address", do.reserve_address, back.undo_address),
            CallStep(CLONE_STEP, "Copy the template", do.clone_template, back.undo_clone, timedelta(hours=2)),
            CallStep("configure", "Set size, user and network", do.configure),
            CallStep("isolate", "Fence it in", do.isolate),
            CallStep("resize_disk", "Grow the disk", do.resize_disk),
            CallStep("start", "Start the machine", do.start),
            CallStep("report", "Check that it runs", do.report),
        ]

    def suspend(self) -> Sequence[ModuleStep]:
        """Stopped, and not started again with its node."""
        power = Power(self.workshop)
        return [
            CallStep("mark_suspended", "Keep it from starting", power.mark_suspended),
            CallStep("stop", "Stop the machine", power.stop),
        ]

    def unsuspend(self) -> Sequence[ModuleStep]:
        """Running again if it ran before."""
        power = Power(self.workshop)
        return [
            CallStep("switch_on", "Start the machine", power.switch_on),
            CallStep("unmark", "Let it start with its node", power.unmark),
        ]

    def terminate(self) -> Sequence[ModuleStep]:
        """Gone with its disks; address and number are free again."""
        removal, backups = Removal(self.workshop), Backups(self.workshop)
        return [
            CallStep("stop", "Stop the machine", removal.stop),
            CallStep("destroy", "Delete the machine", removal.destroy, deadline=timedelta(hours=12)),
            CallStep("remove_backups", "Remove its backups", backups.delete_all, deadline=LONG),
            CallStep("release", "Free address and number", removal.release),
        ]

    def change_package(self) -> Sequence[ModuleStep]:
        """The new size, in effect after one restart. Disks grow only."""
        power, do = Power(self.workshop), Creation(self.workshop)
        return [
            CallStep("change_size", "Set the new size", power.change_size),
            CallStep(ADDRESS_STEP, "Reserve its addresses", do.reserve_address),
            CallStep("isolate", "Fence it in", do.isolate),
            CallStep("resize_disk", "Grow the disk", do.resize_disk),
            CallStep("restart", "Restart with the new size", power.restart),
        ]

    def find(self, server: ServerFacts, operation_key: str) -> Resource | None:
        """The machine that carries the key. Raises: ProxmoxError when the cluster cannot say for certain."""
        number = self.workshop.reservations(server).number(operation_key)
        with self.workshop.cluster(server) as cluster:
            guest = cluster.find(operation_key, number)
        return resource_of(guest, operation_key) if guest else None

    def actions(self) -> Sequence[ModuleAction]:
        """Switches, snapshots, backups, network, reinstallation."""
        return actions(self.workshop)

    def test_connection(self, server: ServerFacts) -> ServerReport:
        """Version, nodes, and what the token may not do, in words."""
        with telling():
            return Survey(self.workshop).report(server)

    def look(self, server: ServerFacts, resource: Resource) -> Look:
        """The machine as the cluster shows it now."""
        with telling():
            return Looking(self.workshop).look(server, resource)

    def list_accounts(self, server: ServerFacts) -> Sequence[RemoteAccount]:
        """All guests of the cluster."""
        with telling():
            return Survey(self.workshop).accounts(server)

    def read_usage(
        self, server: ServerFacts, resources: Sequence[Resource], since: datetime
    ) -> Sequence[UsageSample]:
        """Traffic in GiB per hour."""
        with telling():
            return Survey(self.workshop).usage(server, resources, since)

    def console(self, server: ServerFacts, resource: Resource) -> ConsoleTarget:
        """A screen of the machine, open for some seconds."""
        with telling():
            return open_console(self.workshop, server, resource)
