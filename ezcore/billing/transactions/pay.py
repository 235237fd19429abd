"""A client pays an invoice: commit the intent, ask the gateway, keep its answer. No transaction is open meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ezcore.accounts import queries as accounts
from ezcore.billing.invoices import queries as invoices
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.invoices.operations import invoice_of_token
from ezcore.billing.methods import operations as methods
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.models import Transaction
from ezcore.kernel.actor import Actor
from ezcore.kernel.crashpoint import crashpoint
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import CheckoutRequest, Gateway
from ezcore.plugin_api.protocols import Ports
from ezcore.work import UnitOfWork, Work

Mode = Literal["auto", "light", "dark"]
NAMED: Final = 3  # so many invoices are named in the words on the gateway's page


@dataclass(frozen=True)
class Wish:
    """What is to be paid: invoices of one client and currency (or a part of one), and where the payer came from.

    `page` is the address that the gateway leads back to when nothing was paid; `return/` below it when it was tried.
    `keeps_method`: may the gateway keep the payer's card for the client's renewals?
    """

    invoices: Sequence[Invoice]
    page: str
    amount: Money | None = None
    keeps_method: bool = True


def start(
    work: Work,
    actor: Actor,
    ports: Ports,
    number: str,
    gateway: str,
    mode: Mode = "auto",
    amount: str = "",
) -> Transaction:
    """Open a hosted checkout (or get offline instructions) for the client's own invoice, or a part of it as typed.

    A checkout that is open already is the one that is shown: two open pages could both be paid (H07).
    Raises: NotFound, Refused (not unpaid), InvalidInput(field="gateway" or "amount"), and what the gateway raises.
    """
    actor.require("client.billing")

    def wish(uow: UnitOfWork) -> Wish:
        invoice = invoices.by_number(uow, number, actor.client_id or -1)
        part = Money.parse(amount, invoice.currency) if amount.strip() else None
        return Wish([invoice], f"/billing/invoices/{invoice.number}/", part)

    return start_wish(work, actor, ports, gateway, wish, mode)


def start_many(
    work: Work, actor: Actor, ports: Ports, numbers: Sequence[str], gateway: str, mode: Mode = "auto"
) -> Transaction:
    """One checkout for several of the client's own invoices. The money settles them in the order of their due dates.

    Raises: as `start`; InvalidInput(field="invoice") when none is chosen.
    """
    actor.require("client.billing")

    def wish(uow: UnitOfWork) -> Wish:
        found = [invoices.by_number(uow, number, actor.client_id or -1) for number in dict.fromkeys(numbers)]
        if not found:
            raise InvalidInput("choose at least one invoice", field="invoice")
        return Wish(found, "/billing/")

    return start_wish(work, actor, ports, gateway, wish, mode)


def start_by_link(
    work: Work, actor: Actor, ports: Ports, token: str, gateway: str, mode: Mode = "auto"
) -> Transaction:
    """As `start`, for whoever holds the invoice's pay link. Raises: NotFound, LinkOver, and as `start`."""
    return start_wish(
        work,
        actor,
        ports,
        gateway,
        # Whoever holds the link need not be the client: their card is not kept.
        lambda uow: Wish([invoice_of_token(uow, token)], f"/pay/{token}/", keeps_method=False),
        mode,
    )


def start_wish(
    work: Work,
    actor: Actor,
    ports: Ports,
    gateway: str,
    wish: Callable[[UnitOfWork], Wish],
    mode: Mode = "auto",
) -> Transaction:
    """Commit the intent, ask the gateway, keep its answer. `wish` also says whether this actor may."""
    port = _gateway(ports, gateway)
    with work.write(actor) as uow:
        wanted = wish(uow)
        first = wanted.invoices[0]
        if not port.takes(first.currency):
            raise InvalidInput(f"{port.label} does not take {first.currency}", field="gateway")
        transaction = transactions.open_checkout(
            uow, first, gateway, amount=wanted.amount, targets=wanted.invoices
        )
        if transaction.checkout_url or transaction.instructions:
            return transaction
        known = methods.customer_id(uow, first.client_id, gateway)
        client = accounts.client_facts(uow, first.client_id).model_copy(update={"customer_id": known})
        page = f"{uow.settings.shop.site_url}{wanted.page}"
        named = ", ".join(one.number or "" for one in wanted.invoices[:NAMED])
        more = "" if len(wanted.invoices) <= NAMED else f" and {len(wanted.invoices) - NAMED} more"
        request = CheckoutRequest(
            operation_key=transaction.reference,
            reference=transaction.reference,
            amount=transaction.amount,
            description=f"{'Invoice' if len(wanted.invoices) == 1 else 'Invoices'} {named}{more}",
            client=client,
            return_url=f"{page}return/",
            cancel_url=page,
            mode=mode,
            save_method=wanted.keeps_method,
        )
    crashpoint("pay.opened")
    started = port.start_checkout(request)
    crashpoint("pay.asked")
    with work.write(actor) as uow:
        stored = uow.session.get_one(Transaction, transaction.id)
        stored.checkout_id, stored.checkout_url = started.external_id, started.url
        stored.instructions = started.instructions
        if started.customer_id:
            methods.remember_customer(uow, stored.client_id, gateway, started.customer_id)
        return stored


def _gateway(ports: Ports, name: str) -> Gateway:
    try:
        return ports.get(Gateway, name)
    except LookupError as error:
        raise InvalidInput("choose one of the payment ways offered", field="gateway") from error
