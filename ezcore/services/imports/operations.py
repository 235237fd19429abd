"""Make services of accounts that stand at a vendor: our books only, no set-up, nothing invoiced for the past."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from ezcore.accounts.models import Client
from ezcore.audit import operations as audit
from ezcore.catalog.products import queries as catalog
from ezcore.catalog.products.models import Price
from ezcore.catalog.products.rules import price_of
from ezcore.kernel.errors import EzError, InvalidInput, Refused
from ezcore.plugin_api.ports.looks import RemoteAccount
from ezcore.plugin_api.ports.provisioning import Capability, ProvisioningModule
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.servers.models import Server, ServerListing
from ezcore.services.services.models import Service, ServiceResource, ServiceState
from ezcore.services.services.rules import live_key
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Row:
    """One account that becomes a service: whose, which product, how often billed, and from when."""

    external_id: str
    client_email: str
    product_slug: str
    cycle: str
    next_due_on: date


@dataclass
class Imported:
    """What became of the rows: services by account, and words for those that did not."""

    made: dict[str, int]
    wrong: dict[str, str]


def waiting(uow: UnitOfWork, server: Server) -> list[RemoteAccount]:
    """Accounts of the last listing that belong to no service."""
    listing = uow.session.get(ServerListing, server.id)
    if listing is None:
        return []
    taken = set(
        uow.session.scalars(
            select(ServiceResource.external_id).where(
                ServiceResource.server_id == server.id, ServiceResource.removed_at.is_(None)
            )
        )
    )
    accounts = [RemoteAccount.model_validate(one) for one in listing.accounts]
    return [one for one in accounts if one.external_id not in taken]


def clients_by_email(uow: UnitOfWork, addresses: Collection[str | None]) -> dict[str, Client]:
    """The clients who have these addresses, for proposals."""
    wanted = {one.lower() for one in addresses if one}
    rows = uow.session.scalars(select(Client).where(func.lower(Client.email).in_(wanted)))
    return {row.email.lower(): row for row in rows}


def import_accounts(
    uow: UnitOfWork, server: Server, module: ProvisioningModule, rows: Sequence[Row]
) -> Imported:
    """Import rows one by one: a wrong one is named and does not stop the others. Raises: NotAllowed, Refused."""
    uow.actor.require("services.manage")
    if not rows:
        raise Refused("choose at least one account")
    there = {one.external_id: one for one in waiting(uow, server)}
    done = Imported({}, {})
    for row in rows:
        try:
            account = there.get(row.external_id)
            if account is None:
                raise InvalidInput("it is not on the server, or belongs to a service already")
            with uow.session.begin_nested():
                done.made[row.external_id] = _import(uow, server, module, account, row).id
        except EzError as error:
            done.wrong[row.external_id] = error.message
    return done


def _import(
    uow: UnitOfWork, server: Server, module: ProvisioningModule, account: RemoteAccount, row: Row
) -> Service:
    client = clients_by_email(uow, [row.client_email.strip()]).get(row.client_email.strip().lower())
    if client is None:
        raise InvalidInput(f"there is no client with the address {row.client_email or '(none)'}")
    product = catalog.product_by_slug(uow, row.product_slug)
    if product.module != module.name:
        raise InvalidInput(f"{product.name} is not made by {module.label}")
    if row.next_due_on < uow.today():
        raise InvalidInput("the next due date is over: what is owed for the past is invoiced by hand")
    price = price_of(product, row.cycle, client.currency, uow.today())
    service = _service(uow, server, account, row, client, price)
    uow.session.add(service)
    uow.session.flush()
    _resource(uow, service, server, account)
    after = {"server": server.name, "external_id": account.external_id}
    audit.record(uow, "service.import", "service", service.id, client_id=client.id, after=after)
    if account.operation_key is None and Capability.ADOPT in module.capabilities:
        uow.session.flush()
        lifecycle.request(uow, service, "adopt", "imported")
    return service


def _service(
    uow: UnitOfWork, server: Server, account: RemoteAccount, row: Row, client: Client, price: Price
) -> Service:
    product = catalog.product_by_slug(uow, row.product_slug)
    suspended = account.state == "suspended"
    return Service(
        reference=uow.ids.key("svc"),
        client_id=client.id,
        product_id=product.id,
        label=account.label[:120] or account.external_id,
        module=server.module,
        server_id=server.id,
        state=ServiceState.SUSPENDED if suspended else ServiceState.ACTIVE,
        suspended_on=uow.today() if suspended else None,
        suspend_reason="Suspended before it was imported" if suspended else None,
        currency=price.currency,
        price_minor=price.amount_minor,
        cycle_name=price.cycle_name,
        anchor_day=row.next_due_on.day,
        started_on=uow.today(),
        paid_until=row.next_due_on,
        billed_until=row.next_due_on,
        price_id=price.id,
        tax_class=product.tax_class,
        params={},
        selection={},
        choices=[],
        settings=dict(product.settings),
        created_at=uow.now(),
        activated_at=uow.now(),
        actions=0,
    )


def _resource(uow: UnitOfWork, service: Service, server: Server, account: RemoteAccount) -> None:
    key = live_key(server.module, server.id, account.external_id)
    if uow.session.scalar(select(ServiceResource.id).where(ServiceResource.live_key == key)) is not None:
        raise Refused("it belongs to a service already")
    uow.session.add(
        ServiceResource(
            service_id=service.id,
            module=server.module,
            server_id=server.id,
            external_id=account.external_id,
            operation_key=account.operation_key or f"import-{service.reference}",
            address=account.address,
            location=account.location,
            facts=dict(account.facts),
            created_at=uow.now(),
            live_key=key,
        )
    )
    uow.session.flush()
