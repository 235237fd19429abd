"""What a dispute does to the books: money out, invoices owed again, money back, and what nobody covers.

Out: the bank's withdrawal leaves the gateway's cash for the account `disputes`; what the payment had paid is owed
again (`receivable`), what it had left on the client's credit is taken from there as far as it is there. What stays in
`disputes` is covered by nobody; a lost dispute writes it to `bad_debt`. The rest of a lost dispute stays owed.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from ezcore.billing.credit import operations as credit
from ezcore.billing.disputes.models import Dispute, DisputeStatus
from ezcore.billing.disputes.rules import Word, fee_in_books, in_books
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.refunds import queries as refunds
from ezcore.billing.refunds.operations.request import applied
from ezcore.billing.transactions.models import Transaction
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork

Side = tuple[str, Money]


def follow(uow: UnitOfWork, paid: Transaction, dispute: Dispute, word: Word) -> None:
    """Bring the books to what the word says; nothing when they are there."""
    held = in_books(word, paid.currency)
    if dispute.held_minor != held.minor:
        if dispute.held_minor:
            _back(uow, paid, dispute)
        if held.is_positive:
            _out(uow, paid, dispute, held)
    _fee(uow, paid, dispute, fee_in_books(word, paid.currency))
    _lost(uow, paid, dispute)


def _out(uow: UnitOfWork, paid: Transaction, dispute: Dispute, held: Money) -> None:
    key, rest = _key(dispute), held
    taken: list[dict[str, Any]] = []
    where = refunds.held(uow, paid)
    for share in where.shares:
        wanted = min(rest, share.held) if share.is_paid or share.is_open else Money.zero(held.currency)
        for allocation, there in applied(uow, paid.id, share.invoice_id):
            part = min(wanted, there)
            if part.is_positive:
                invoices.unapply(uow, allocation, part, f"disputed: {dispute.reason}", key)
                taken.append({"invoice_id": share.invoice_id, "minor": part.minor})
                wanted, rest = wanted - part, rest - part
                _flag(uow, share.invoice_id, disputed=True)
    owed = held - rest
    from_credit = _take_credit(uow, paid, min(rest, where.loose))
    client = [(ledger.RECEIVABLE, owed), (ledger.CLIENT_CREDIT, from_credit)]
    cash = [
        (ledger.DISPUTES, held),
        (ledger.cash(paid.gateway), -held),
        (ledger.DISPUTES, -(owed + from_credit)),
    ]
    _post(uow, dispute, key, cash, client)
    dispute.held_minor, dispute.credit_minor, dispute.taken = held.minor, from_credit.minor, taken
    _count(uow, paid, held.minor)


def _back(uow: UnitOfWork, paid: Transaction, dispute: Dispute) -> None:
    _forgive(uow, paid, dispute)
    key, currency = _key(dispute), paid.currency
    held, from_credit = Money(dispute.held_minor, currency), Money(dispute.credit_minor, currency)
    owed = excess = Money.zero(currency)
    for part in dispute.taken:
        amount, invoice = Money(part["minor"], currency), uow.session.get_one(Invoice, part["invoice_id"])
        owed += amount
        excess += invoices.apply(uow, invoice, amount, journal_key=key, transaction_id=paid.id)
        _flag(uow, invoice.id, disputed=False)
    credit.put(uow, paid.client_id, from_credit + excess)
    client = [(ledger.RECEIVABLE, -(owed - excess)), (ledger.CLIENT_CREDIT, -(from_credit + excess))]
    cash = [
        (ledger.cash(paid.gateway), held),
        (ledger.DISPUTES, -held),
        (ledger.DISPUTES, owed + from_credit),
    ]
    _post(uow, dispute, key, cash, client)
    dispute.held_minor = dispute.credit_minor = 0
    dispute.taken = []
    _count(uow, paid, -held.minor)


def _fee(uow: UnitOfWork, paid: Transaction, dispute: Dispute, fee: Money) -> None:
    more = fee - Money(dispute.fee_held_minor, paid.currency)
    if not more.is_zero:
        sides = [(ledger.GATEWAY_FEES, more), (ledger.cash(paid.gateway), -more)]
        _post(uow, dispute, _key(dispute), sides, [])
        dispute.fee_held_minor = fee.minor


def _lost(uow: UnitOfWork, paid: Transaction, dispute: Dispute) -> None:
    """What nobody covers is a loss when the dispute is lost; an appeal that is won takes it back."""
    if dispute.status != DisputeStatus.LOST:
        _forgive(uow, paid, dispute)
        return
    covered = dispute.credit_minor + sum(int(part["minor"]) for part in dispute.taken)
    gone = Money(dispute.held_minor - covered - dispute.lost_minor, paid.currency)
    if gone.is_positive:
        _post(uow, dispute, _key(dispute), [(ledger.BAD_DEBT, gone), (ledger.DISPUTES, -gone)], [])
        dispute.lost_minor += gone.minor


def _forgive(uow: UnitOfWork, paid: Transaction, dispute: Dispute) -> None:
    if dispute.lost_minor:
        lost = Money(dispute.lost_minor, paid.currency)
        _post(uow, dispute, _key(dispute), [(ledger.DISPUTES, lost), (ledger.BAD_DEBT, -lost)], [])
        dispute.lost_minor = 0


def _take_credit(uow: UnitOfWork, paid: Transaction, wanted: Money) -> Money:
    """As much as is there: the client may have spent it."""
    there = min(wanted, credit.balance(uow, paid.client_id, paid.currency))
    if not there.is_positive or not credit.take(uow, paid.client_id, there):
        return Money.zero(paid.currency)
    return there


def _flag(uow: UnitOfWork, invoice_id: int, *, disputed: bool) -> None:
    uow.session.execute(
        update(Invoice).where(Invoice.id == invoice_id).values(disputed_at=uow.now() if disputed else None)
    )


def _count(uow: UnitOfWork, paid: Transaction, minor: int) -> None:
    uow.session.execute(
        update(Transaction)
        .where(Transaction.id == paid.id)
        .values(disputed_minor=Transaction.disputed_minor + minor)
    )
    uow.session.flush()


def _key(dispute: Dispute) -> str:
    dispute.moves += 1
    return f"dispute:{dispute.gateway}:{dispute.external_id}:{dispute.moves}"[:160]


def _post(uow: UnitOfWork, dispute: Dispute, key: str, ours: list[Side], clients: list[Side]) -> None:
    sides = [ledger.Posting(account, amount) for account, amount in ours]
    sides += [ledger.Posting(account, amount, dispute.client_id) for account, amount in clients]
    ledger.post(uow, key, "dispute", uow.today(), sides, dispute.reason)
