"""A client pays an invoice: commit the intent, ask the gateway, keep its answer. No transaction is open meanwhile."""

from __future__ import annotations

from typing import Literal

from ezcore.accounts import queries as accounts
from ezcore.billing.invoices import queries as invoices
from ezcore.billing.methods import operations as methods
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.models import Transaction
from ezcore.kernel.actor import Actor
from ezcore.kernel.crashpoint import crashpoint
from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.ports.gateway import CheckoutRequest, Gateway
from ezcore.plugin_api.protocols import Ports
from ezcore.work import Work


def start(
    work: Work,
    actor: Actor,
    ports: Ports,
    number: str,
    gateway: str,
    mode: Literal["auto", "light", "dark"] = "auto",
) -> Transaction:
    """Open a hosted checkout (or get offline instructions) for the open balance of the client's own invoice.

    A checkout that is open already is the one that is shown: two open pages could both be paid (H07).
    Raises: NotFound, Refused (not unpaid), InvalidInput(field="gateway"), and what the gateway raises.
    """
    actor.require("client.billing")
    port = _gateway(ports, gateway)
    with work.write(actor) as uow:
        invoice = invoices.by_number(uow, number, actor.client_id or -1)
        transaction = transactions.open_checkout(uow, invoice, gateway)
        if transaction.checkout_url or transaction.instructions:
            return transaction
        known = methods.customer_id(uow, invoice.client_id, gateway)
        client = accounts.client_facts(uow, invoice.client_id).model_copy(update={"customer_id": known})
        site = uow.settings.shop.site_url
        back = f"{site}/billing/invoices/{invoice.number}/"
        request = CheckoutRequest(
            operation_key=transaction.reference,
            reference=transaction.reference,
            amount=transaction.amount,
            description=f"Invoice {invoice.number}",
            client=client,
            return_url=f"{back}return/",
            cancel_url=back,
            mode=mode,
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
