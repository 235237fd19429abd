"""The admin area: what is broken, what is owed, what runs; every list links to its records."""

from __future__ import annotations

from typing import Any, Final

from ezcore.web.admin import (
    audit,
    automation,
    billable,
    bulk,
    certificates,
    credit,
    credit_notes,
    dashboard,
    departments,
    disputes,
    domains,
    drafts,
    drift,
    health,
    imports,
    invoice_actions,
    invoice_files,
    invoices,
    jobs,
    jobs_bulk,
    jobs_providers,
    keyboard,
    ledger,
    mails,
    orders,
    orders_acting,
    orders_new,
    payouts,
    plugins,
    publishing,
    quotes,
    replies,
    saved_views,
    search,
    server_groups,
    servers,
    service_actions,
    services,
    setup_steps,
    statements,
    support_mail,
    support_mail_rules,
    support_mailboxes,
    tax_clients,
    taxes,
    theme_logo,
    theme_overrides,
    themes,
    tickets,
    tickets_answers,
    tickets_moving,
    tickets_watching,
    tlds,
    transactions,
    webhooks,
    work,
)
from ezcore.web.admin.clients import changes as client_changes
from ezcore.web.admin.clients import client as client_page
from ezcore.web.admin.clients import pages as client_pages
from ezcore.web.admin.clients import parts as client_parts
from ezcore.web.admin.clients import tags as client_tags
from ezcore.web.admin.clients import users as client_users
from ezcore.web.admin.messaging import mailings, notes, texts
from ezcore.web.admin.messaging import rules as notice_rules
from ezcore.web.admin.privacy import erasures
from ezcore.web.admin.products import create as product_create
from ezcore.web.admin.products import options as product_options
from ezcore.web.admin.products import pages as product_pages
from ezcore.web.admin.products import prices as product_prices
from ezcore.web.admin.promotions import pages as promotion_pages
from ezcore.web.admin.reports import pages as report_pages
from ezcore.web.admin.reports import plugins as report_plugins
from ezcore.web.admin.settings import pages as settings_pages
from ezcore.web.admin.staff import pages as staff_pages
from ezcore.web.admin.staff import roles as staff_roles
from ezcore.web.shared.views import include_area

AREA: Final = (
    dashboard,
    search,
    keyboard,
    client_pages,
    client_changes,
    client_page,
    client_parts,
    client_tags,
    client_users,
    erasures,
    orders_new,
    orders_acting,
    orders,
    service_actions,
    services,
    server_groups,
    imports,
    servers,
    drift,
    domains,
    tlds,
    certificates,
    product_create,
    product_pages,
    product_prices,
    product_options,
    promotion_pages,
    invoices,
    invoice_files,
    invoice_actions,
    drafts,
    credit_notes,
    quotes,
    billable,
    credit,
    transactions,
    disputes,
    payouts,
    setup_steps,
    statements,
    ledger,
    report_pages,
    report_plugins,
    *report_pages.REPORTS,
    taxes,
    tax_clients,
    support_mail_rules,
    support_mailboxes,
    support_mail,
    tickets,
    tickets_moving,
    tickets_answers,
    tickets_watching,
    departments,
    replies,
    work,
    jobs_bulk,
    jobs_providers,
    jobs,
    automation,
    webhooks,
    mails,
    texts,
    mailings,
    notes,
    notice_rules,
    audit,
    plugins,
    health,
    settings_pages,
    staff_pages,
    staff_roles,
    theme_logo,
    theme_overrides,
    themes,
)
"""What is declared first is matched first: `/new/` stands before `/{id}/`."""


def includeme(config: Any) -> None:
    """Register the area; `request.unread_notes` is the number at the bell of its layout."""
    config.add_request_method(notes.unread_notes, "unread_notes", reify=True)
    include_area(config, *AREA, *bulk.AREA, *saved_views.AREA, *publishing.AREA)
