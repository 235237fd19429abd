"""Which address of the imitated API leads to which handler; names are those of the library's services."""

from __future__ import annotations

from ez_stripe.sandbox.call import CallHandler
from ez_stripe.sandbox.checkout import Checkout
from ez_stripe.sandbox.customers import Customers
from ez_stripe.sandbox.events import Events
from ez_stripe.sandbox.intents import Intents
from ez_stripe.sandbox.refunds import Refunds

Row = tuple[str, str, CallHandler, str]


def people(customers: Customers, events: Events) -> tuple[Row, ...]:
    """Customers with their methods, and what happened."""
    return (
        ("POST", "customers", customers.create, "customers.create"),
        ("GET", "customers", customers.list, "customers.list"),
        ("GET", "customers/{id}", customers.retrieve, "customers.retrieve"),
        ("POST", "customers/{id}", customers.update, "customers.update"),
        ("DELETE", "customers/{id}", customers.delete, "customers.delete"),
        ("GET", "customers/{id}/payment_methods", customers.list_methods, "customers.payment_methods.list"),
        (
            "GET",
            "customers/{id}/payment_methods/{method}",
            customers.retrieve_method,
            "customers.payment_methods.retrieve",
        ),
        ("GET", "payment_methods", customers.list_all_methods, "payment_methods.list"),
        ("GET", "payment_methods/{id}", customers.retrieve_method, "payment_methods.retrieve"),
        ("POST", "payment_methods/{id}/attach", customers.attach_method, "payment_methods.attach"),
        ("POST", "payment_methods/{id}/detach", customers.detach_method, "payment_methods.detach"),
        ("GET", "events", events.list, "events.list"),
        ("GET", "events/{id}", events.retrieve, "events.retrieve"),
        ("GET", "balance_transactions", events.list_movements, "balance_transactions.list"),
        ("GET", "balance_transactions/{id}", events.retrieve_movement, "balance_transactions.retrieve"),
    )


def money(intents: Intents, refunds: Refunds, checkout: Checkout) -> tuple[Row, ...]:
    """Everything that moves money or is about to."""
    return (
        ("POST", "payment_intents", intents.create, "payment_intents.create"),
        ("GET", "payment_intents", intents.list, "payment_intents.list"),
        ("GET", "payment_intents/search", intents.search, "payment_intents.search"),
        ("GET", "payment_intents/{id}", intents.retrieve, "payment_intents.retrieve"),
        ("POST", "payment_intents/{id}/confirm", intents.confirm, "payment_intents.confirm"),
        ("POST", "payment_intents/{id}/cancel", intents.cancel, "payment_intents.cancel"),
        ("POST", "setup_intents", intents.create_setup, "setup_intents.create"),
        ("GET", "setup_intents", intents.list_setups, "setup_intents.list"),
        ("GET", "setup_intents/{id}", intents.retrieve_setup, "setup_intents.retrieve"),
        ("POST", "checkout/sessions", checkout.create, "checkout.sessions.create"),
        ("GET", "checkout/sessions", checkout.list, "checkout.sessions.list"),
        ("GET", "checkout/sessions/{id}", checkout.retrieve, "checkout.sessions.retrieve"),
        ("POST", "checkout/sessions/{id}/expire", checkout.expire, "checkout.sessions.expire"),
        ("POST", "refunds", refunds.create, "refunds.create"),
        ("GET", "refunds", refunds.list, "refunds.list"),
        ("GET", "refunds/{id}", refunds.retrieve, "refunds.retrieve"),
        ("GET", "charges", refunds.list_charges, "charges.list"),
        ("GET", "charges/{id}", refunds.retrieve_charge, "charges.retrieve"),
    )
