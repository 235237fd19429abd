"""Gathers what we hold about a client, by named columns: no hash, no sealed secret, no note of staff to each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Select, or_, select

from ezcore.accounts.models import Client, LoginSession, Membership, User
from ezcore.accounts.people.models import ClientInvitation
from ezcore.audit.models import AuditRow
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.methods.models import PaymentMethod
from ezcore.billing.transactions.models import Transaction
from ezcore.domain_names.names.models import DomainName
from ezcore.messaging.copies.models import ClientContact
from ezcore.messaging.models import Mail
from ezcore.orders.orders.models import Order
from ezcore.services.services.models import Service
from ezcore.support.attachments.models import TicketFile
from ezcore.support.tickets.models import Ticket, TicketMessage
from ezcore.work import UnitOfWork

FORMAT: Final = "ezcore-export-1"
_CLIENT: Final = (
    "id", "name", "company", "email", "line1", "line2", "postcode", "city", "region", "country", "currency",
    "language", "tax_number", "status", "created_at",
)  # fmt: skip


def collect(uow: UnitOfWork, client_id: int) -> dict[str, Any]:
    """Everything about one client as plain JSON: sections with rows, amounts in minor units beside their currency."""
    client = uow.session.get_one(Client, client_id)
    people = _people(uow, client_id)
    return {
        "format": FORMAT,
        "made_at": _plain(uow.now()),
        "client": {name: _plain(getattr(client, name)) for name in _CLIENT},
        "people": people,
        **{name: _rows(uow, query) for name, query in _sections(client_id, [one["id"] for one in people])},
    }


_OWN: Final[tuple[tuple[str, Any, tuple[str, ...]], ...]] = (
    ("contacts", ClientContact, ("id", "name", "email", "kinds", "created_at")),
    ("invitations", ClientInvitation, ("id", "email", "grants", "created_at", "ended_at")),
    ("orders", Order, ("id", "status", "currency", "total_minor", "ip", "created_at")),
    ("services", Service, (
        "id", "label", "state", "currency", "price_minor", "cycle_name", "started_on", "paid_until", "created_at",
        "ended_at",
    )),
    ("domains", DomainName, (
        "id", "name", "state", "registrar", "registered_on", "expires_on", "nameservers", "contacts", "created_at",
        "ended_at",
    )),
    ("invoices", Invoice, (
        "id", "number", "kind", "status", "currency", "net_minor", "tax_minor", "total_minor", "paid_minor",
        "issued_on", "due_on", "buyer",
    )),
    ("payments", Transaction, (
        "id", "gateway", "kind", "status", "currency", "amount_minor", "received_minor", "created_at", "settled_at",
    )),
    ("payment_methods", PaymentMethod, ("id", "gateway", "label", "expires", "stored_at", "removed_at")),
    ("tickets", Ticket, ("id", "reference", "subject", "state", "opened_at", "closed_at", "rating")),
    ("mails", Mail, ("id", "subject", "template", "recipient", "state", "queued_at", "sent_at")),
)  # fmt: skip
"""Section, table and columns of what has a `client_id`."""


def _sections(client_id: int, user_ids: Sequence[int]) -> list[tuple[str, Select[*tuple[Any, ...]]]]:
    own = [
        (
            section,
            select(*(getattr(model, name) for name in names))
            .where(model.client_id == client_id)
            .order_by(model.id),
        )
        for section, model, names in _OWN
    ]
    return [*own, *_talk(client_id), *_traces(client_id, user_ids)]


def _talk(client_id: int) -> list[tuple[str, Select[*tuple[Any, ...]]]]:
    """What was written and sent in tickets, without what staff tell each other there."""
    shown = (Ticket.client_id == client_id, TicketMessage.internal.is_(False))
    said = (
        TicketMessage.ticket_id, TicketMessage.author_kind, TicketMessage.author_name, TicketMessage.body,
        TicketMessage.at,
    )  # fmt: skip
    messages = select(*said).join(Ticket, Ticket.id == TicketMessage.ticket_id)
    files = (
        select(TicketFile.ticket_id, TicketFile.name, TicketFile.size, TicketFile.at)
        .join(Ticket, Ticket.id == TicketFile.ticket_id)
        .join(TicketMessage, TicketMessage.id == TicketFile.message_id)
    )
    return [
        ("ticket_messages", messages.where(*shown).order_by(TicketMessage.id)),
        ("ticket_files", files.where(*shown).order_by(TicketFile.id)),
    ]


def _traces(client_id: int, user_ids: Sequence[int]) -> list[tuple[str, Select[*tuple[Any, ...]]]]:
    """Where people were logged in, and what was done by or for the client."""
    visits = (
        LoginSession.user_id, LoginSession.created_at, LoginSession.seen_at, LoginSession.ended_at,
        LoginSession.ip, LoginSession.agent,
    )  # fmt: skip
    theirs = (AuditRow.actor_kind == "client") & AuditRow.actor_id.in_(user_ids)
    done = select(AuditRow.at, AuditRow.verb, AuditRow.object_kind, AuditRow.object_id, AuditRow.ip)
    return [
        (
            "sessions",
            select(*visits).where(LoginSession.user_id.in_(user_ids)).order_by(LoginSession.created_at),
        ),
        ("log", done.where(or_(AuditRow.client_id == client_id, theirs)).order_by(AuditRow.id)),
    ]


def _people(uow: UnitOfWork, client_id: int) -> list[dict[str, Any]]:
    query = (
        select(
            User.id,
            User.email,
            User.name,
            User.created_at,
            User.verified_at,
            Membership.role,
            Membership.grants,
        )
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.client_id == client_id)
        .order_by(Membership.id)
    )
    return _rows(uow, query)


def _rows(uow: UnitOfWork, query: Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    found = uow.session.execute(query).mappings()
    return [{name: _plain(value) for name, value in row.items()} for row in found]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
