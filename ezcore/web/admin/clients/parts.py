"""What belongs to a client, a list each: services, invoices, orders, tickets, domains, transactions, mails, the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from markupsafe import escape
from sqlalchemy import or_, select

from ezcore.accounts import queries
from ezcore.audit.models import AuditRow
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.transactions.models import Transaction
from ezcore.catalog.products.models import Product
from ezcore.domain_names.names.models import DomainName
from ezcore.domain_names.names.rules import to_unicode
from ezcore.languages import say
from ezcore.messaging.models import Mail
from ezcore.orders.orders.models import Order
from ezcore.services.services.models import Service
from ezcore.support.tickets.models import Ticket
from ezcore.web.admin.tables import Column, link, listing, under
from ezcore.web.shared.cycles import per
from ezcore.web.shared.markup import badge, day, moment, money
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

TEMPLATE: Final = "admin/clients/part.pt"
TABS: Final = (
    ("admin.client", "Summary", "staff.read"),
    ("admin.client.users", "Users", "staff.read"),
    ("admin.client.services", "Services", "staff.read"),
    ("admin.client.domains", "Domains", "staff.read"),
    ("admin.client.invoices", "Invoices", "billing.manage"),
    ("admin.client.transactions", "Transactions", "billing.manage"),
    ("admin.client.orders", "Orders", "staff.read"),
    ("admin.client.tickets", "Tickets", "support.manage"),
    ("admin.client.mails", "Mails", "mail.read"),
    ("admin.client.log", "Log", "staff.read"),
)
Row = Callable[[Any], list[Any]]


def tabs_of(request: Any, client_id: int) -> list[tuple[str, str, bool]]:
    """The lists of a client that this member of staff may open: words, address, whether it is this page."""
    here = request.matched_route.name
    return [
        (words, request.route_path(route, id=client_id), route == here)
        for route, words, permission in TABS
        if request.actor.may(permission)
    ]


@page(
    "admin.client.services", "/admin/clients/{id}/services/", permission="staff.read", template=TEMPLATE
)  # fmt: skip
def services(request: Any) -> dict[str, Any]:
    """What they rent and rented."""
    query = select(Service, Product.name).join(Product, Product.id == Service.product_id)

    def row(found: Any) -> list[Any]:
        one, product = found
        return [
            link(
                request,
                one.label,
                "admin.service",
                say("${product}, service ${id}", product=product, id=one.id),
                id=one.id,
            ),
            badge("setting_up" if one.open_action == "create" else one.state),
            day(one.paid_until),
            money(one.price) + under(per(one.cycle)),
        ]

    columns = (Column("Service"), Column("Status", "c-r"), Column("Paid until"), Column("Price", "end"))
    return _part(request, query, Service, row, "Services", columns, "This client rents nothing.")


@page("admin.client.domains", "/admin/clients/{id}/domains/", permission="staff.read", template=TEMPLATE)
def domains(request: Any) -> dict[str, Any]:
    """Their names."""

    def row(found: Any) -> list[Any]:
        one = found[0]
        name = link(
            request,
            to_unicode(one.name),
            "admin.domain",
            say("Domain name at ${registrar}", registrar=one.registrar),
            id=one.id,
        )
        return [name, badge(one.state), day(one.expires_on)]

    columns = (Column("Name"), Column("Status", "c-r"), Column("Expires"))
    return _part(request, select(DomainName), DomainName, row, "Domain names", columns, "No names.")


@page(
    "admin.client.invoices", "/admin/clients/{id}/invoices/", permission="billing.manage", template=TEMPLATE
)  # fmt: skip
def invoices(request: Any) -> dict[str, Any]:
    """What was billed to them; drafts have no number yet."""
    today = request.uow.today()

    def row(found: Any) -> list[Any]:
        one = found[0]
        open_ = one.status == InvoiceStatus.UNPAID
        return [
            link(request, one.number, "admin.invoice", say("Invoice"), number=one.number),
            badge("overdue" if one.is_overdue(today) else one.status),
            day(one.issued_on),
            day(one.due_on),
            money(one.balance_due) if open_ else "",
            money(one.total),
        ]

    columns = (
        Column("Invoice"),
        Column("Status", "c-r"),
        Column("Issued", "c-hide"),
        Column("Due"),
        Column("Open", "end c-hide"),
        Column("Total", "end"),
    )
    query = select(Invoice).where(Invoice.number.is_not(None))
    return _part(request, query, Invoice, row, "Invoices", columns, "Nothing was billed yet.")


@page(
    "admin.client.transactions", "/admin/clients/{id}/transactions/", permission="billing.manage",
    template=TEMPLATE,
)  # fmt: skip
def transactions(request: Any) -> dict[str, Any]:
    """How their money moved."""
    zone = request.settings.shop.time_zone
    query = select(Transaction, Invoice.number).join(Invoice, Invoice.id == Transaction.invoice_id)

    def row(found: Any) -> list[Any]:
        one, number = found
        name = one.external_id or one.reference
        return [
            link(request, say("Invoice ${number}", number=number), "admin.transaction", name, id=one.id),
            escape(one.gateway) + under(say(one.kind)),
            badge(one.status),
            moment(one.created_at, zone),
            money(one.received if one.received_minor else one.amount),
        ]

    columns = (
        Column("Transaction"),
        Column("Gateway", "c-hide"),
        Column("Status", "c-r"),
        Column("Asked"),
        Column("Amount", "end"),
    )
    return _part(request, query, Transaction, row, "Transactions", columns, "No money moved yet.")


@page("admin.client.orders", "/admin/clients/{id}/orders/", permission="staff.read", template=TEMPLATE)
def orders(request: Any) -> dict[str, Any]:
    """What they asked for."""
    zone = request.settings.shop.time_zone

    def row(found: Any) -> list[Any]:
        one = found[0]
        return [
            link(request, say("Order ${id}", id=one.id), "admin.order", "", id=one.id),
            badge(one.status),
            moment(one.created_at, zone),
            money(one.total),
        ]

    columns = (Column("Order"), Column("Status", "c-r"), Column("Placed"), Column("Due at order", "end"))
    return _part(request, select(Order), Order, row, "Orders", columns, "Nothing was ordered yet.")


@page(
    "admin.client.tickets", "/admin/clients/{id}/tickets/", permission="support.manage", template=TEMPLATE
)  # fmt: skip
def tickets(request: Any) -> dict[str, Any]:
    """What they asked about."""
    zone = request.settings.shop.time_zone

    def row(found: Any) -> list[Any]:
        one = found[0]
        return [
            link(request, one.subject, "admin.ticket", one.reference, reference=one.reference),
            badge(f"ticket_{one.state}"),
            badge(one.priority),
            moment(one.moved_at, zone),
        ]

    columns = (Column("Ticket"), Column("Status", "c-r"), Column("Priority"), Column("Last change"))
    return _part(request, select(Ticket), Ticket, row, "Tickets", columns, "They never asked anything.")


@page("admin.client.mails", "/admin/clients/{id}/mails/", permission="mail.read", template=TEMPLATE)
def mails(request: Any) -> dict[str, Any]:
    """What was said to them: by their number, and to the addresses of those who may act for them."""
    zone, client_id = request.settings.shop.time_zone, path_id(request)
    client = queries.client(request.uow, client_id)
    known = {client.email, *(user.email for _, user in queries.members_of(request.uow, client_id))}
    query = select(
        Mail.id, Mail.subject, Mail.template, Mail.recipient, Mail.state, Mail.queued_at, Mail.cause
    )

    def row(found: Any) -> list[Any]:
        number, subject, template, recipient, state, queued_at, cause = found
        return [
            link(request, subject, "admin.mail", template, id=number),
            badge(state),
            recipient,
            moment(queued_at, zone),
            say(cause or ""),
        ]

    columns = (
        Column("Mail"),
        Column("Status", "c-r"),
        Column("To", "c-wide"),
        Column("Queued"),
        Column("Cause", "c-wide cause"),
    )
    mine = or_(Mail.client_id == client_id, Mail.recipient.in_(sorted(known)))
    return _shown(request, query.where(mine).order_by(Mail.id.desc()), row, "Mails", columns, "No mail yet.")


@page("admin.client.log", "/admin/clients/{id}/log/", permission="staff.read", template=TEMPLATE)
def log(request: Any) -> dict[str, Any]:
    """Who did what for or to this client."""
    zone = request.settings.shop.time_zone

    def row(found: Any) -> list[Any]:
        one = found[0]
        return [
            escape(one.verb)
            + under(f"{say(one.object_kind.replace('_', ' ').capitalize())} {one.object_id}"),
            say("system") if one.actor_kind == "system" else one.actor_name or one.actor_kind,
            moment(one.at, zone),
            one.reason or "",
        ]

    columns = (Column("What"), Column("Who"), Column("When"), Column("Why", "c-wide cause"))
    mine = or_(
        AuditRow.client_id == path_id(request),
        (AuditRow.object_kind == "client") & (AuditRow.object_id == str(path_id(request))),
    )
    query = select(AuditRow).where(mine).order_by(AuditRow.id.desc())
    return _shown(request, query, row, "Log", columns, "Nothing was written about them.")


def _part(
    request: Any, query: Any, model: Any, row: Row, title: str, columns: Sequence[Column], empty: str
) -> dict[str, Any]:
    mine = query.where(model.client_id == path_id(request)).order_by(model.id.desc())
    return _shown(request, mine, row, title, columns, empty)


def _shown(
    request: Any, query: Any, row: Row, title: str, columns: Sequence[Column], empty: str
) -> dict[str, Any]:
    client = queries.client(request.uow, path_id(request))
    made = listing(request, query, row, title=title, columns=columns, empty=empty).page()
    name = client.company or client.name
    return made | {
        "client": client,
        "name": name,
        "tabs": tabs_of(request, client.id),
        "title": say("${title} of ${name}", title=say(title), name=name),
    }
