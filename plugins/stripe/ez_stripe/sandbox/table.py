"""Which address of the imitated API leads to which handler; names are those of the library's services."""

from __future__ import annotations

from ez_stripe.sandbox.call import CallHandler
from ez_stripe.sandbox.checkout import Checkout
from ez_stripe.sandbox.customers import Customers
from ez_stripe.sandbox.disputes import Disputes
from ez_stripe.sandbox.events import Events
from ez_stripe.sandbox.intents import Intents
from ez_stripe.sandbox.invoices import Invoices
from ez_stripe.sandbox.payouts import Payouts
from ez_stripe.sandbox.portal import Portal
from ez_stripe.sandbox.refunds import Refunds
from ez_stripe.sandbox.subscription_calls import SubscriptionCalls

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


def billing(subscriptions: SubscriptionCalls, invoices: Invoices, portal: Portal) -> tuple[Row, ...]:
    """What Stripe bills by itself."""
    return (
        ("GET", "subscriptions", subscriptions.list, "subscriptions.list"),
        ("GET", "subscriptions/{id}", subscriptions.retrieve, "subscriptions.retrieve"),
        ("POST", "subscriptions/{id}", subscriptions.update, "subscriptions.update"),
        ("DELETE", "subscriptions/{id}", subscriptions.cancel, "subscriptions.cancel"),
        ("GET", "invoices", invoices.list, "invoices.list"),
        ("GET", "invoices/{id}", invoices.retrieve, "invoices.retrieve"),
        ("GET", "invoices/{id}/lines", invoices.lines, "invoices.line_items.list"),
        ("POST", "invoices/{id}/void", invoices.void, "invoices.void"),
        (
            "POST",
            "invoices/{id}/mark_uncollectible",
            invoices.mark_uncollectible,
            "invoices.mark_uncollectible",
        ),
        ("GET", "invoice_payments", invoices.list_payments, "invoice_payments.list"),
        ("GET", "invoice_payments/{id}", invoices.retrieve_payment, "invoice_payments.retrieve"),
        ("POST", "billing_portal/sessions", portal.create, "billing_portal.sessions.create"),
    )


def banking(disputes: Disputes, payouts: Payouts) -> tuple[Row, ...]:
    """What banks do with our money."""
    warnings = "radar/early_fraud_warnings"
    return (
        ("GET", "disputes", disputes.list, "disputes.list"),
        ("GET", "disputes/{id}", disputes.retrieve, "disputes.retrieve"),
        ("POST", "disputes/{id}/close", disputes.accept, "disputes.close"),
        ("GET", warnings, disputes.list_warnings, "radar.early_fraud_warnings.list"),
        ("GET", f"{warnings}/{{id}}", disputes.retrieve_warning, "radar.early_fraud_warnings.retrieve"),
        ("POST", "payouts", payouts.create, "payouts.create"),
        ("GET", "payouts", payouts.list, "payouts.list"),
        ("GET", "payouts/{id}", payouts.retrieve, "payouts.retrieve"),
        ("GET", "mandates/{id}", payouts.retrieve_mandate, "mandates.retrieve"),
    )
