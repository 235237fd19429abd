"""Finds records by what identifies them: one statement per kind, each with its own small limit.

On PostgreSQL every column that is compared here has a trigram index (migration 2030); SQLite reads its tables. What
equals the words also contains them, so an equality decides only what stands first: asked for as well, it would be a
second walk through the same index.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, false, or_, select, union

from ezcore.accounts.models import Client
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.transactions.models import Transaction
from ezcore.catalog.products.models import Product
from ezcore.domain_names.names.models import DomainName
from ezcore.domain_names.names.rules import to_unicode
from ezcore.orders.orders.models import Order
from ezcore.publishing.articles.models import Article
from ezcore.publishing.articles.rules import fold
from ezcore.reports.search.rules import KINDS, Wanted, like
from ezcore.services.services.models import Service, ServiceResource
from ezcore.support.tickets.models import Ticket
from ezcore.work import UnitOfWork

MOST: Final = 10
"""Records of one kind that are shown."""
PERMISSIONS: Final = {
    "client": "staff.read",
    "invoice": "billing.manage",
    "order": "staff.read",
    "service": "staff.read",
    "domain": "staff.read",
    "ticket": "support.manage",
    "transaction": "billing.manage",
    "article": "content.manage",
}
"""What a member of staff needs to find records of a kind."""


@dataclass(frozen=True)
class Hit:
    """A record. `key` is what its page's address ends in; `exact`: what was typed is its number, name or address."""

    kind: str
    key: str
    title: str
    about: str
    status: str
    exact: bool


def allowed(uow: UnitOfWork) -> tuple[str, ...]:
    """The kinds that the actor may find."""
    return tuple(kind for kind in KINDS if uow.actor.may(PERMISSIONS[kind]))


def find(uow: UnitOfWork, wanted: Wanted, kinds: Collection[str]) -> list[Hit]:
    """Records of these kinds, exact ones first, then the newest; at most `MOST` of each kind."""
    if not wanted.text:
        return []
    found: list[Hit] = []
    for kind in kinds:
        if wanted.kind in (None, kind):
            hits = _FINDERS[kind](uow, wanted)
            found += sorted(hits, key=lambda hit: not hit.exact)[:MOST]
    return found


def only(wanted: Wanted, hits: list[Hit]) -> Hit | None:
    """The one record that was meant: an exact hit without another, asked for by its kind or number."""
    exact = [hit for hit in hits if hit.exact]
    sure = wanted.kind is not None or wanted.is_number or len(hits) == 1
    return exact[0] if len(exact) == 1 and sure else None


def _has(column: Any, pattern: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.ilike(pattern, escape="/")
    return found


def _id(column: Any, wanted: Wanted) -> ColumnElement[bool]:
    return column == wanted.id if wanted.id is not None else false()


def _rows(
    uow: UnitOfWork, query: Any, model: Any, there: ColumnElement[bool], first: ColumnElement[bool]
) -> Any:
    """Those that `first` says are meant stand before the newest of the others.

    The few ids are found before anything is joined: PostgreSQL else sorts whole rows and joins them all.
    """
    order = (first.is_(True).desc(), model.id.desc())
    few = select(model.id).where(there).order_by(*order).limit(MOST + 1)
    return uow.session.execute(query.where(model.id.in_(few)).order_by(*order))


def _clients(uow: UnitOfWork, wanted: Wanted) -> list[Hit]:
    same = or_(_id(Client.id, wanted), Client.email == wanted.text.lower())
    texts = (_has(column, wanted.pattern) for column in (Client.name, Client.company, Client.email))
    return [
        Hit(
            "client", str(one.id), one.company or one.name, f"Client {one.id}, {one.email}", one.status,
            wanted.text.lower() == one.email or wanted.id == one.id,
        )
        for (one,) in _rows(uow, select(Client), Client, or_(_id(Client.id, wanted), *texts), same)
    ]  # fmt: skip


def _invoices(uow: UnitOfWork, wanted: Wanted) -> list[Hit]:
    same = Invoice.number == wanted.text.upper()
    query = select(Invoice, Client).join(Client, Client.id == Invoice.client_id)
    return [
        Hit(
            "invoice", str(one.number), f"Invoice {one.number}", f"{client.company or client.name}, {one.total}",
            one.status, one.number == wanted.text.upper(),
        )
        for one, client in _rows(uow, query, Invoice, _has(Invoice.number, wanted.pattern), same)
    ]  # fmt: skip


def _orders(uow: UnitOfWork, wanted: Wanted) -> list[Hit]:
    if wanted.id is None:
        return []
    query = select(Order, Client).join(Client, Client.id == Order.client_id).where(Order.id == wanted.id)
    return [
        Hit(
            "order", str(one.id), f"Order {one.id}", f"{client.company or client.name}, {one.total}",
            one.status, exact=True,
        )
        for one, client in uow.session.execute(query)
    ]  # fmt: skip


def _services(uow: UnitOfWork, wanted: Wanted) -> list[Hit]:
    address, text = ServiceResource.address, wanted.text
    there = _has(address, like(wanted.address))
    if not wanted.by_ip:
        there = or_(there, _has(ServiceResource.external_id, wanted.pattern))
    resources = select(ServiceResource.service_id).where(there, ServiceResource.removed_at.is_(None))
    named = select(Service.id).where(
        or_(
            _id(Service.id, wanted),
            _has(Service.label, wanted.pattern),
            _has(Service.label, like(wanted.domain)),
        )
    )
    among = resources if wanted.by_ip else union(named, resources)
    query = (
        select(Service, Product.name, Client, ServiceResource)
        .join(Product, Product.id == Service.product_id)
        .join(Client, Client.id == Service.client_id)
        .outerjoin(
            ServiceResource,
            (ServiceResource.service_id == Service.id) & ServiceResource.removed_at.is_(None),
        )
        .where(Service.id.in_(among))
    )
    first = or_(_id(Service.id, wanted), address == wanted.address, ServiceResource.external_id == text)
    hits: dict[str, Hit] = {}
    rows: Any = query.order_by(first.is_(True).desc(), Service.id.desc()).limit(MOST + 1)
    for one, product, client, thing in uow.session.execute(rows):
        identifiers = [part for part in (thing.address, thing.external_id) if part] if thing else []
        exact = (
            text in identifiers or wanted.address in identifiers or (wanted.id == one.id and not wanted.by_ip)
        )
        about = ", ".join((product, f"service {one.id}", client.company or client.name, *identifiers))
        hits.setdefault(str(one.id), Hit("service", str(one.id), one.label, about, one.state, exact))
    return list(hits.values())


def _domains(uow: UnitOfWork, wanted: Wanted) -> list[Hit]:
    same = DomainName.name == wanted.domain
    # "xn--" never begins what was typed as a part of a name, so a part is looked for as it was typed.
    parts = (_has(DomainName.name, wanted.pattern), _has(DomainName.name, like(wanted.domain)))
    query = select(DomainName, Client).join(Client, Client.id == DomainName.client_id)
    return [
        Hit(
            "domain", str(one.id), to_unicode(one.name),
            ", ".join((f"Domain name at {one.registrar}", client.company or client.name)),
            one.state, one.name == wanted.domain,
        )
        for one, client in _rows(uow, query, DomainName, or_(*parts), same)
    ]  # fmt: skip


def _tickets(uow: UnitOfWork, wanted: Wanted) -> list[Hit]:
    same = Ticket.reference == wanted.text.upper()
    texts = (_has(Ticket.reference, wanted.pattern), _has(Ticket.subject, wanted.pattern))
    query = select(Ticket, Client).outerjoin(Client, Client.id == Ticket.client_id)
    return [
        Hit(
            "ticket", one.reference, one.subject,
            f"Ticket {one.reference}, {client.company or client.name if client else 'guest'}",
            f"ticket_{one.state}", one.reference == wanted.text.upper(),
        )
        for one, client in _rows(uow, query, Ticket, or_(*texts), same)
    ]  # fmt: skip


def _transactions(uow: UnitOfWork, wanted: Wanted) -> list[Hit]:
    same = or_(Transaction.external_id == wanted.text, Transaction.reference == wanted.text)
    texts = [_has(Transaction.external_id, wanted.pattern), _has(Transaction.reference, wanted.pattern)]
    if wanted.kind == "transaction":
        texts.append(_id(Transaction.id, wanted))
        same = or_(same, texts[-1])
    query = select(Transaction, Client).join(Client, Client.id == Transaction.client_id)
    return [
        Hit(
            "transaction", str(one.id), one.external_id or one.reference,
            f"Transaction {one.id} at {one.gateway}, {client.company or client.name}, {one.amount}",
            one.status,
            wanted.text in (one.external_id, one.reference)
            or (wanted.kind == "transaction" and one.id == wanted.id),
        )
        for one, client in _rows(uow, query, Transaction, or_(*texts), same)
    ]  # fmt: skip


def _articles(uow: UnitOfWork, wanted: Wanted) -> list[Hit]:
    same = Article.slug == wanted.text.lower()
    there = or_(
        same, _has(Article.title, wanted.pattern), Article.words.like(like(fold(wanted.text)), escape="/")
    )
    return [
        Hit(
            "article", str(one.id), one.title, f"Answer at /help/{one.slug}/",
            "published" if one.published_at is not None else "draft", one.slug == wanted.text.lower(),
        )
        for (one,) in _rows(uow, select(Article), Article, there, same)
    ]  # fmt: skip


_FINDERS: Final[dict[str, Callable[[UnitOfWork, Wanted], list[Hit]]]] = {
    "client": _clients,
    "invoice": _invoices,
    "order": _orders,
    "service": _services,
    "domain": _domains,
    "ticket": _tickets,
    "transaction": _transactions,
    "article": _articles,
}
