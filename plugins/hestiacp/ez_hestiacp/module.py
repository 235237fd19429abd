"""The provisioning module: which steps make up each verb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, TypeVar

from pydantic import BaseModel

from ez_hestiacp.creation import PASSWORD, RESERVE_STEP, Creation, resource_of
from ez_hestiacp.errors import HestiaError, Kind
from ez_hestiacp.life import Life
from ez_hestiacp.looking import Looking
from ez_hestiacp.removal import Removal
from ez_hestiacp.settings import DomainInput, FirstServer, OrderSettings, ProductSettings, ServerSettings
from ez_hestiacp.signals import signal_of
from ez_hestiacp.usage import Usage
from ez_hestiacp.workshop import Workshop, settings_of
from ezcore.plugin_api import OutcomeUnknown, PermanentFailure
from ezcore.plugin_api.jobs import Step
from ezcore.plugin_api.ports.looks import Look, RemoteAccount, ServerReport, UsageSample
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
T = TypeVar("T")
SLOW: Final = timedelta(hours=6)


class HestiaModule(ProvisioningModule):
    """Rents out hosting accounts of HestiaCP servers. Hestia has no login link: the panel's address is shown."""

    name: ClassVar[str] = "hestiacp"
    label: ClassVar[str] = "HestiaCP"
    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {
            Capability.CREATE,
            Capability.SUSPEND,
            Capability.UNSUSPEND,
            Capability.TERMINATE,
            Capability.CHANGE_PACKAGE,
            Capability.CHANGE_PASSWORD,
            Capability.ONE_TIME_SECRET,
            Capability.TEST_CONNECTION,
            Capability.LOOK,
            Capability.LIST_ACCOUNTS,
            Capability.USAGE,
        }
    )
    server_model: ClassVar[type[BaseModel]] = ServerSettings
    product_model: ClassVar[type[BaseModel]] = ProductSettings
    order_model: ClassVar[type[BaseModel]] = OrderSettings

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop

    def default_server(self) -> BaseModel | None:
        """The server that the plugin's own settings describe. Raises: InvalidInput, ValidationError."""
        return FirstServer.model_validate(self.workshop.context.settings().model_dump()).server()

    def create(self) -> Sequence[ModuleStep]:
        """Name, user, website, zone, mail, database; undone by deleting the user in our books."""
        do, back = Creation(self.workshop), Removal(self.workshop)
        return [
            CallStep(RESERVE_STEP, "Reserve a user name", do.reserve_name, back.undo_name),
            CallStep("add_user", "Make the account", do.add_user, back.undo_user, SLOW),
            CallStep("add_web", "Make the website", do.add_web, deadline=SLOW),
            CallStep("add_dns", "Make the DNS zone", do.add_dns, deadline=SLOW),
            CallStep("add_mail", "Make the mail domain", do.add_mail, deadline=SLOW),
            CallStep("add_database", "Make the database", do.add_database, deadline=SLOW),
            CallStep("restart", "Put it online", do.restart, deadline=SLOW),
            CallStep("report", "Read the account back", do.report),
        ]

    def suspend(self) -> Sequence[ModuleStep]:
        """Closed with everything in it; nothing is lost."""
        return [CallStep("suspend", "Suspend the account", Life(self.workshop).suspend, deadline=SLOW)]

    def unsuspend(self) -> Sequence[ModuleStep]:
        """Back as it was."""
        return [CallStep("unsuspend", "Give the account back", Life(self.workshop).unsuspend, deadline=SLOW)]

    def terminate(self) -> Sequence[ModuleStep]:
        """Deleted with everything in it; the name is free again."""
        removal = Removal(self.workshop)
        return [
            CallStep("delete", "Delete the account", removal.delete, deadline=timedelta(hours=12)),
            CallStep("release", "Free the name", removal.release),
        ]

    def change_package(self) -> Sequence[ModuleStep]:
        """The package of the new product, in effect at once."""
        return [CallStep("change_package", "Change the package", Life(self.workshop).change_package)]

    def actions(self) -> Sequence[ModuleAction]:
        """New password, certificate by Let's Encrypt, configuration written anew."""
        life = Life(self.workshop)
        return (
            ModuleAction(
                "change_password",
                "New password",
                [CallStep("change_password", "Set a new password", life.change_password)],
                icon="key-round",
                confirm="The old password stops working at once.",
                secrets=(PASSWORD,),
            ),
            ModuleAction(
                "lets_encrypt",
                "Get a certificate",
                [
                    CallStep(
                        "lets_encrypt", "Ask Let's Encrypt", life.lets_encrypt, deadline=timedelta(hours=12)
                    )
                ],
                input_model=DomainInput,
                icon="lock",
                in_rows=True,
            ),
            ModuleAction(
                "rebuild",
                "Rebuild the configuration",
                [CallStep("rebuild", "Write the configuration anew", life.rebuild)],
                icon="wrench",
                confirm="Changes made by hand to configuration files of the account are lost.",
                by_client=False,
            ),
        )

    def find(self, server: ServerFacts, operation_key: str) -> Resource | None:
        """The account promised to the key. Raises: HestiaError when the server cannot say for certain."""
        reserved = self.workshop.reservations(server).of(operation_key)
        if reserved is None or not reserved.asked:
            return None
        with self.workshop.panel(server) as panel:
            account = panel.account(reserved.user_name)
            if account is None:
                return None
            ip = str(panel.objects("web", account.name).get(reserved.domain, {}).get("IP", ""))
        return resource_of(account, operation_key, reserved.domain, settings_of(server).api_url, ip)

    def test_connection(self, server: ServerFacts) -> ServerReport:
        """Version, administrator, packages, room. Raises: PermanentFailure, RetryAfter, OutcomeUnknown."""
        return _told(Looking(self.workshop).report, server)

    def look(self, server: ServerFacts, resource: Resource) -> Look:
        """State, meters, domain names. Raises: PermanentFailure, RetryAfter, OutcomeUnknown."""
        return _told(Looking(self.workshop).look, server, resource)

    def list_accounts(self, server: ServerFacts) -> Sequence[RemoteAccount]:
        """Every account of the server. Raises: PermanentFailure, RetryAfter, OutcomeUnknown."""
        return _told(Looking(self.workshop).list_accounts, server)

    def read_usage(
        self, server: ServerFacts, resources: Sequence[Resource], since: datetime
    ) -> Sequence[UsageSample]:
        """Disk (level) and traffic (by the day), in MiB. Raises: PermanentFailure, RetryAfter, OutcomeUnknown."""
        return _told(Usage(self.workshop).read, server, resources, since)


def _told(ask: Callable[..., T], *args: Any) -> T:
    """Ask outside a job: a key that is refused is final there, silence is not."""
    try:
        return ask(*args)
    except HestiaError as error:
        if error.kind is Kind.DENIED:
            raise PermanentFailure(error.text) from error
        if error.kind in (Kind.UNREACHABLE, Kind.OTHER):
            raise OutcomeUnknown(error.text, unreachable=error.away) from error
        raise signal_of(error) from error
