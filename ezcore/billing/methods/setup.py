"""A client stores a method, or goes to the gateway's own page: commit the intent, ask, keep the answer."""

from __future__ import annotations

from ezcore.accounts import queries as accounts
from ezcore.billing.methods import operations as methods
from ezcore.billing.methods.models import MethodSetup
from ezcore.billing.methods.queries import customer_id
from ezcore.kernel.actor import Actor
from ezcore.kernel.crashpoint import crashpoint
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.plugin_api.ports.gateway import Gateway, GatewayCapability, PortalRequest, SetupRequest
from ezcore.plugin_api.protocols import Ports
from ezcore.work import Work


def start(work: Work, actor: Actor, ports: Ports, gateway: str) -> MethodSetup:
    """Open a hosted page that stores a method and charges nothing. No transaction is open while the gateway is asked.

    Raises: NotAllowed; InvalidInput(field="gateway"), and what the gateway raises.
    """
    actor.require("client.billing")
    port = able(ports, gateway, GatewayCapability.SETUP)
    with work.write(actor) as uow:
        client_id = actor.client_id or -1
        row = MethodSetup(
            reference=uow.ids.key("setup"), client_id=client_id, gateway=gateway, created_at=uow.now()
        )
        uow.session.add(row)
        uow.session.flush()
        known = customer_id(uow, client_id, gateway)
        site = f"{uow.settings.shop.site_url}/billing/methods/"
        request = SetupRequest(
            operation_key=row.reference,
            reference=row.reference,
            currency=uow.settings.shop.currency,
            client=accounts.client_facts(uow, client_id).model_copy(update={"customer_id": known}),
            return_url=f"{site}?added=1",
            cancel_url=site,
        )
    crashpoint("setup.opened")
    started = port.start_setup(request)
    with work.write(actor) as uow:
        stored = uow.session.get_one(MethodSetup, row.id)
        stored.url = started.url
        if started.customer_id:
            methods.remember_customer(uow, client_id, gateway, started.customer_id)
        return stored


def portal(work: Work, actor: Actor, ports: Ports, gateway: str) -> str:
    """The address of the gateway's own page for this client, good for some minutes.

    Raises: NotAllowed; InvalidInput(field="gateway"); Refused for a client whom the gateway does not know.
    """
    actor.require("client.billing")
    port = able(ports, gateway, GatewayCapability.PORTAL)
    with work.read(actor) as uow:
        client_id = actor.client_id or -1
        known = customer_id(uow, client_id, gateway)
        if known is None:
            raise Refused(f"{port.label} does not know you yet: pay an invoice or add a method there first")
        client = accounts.client_facts(uow, client_id).model_copy(update={"customer_id": known})
        back = f"{uow.settings.shop.site_url}/billing/methods/"
    return port.portal_url(PortalRequest(client=client, return_url=back))


def able(ports: Ports, name: str, capability: GatewayCapability) -> Gateway:
    """The acting gateway of this name, if it can. Raises: InvalidInput(field="gateway")."""
    try:
        port = ports.get(Gateway, name)
    except LookupError as error:
        raise InvalidInput("choose one of those offered", field="gateway") from error
    if capability not in port.capabilities:
        raise InvalidInput("choose one of those offered", field="gateway")
    return port
