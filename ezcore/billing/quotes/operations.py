"""Write a quote, send it, and take the answer: accepted, it becomes an invoice in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import update

from ezcore.accounts import queries as accounts
from ezcore.audit import operations as audit
from ezcore.billing import numbers
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices import rules
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.invoices.operations.draft import item
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.quotes import mails
from ezcore.billing.quotes.events import QuoteAccepted, QuoteDeclined, QuoteExpired, QuoteSent
from ezcore.billing.quotes.models import Quote, QuoteLine, QuoteStatus
from ezcore.billing.quotes.queries import digest
from ezcore.billing.taxes import queries as taxes
from ezcore.kernel.errors import InvalidInput, NotAllowed, Refused
from ezcore.work import UnitOfWork


def save(
    uow: UnitOfWork,
    client_id: int,
    currency: str,
    title: str,
    drafts: Sequence[LineDraft],
    *,
    valid_until: date,
    note: str = "",
    quote: Quote | None = None,
) -> Quote:
    """Write a draft, or write it anew; taxed as the client is taxed today.

    Raises: NotAllowed; NotFound (client); Refused (sent already, negative total); InvalidInput naming the field.
    """
    uow.actor.require("billing.manage")
    _check(uow, title, drafts, valid_until)
    case = taxes.cases(uow, [client_id], uow.today())[client_id]
    made = rules.assemble(drafts, case, currency)
    if made.total.is_negative:
        raise Refused("a quote cannot be negative")
    if quote is None:
        quote = Quote(client_id=client_id, created_at=uow.now(), status=QuoteStatus.DRAFT)
        uow.session.add(quote)
    else:
        _lock(uow, quote, QuoteStatus.DRAFT)
    quote.title, quote.note, quote.currency, quote.valid_until = title.strip(), note, currency, valid_until
    quote.net_minor, quote.tax_minor, quote.total_minor = made.net.minor, made.tax.minor, made.total.minor
    quote.taxes, quote.tax_note = [dict(tax) for tax in made.taxes], case.note
    quote.buyer = accounts.billing_address(uow, client_id)
    quote.lines = [_line(draft, values) for draft, values in zip(drafts, made.lines, strict=True)]
    uow.session.flush()
    _record(uow, quote, "quote.save", after={"total": str(quote.total)})
    return quote


def send(uow: UnitOfWork, quote: Quote) -> str:
    """Mail the quote with a link that is good without login; sent again, the link before is dead. Returns the token.

    Emits: QuoteSent. Raises: NotAllowed; Refused when it was answered or its last day is over.
    """
    uow.actor.require("billing.manage")
    _lock(uow, quote, QuoteStatus.DRAFT, QuoteStatus.SENT)
    if quote.valid_until < uow.today():
        raise InvalidInput("its last day has passed", field="valid_until")
    token = uow.ids.token()
    quote.token_hash, quote.sent_at, quote.status = digest(token), uow.now(), QuoteStatus.SENT
    if quote.number is None:
        uow.session.flush()
        quote.series, quote.sequence = numbers.take(uow, "quote", uow.today())
        quote.number = numbers.printed(uow, "quote", quote.sequence, uow.today())
    uow.session.flush()
    mails.sent(uow, quote, token)
    _record(uow, quote, "quote.send", after={"number": quote.number})
    uow.emit(QuoteSent(quote.id, quote.client_id, quote.number, quote.total))
    return token


def accept(uow: UnitOfWork, quote: Quote, name: str, *, by_link: bool = False) -> Invoice:
    """The client wants it, says `name`; the invoice is issued now, due as first invoices are.

    By the client, by staff for a client who said so, or by whoever holds the link (`by_link`: the caller found the
    quote by its token). Who, from where and when is kept. Twice at once is one invoice.
    Emits: QuoteAccepted, InvoiceIssued. Raises: NotAllowed; Refused (not open any more); InvalidInput(field="name").
    """
    _may_answer(uow, quote, by_link=by_link)
    if not name.strip():
        raise InvalidInput("write your name", field="name")
    _answer(uow, quote, QuoteStatus.ACCEPTED, name, "")
    drafts = [item(line.description, line.unit, line.quantity, line.tax_class) for line in quote.lines]
    due_on = uow.today() + timedelta(days=uow.settings.billing.due_days)
    invoice = invoices.issue(uow, quote.client_id, quote.currency, drafts, due_on=due_on)
    quote.invoice_id = invoice.id
    _record(uow, quote, "quote.accept", after={"number": quote.number, "by": name, "invoice": invoice.number})
    uow.emit(QuoteAccepted(quote.id, quote.client_id, quote.number or "", invoice.id))
    return invoice


def decline(uow: UnitOfWork, quote: Quote, name: str, reason: str = "", *, by_link: bool = False) -> None:
    """The client does not want it. Emits: QuoteDeclined. Raises: NotAllowed; Refused (not open any more)."""
    _may_answer(uow, quote, by_link=by_link)
    _answer(uow, quote, QuoteStatus.DECLINED, name, reason)
    _record(uow, quote, "quote.decline", after={"number": quote.number, "by": name}, reason=reason or None)
    uow.emit(QuoteDeclined(quote.id, quote.client_id, quote.number or ""))


def expire(uow: UnitOfWork, quote_id: int) -> bool:
    """Its last day is over; False when it was answered meanwhile. Emits: QuoteExpired."""
    taken = uow.session.execute(
        update(Quote)
        .where(Quote.id == quote_id, Quote.status == QuoteStatus.SENT, Quote.valid_until < uow.today())
        .values(status=QuoteStatus.EXPIRED, token_hash=None)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return False
    quote = uow.session.get_one(Quote, quote_id)
    _record(uow, quote, "quote.expire", after={"number": quote.number})
    uow.emit(QuoteExpired(quote.id, quote.client_id, quote.number or ""))
    return True


def _check(uow: UnitOfWork, title: str, drafts: Sequence[LineDraft], valid_until: date) -> None:
    if not title.strip():
        raise InvalidInput("say what it is about", field="title")
    if valid_until < uow.today():
        raise InvalidInput("choose today or a later day", field="valid_until")
    if not drafts:
        raise InvalidInput("write at least one line", field="line-0-description")


def _lock(uow: UnitOfWork, quote: Quote, *wanted: QuoteStatus) -> None:
    uow.session.refresh(quote, with_for_update=True)
    if quote.status not in wanted:
        raise Refused(f"quote {quote.number or ''} is {quote.status} and cannot be changed")


def _may_answer(uow: UnitOfWork, quote: Quote, *, by_link: bool) -> None:
    own = uow.actor.client_id == quote.client_id and uow.actor.may("client.billing")
    if not own and not by_link and not uow.actor.may("billing.manage"):
        raise NotAllowed("this quote is somebody else's", permission="client.billing")


def _answer(uow: UnitOfWork, quote: Quote, status: QuoteStatus, name: str, reason: str) -> None:
    """One conditional UPDATE: of two answers at once the first counts."""
    taken = uow.session.execute(
        update(Quote)
        .where(Quote.id == quote.id, Quote.status == QuoteStatus.SENT, Quote.valid_until >= uow.today())
        .values(
            status=status,
            answered_at=uow.now(),
            answered_by=name.strip()[:120],
            answered_user_id=uow.actor.user_id,
            answered_ip=uow.actor.ip,
            answer_reason=reason.strip()[:2000],
        )
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("this quote is no longer open")
    uow.session.refresh(quote)


def _line(draft: LineDraft, values: dict[str, Any]) -> QuoteLine:
    return QuoteLine(
        position=values["position"],
        description=values["description"],
        quantity=draft.quantity,
        unit_minor=draft.amount.minor,
        amount_minor=values["amount_minor"],
        currency=values["currency"],
        tax_class=draft.tax_class,
    )


def _record(
    uow: UnitOfWork, quote: Quote, verb: str, *, after: dict[str, Any], reason: str | None = None
) -> None:
    audit.record(uow, verb, "quote", quote.id, client_id=quote.client_id, after=after, reason=reason)
