"""Questions to a server outside any transaction: does it let us in, and what does it hold."""

from __future__ import annotations

from collections.abc import Sequence

from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import NotFound, Refused
from ezcore.plugin_api.errors import StepSignal
from ezcore.plugin_api.ports.looks import RemoteAccount, ServerReport
from ezcore.plugin_api.ports.provisioning import Capability, ProvisioningModule, ServerFacts
from ezcore.plugin_api.protocols import Ports
from ezcore.services.servers import operations as servers
from ezcore.services.servers.models import Server, ServerListing
from ezcore.work import Work

LONGEST = 500


def open_server(work: Work, ports: Ports, server_id: int) -> tuple[ProvisioningModule, ServerFacts]:
    """A server and its module. Raises: NotFound; Refused when the module is missing or the settings do not fit."""
    with work.read() as uow:
        row = uow.session.get(Server, server_id)
        if row is None:
            raise NotFound("there is no such server")
        try:
            module = ports.get(ProvisioningModule, row.module)  # type: ignore[type-abstract]
            return module, servers.facts(uow, row, module)
        except (LookupError, StepSignal) as error:
            raise Refused(words_of(error)) from error


def test_server(work: Work, actor: Actor, ports: Ports, server_id: int) -> ServerReport | None:
    """Try the connection and keep the answer with its time; None: it failed, and the row says why.

    Raises: NotAllowed, NotFound; Refused when the module cannot be asked at all.
    """
    actor.require("services.manage")
    module, facts = open_server(work, ports, server_id)
    if Capability.TEST_CONNECTION not in module.capabilities:
        raise Refused(f"{module.label} has no connection test")
    report, problem = None, None
    try:
        report = module.test_connection(facts)
    except Exception as error:  # noqa: BLE001 - whatever the plugin raises is the answer of the test
        problem = words_of(error)
    with work.write(actor) as uow:
        servers.note_test(uow, server_id, report.model_dump(mode="json") if report else None, problem)
    return report


def list_accounts(work: Work, actor: Actor, ports: Ports, server_id: int) -> Sequence[RemoteAccount]:
    """Ask what stands on a server and keep it for imports. Raises: NotAllowed, NotFound, Refused with the reason."""
    actor.require("services.manage")
    module, facts = open_server(work, ports, server_id)
    if Capability.LIST_ACCOUNTS not in module.capabilities:
        raise Refused(f"{module.label} cannot list accounts")
    try:
        found = module.list_accounts(facts)
    except Exception as error:
        raise Refused(f"{facts.name}: {words_of(error)}") from error
    with work.write(actor) as uow:
        accounts = [one.model_dump(mode="json") for one in found]
        uow.session.merge(ServerListing(server_id=server_id, read_at=uow.now(), accounts=accounts))
    return found


def words_of(error: BaseException) -> str:
    """An error in one line that fits a page; it is shown escaped."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:LONGEST]
