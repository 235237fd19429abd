"""A gateway tells of a dispute: the row keeps the latest word, and the books follow it."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.audit import operations as audit
from ezcore.billing.disputes import books
from ezcore.billing.disputes.events import DisputeMoved
from ezcore.billing.disputes.models import Dispute, DisputeStatus
from ezcore.billing.disputes.rules import Word, later
from ezcore.billing.transactions import queries as transactions
from ezcore.billing.transactions.models import Transaction
from ezcore.db.once import insert_once
from ezcore.jobs import operations as jobs
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.webhook_source import DisputeFact
from ezcore.work import UnitOfWork


def told(uow: UnitOfWork, source: str, fact: DisputeFact) -> None:
    """Apply what was said. Safe to repeat, in any order: the later word of the dispute's life holds.

    Money that the bank withdrew leaves our account; what it had paid is owed again. A win puts both back.
    Emits: DisputeMoved, InvoiceReopened, InvoiceRepaid.
    Raises: NotKnownYet when the payment is not here; Refused for another currency.
    """
    paid = transactions.received(uow, source, fact.payment_id)
    if fact.amount.currency != paid.currency:
        raise Refused(f"the dispute is in {fact.amount.currency}, the payment was in {paid.currency}")
    word = _word(fact)
    # The payment first: refunds and settlements lock in the same order.
    uow.session.refresh(paid, with_for_update=True)
    dispute, is_new = _row(uow, source, paid, fact.dispute_id, word)
    before = None if is_new else str(dispute.status)
    _keep(uow, dispute, later(_word_of(dispute), word))
    books.follow(uow, paid, dispute, _word_of(dispute))
    _ask(uow, dispute)
    if before != dispute.status:
        after = {"status": str(dispute.status), "amount": str(dispute.amount)}
        audit.record(
            uow, "dispute.move", "dispute", dispute.id, client_id=dispute.client_id,
            before={"status": before} if before else None, after=after,
        )  # fmt: skip
        uow.emit(DisputeMoved(dispute.id, paid.id, paid.client_id, dispute.amount, str(dispute.status)))


def _word(fact: DisputeFact) -> Word:
    fee = fact.fee or Money.zero(fact.withdrawn.currency)
    return Word(DisputeStatus(fact.status), fact.amount, fact.withdrawn, fee, fact.reason, fact.answer_by)


def _word_of(dispute: Dispute) -> Word:
    return Word(
        DisputeStatus(dispute.status),
        dispute.amount,
        dispute.withdrawn,
        dispute.fee,
        dispute.reason,
        dispute.answer_by,
    )


def _row(
    uow: UnitOfWork, source: str, paid: Transaction, external_id: str, word: Word
) -> tuple[Dispute, bool]:
    row = {
        "gateway": source,
        "external_id": external_id,
        "transaction_id": paid.id,
        "client_id": paid.client_id,
        "status": word.status,
        "currency": word.amount.currency,
        "amount_minor": word.amount.minor,
        "withdrawn_minor": word.withdrawn.minor,
        "withdrawn_currency": word.withdrawn.currency,
        "fee_minor": word.fee.minor,
        "fee_currency": word.fee.currency,
        "reason": word.reason,
        "answer_by": word.answer_by,
        "opened_at": uow.now(),
        "taken": [],
    }
    is_new = insert_once(uow.session, Dispute, row) is not None
    query = select(Dispute).where(Dispute.gateway == source, Dispute.external_id == external_id)
    return uow.session.scalars(query.execution_options(populate_existing=True)).one(), is_new


def _keep(uow: UnitOfWork, dispute: Dispute, word: Word) -> None:
    dispute.status, dispute.reason, dispute.answer_by = word.status, word.reason, word.answer_by
    dispute.amount_minor, dispute.currency = word.amount.minor, word.amount.currency
    dispute.withdrawn_minor, dispute.withdrawn_currency = word.withdrawn.minor, word.withdrawn.currency
    dispute.fee_minor, dispute.fee_currency = word.fee.minor, word.fee.currency
    if not dispute.is_open and dispute.closed_at is None:
        dispute.closed_at = uow.now()
    uow.session.flush()


def _ask(uow: UnitOfWork, dispute: Dispute) -> None:
    key, amount = f"dispute:{dispute.id}", dispute.amount
    if dispute.status == DisputeStatus.WON:
        jobs.settle_question(uow, key, "won: the money is back")
    elif dispute.status == DisputeStatus.LOST:
        cause = "What it paid is owed again. The stored method is not charged for it; ask the client, or write it off."
        jobs.ask_staff(uow, key, f"A dispute of {amount} was lost", cause, dispute.client_id)
    else:
        until = f" Evidence is due by {dispute.answer_by:%Y-%m-%d %H:%M} UTC." if dispute.answer_by else ""
        cause = f"The payer's bank says: {dispute.reason or 'no reason given'}.{until}"
        jobs.ask_staff(uow, key, f"A payment of {amount} is disputed", cause, dispute.client_id)
