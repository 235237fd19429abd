"""What every step needs at hand: a connection to its server, the reservations, and whose an account is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from ez_hestiacp.account import Account
from ez_hestiacp.api import HestiaApi, Log, Transport, silent
from ez_hestiacp.panel import Panel
from ez_hestiacp.reservations import Reservations, Reserved
from ez_hestiacp.settings import ServerSettings
from ezcore.plugin_api import NeedsInfo, PermanentFailure, PluginContext
from ezcore.plugin_api.ports.provisioning import ProvisioningCall, ServerFacts

OURS: Final = "ours"
GONE: Final = "gone"


@dataclass
class Workshop:
    """The plugin's context with the two things that tests and the simulation replace: HTTP and waiting."""

    context: PluginContext
    transport: Transport | None = None
    pause: Callable[[float], None] = time.sleep

    @contextmanager
    def panel(self, server: ServerFacts, log: Log = silent) -> Iterator[Panel]:
        """A connection for one step."""
        with HestiaApi(settings_of(server), log, self.transport) as api:
            yield Panel(api)

    def reservations(self, server: ServerFacts) -> Reservations:
        """The names of a server."""
        return Reservations(self.context.tables, self.context.clock.now, server.id)

    def own_account(self, panel: Panel, call: ProvisioningCall) -> Account:
        """The account of this service.

        Raises: NeedsInfo when it is gone, or not in our books: changed by hand, so a person must look.
        """
        reserved = self.reserved(call)
        account = panel.account(reserved.user_name)
        if account is None:
            raise NeedsInfo(
                f"User {reserved.user_name} is not on the server any more. Was it removed by hand?"
            )
        return not_an_administrator(account)

    def reserved(self, call: ProvisioningCall) -> Reserved:
        """The name that is ours for this call.

        Raises: NeedsInfo for an account that our books do not know, until a person answers "ours";
        PermanentFailure when the resource has no name.
        """
        book = self.reservations(call.server)
        reserved = book.of(call.operation_key)
        named = call.resource.external_id if call.resource else None
        if reserved is not None and reserved.asked and named in (None, reserved.user_name):
            return reserved
        if not named:
            raise PermanentFailure("this service has no user name")
        if reserved is None and _answered(call, OURS):
            taken = book.take(call.operation_key, named, _domain_of(call), adopted=True)
            if taken is not None:
                return taken
        raise NeedsInfo(
            f'User {named} on {call.server.name} is not in our books; not touching it. Answer "ours" if it '
            "belongs to this service."
        )


def settings_of(server: ServerFacts) -> ServerSettings:
    """The server's settings as our own model."""
    return ServerSettings.model_validate(server.settings.model_dump())


def not_an_administrator(account: Account) -> Account:
    """The account, unless it runs the server. Raises: PermanentFailure."""
    if account.text("ROLE") == "admin":
        raise PermanentFailure(f"user {account.name} is an administrator of the server; it is never touched")
    return account


def gone_by_hand(call: ProvisioningCall) -> bool:
    """Whether a person told us that the account is gone."""
    return _answered(call, GONE)


def _answered(call: ProvisioningCall, word: str) -> bool:
    return (call.answer or "").strip().lower() == word


def _domain_of(call: ProvisioningCall) -> str:
    return str(call.resource.facts.get("domain", "")) if call.resource else ""
