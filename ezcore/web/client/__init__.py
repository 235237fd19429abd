"""The client area: what I have, what I owe, what is being set up."""

from __future__ import annotations

from typing import Any

from ezcore.web.client import (
    cancel,
    certificates,
    change,
    console,
    credit,
    credit_notes,
    dashboard,
    domain_changes,
    domain_details,
    domain_dns,
    domains,
    invoice_pdf,
    invoices,
    job_question,
    mass_pay,
    methods,
    orders,
    payments,
    portal,
    quotes,
    secrets,
    service_actions,
    service_name,
    services,
    statement,
    subscriptions,
    tickets,
    work,
)
from ezcore.web.client.account import api_keys, mails, people, privacy
from ezcore.web.shared.views import include_area


def includeme(config: Any) -> None:
    """Register the area."""
    include_area(
        config, dashboard, certificates, domains, domain_changes, domain_details, domain_dns, services, service_actions,
        service_name,
        console, change,
        cancel, secrets, orders, invoices, invoice_pdf, payments, methods, portal, subscriptions, credit, credit_notes,
        mass_pay, quotes, statement, tickets, job_question, work, people, mails, privacy, api_keys,
    )  # fmt: skip
