"""Reads of quotes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from sqlalchemy import select

from ezcore.billing.quotes.models import Quote, QuoteStatus
from ezcore.kernel.errors import NotFound
from ezcore.work import UnitOfWork


def by_id(uow: UnitOfWork, quote_id: int) -> Quote:
    """One quote, drafts included: for staff. Raises: NotFound."""
    found = uow.session.get(Quote, quote_id)
    if found is None:
        raise NotFound("there is no such quote")
    return found


def by_number(uow: UnitOfWork, number: str, client_id: int) -> Quote:
    """A quote that was sent to this client. Raises: NotFound, also for another client's."""
    query = select(Quote).where(Quote.number == number, Quote.client_id == client_id)
    found = uow.session.scalars(query).first()
    if found is None:
        raise NotFound("there is no such quote")
    return found


def by_token(uow: UnitOfWork, token: str) -> Quote:
    """The quote that a link in a mail leads to. Raises: NotFound for any other token."""
    query = select(Quote).where(Quote.token_hash == digest(token))
    found = uow.session.scalars(query).first()
    if found is None:
        raise NotFound("there is no such page")
    return found


def of_client(uow: UnitOfWork, client_id: int) -> Sequence[Quote]:
    """What was sent to a client, newest first."""
    query = select(Quote).where(Quote.client_id == client_id, Quote.number.is_not(None))
    return uow.session.scalars(query.order_by(Quote.id.desc())).all()


def past(uow: UnitOfWork, on: date) -> Sequence[Quote]:
    """Sent, not answered, and their last day is over."""
    query = select(Quote).where(Quote.status == QuoteStatus.SENT, Quote.valid_until < on)
    return uow.session.scalars(query.order_by(Quote.id)).all()


def digest(token: str) -> str:
    """What is stored of a token: it has 256 random bits, so one round of SHA-256 is enough."""
    return sha256(token.encode(errors="surrogatepass")).hexdigest()
