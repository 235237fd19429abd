"""Import a bank statement, and record what a person confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.statements import rules
from ezcore.billing.statements.models import BankLine, BankStatement, LineState, Match
from ezcore.billing.statements.rules import Booking, Owed
from ezcore.billing.transactions import operations as transactions
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.work import UnitOfWork

MANAGE = "billing.manage"


def import_lines(
    uow: UnitOfWork, name: str, gateway: str, mapping: Mapping[str, int], bookings: Sequence[Booking]
) -> BankStatement:
    """Write the lines down, each once by the bank's reference, with the invoice that each seems to pay.

    Nothing is paid by an import: a person confirms. Raises: NotAllowed.
    """
    uow.actor.require(MANAGE)
    statement = BankStatement(
        name=name[:120] or "statement",
        gateway=gateway,
        mapping=dict(mapping),
        rows=len(bookings),
        known_rows=0,
        uploaded_at=uow.now(),
        uploaded_by=uow.actor.name[:120],
    )
    uow.session.add(statement)
    uow.session.flush()
    owed = _owed(uow)
    for booking in bookings:
        found, invoice_id = rules.match(booking, owed)
        row = {
            "statement_id": statement.id,
            "gateway": gateway,
            "bank_reference": booking.bank_reference,
            "booked_on": booking.on,
            "currency": booking.amount.currency,
            "amount_minor": booking.amount.minor,
            "payer": booking.payer,
            "text": booking.text,
            "match": found,
            "invoice_id": invoice_id,
            "state": LineState.IGNORED if found == Match.OUTGOING else LineState.OPEN,
        }
        if insert_once(uow.session, BankLine, row) is None:
            statement.known_rows += 1
    audit.record(
        uow,
        "statement.import",
        "bank_statement",
        statement.id,
        after={"name": statement.name, "rows": statement.rows, "known": statement.known_rows},
    )
    uow.session.flush()
    return statement


def record(uow: UnitOfWork, line: BankLine, number: str | None = None) -> None:
    """A person confirms that a line pays the proposed invoice, or the one named. More than is open becomes credit.

    Two clerks at once record it once. Emits: PaymentReceived, InvoicePaid.
    Raises: NotAllowed; Refused (decided before, the invoice is not unpaid); InvalidInput(field="number").
    """
    uow.actor.require(MANAGE)
    invoice = _invoice(uow, line, number)
    _decide(uow, line, LineState.RECORDED)
    paid = transactions.record_manual(uow, invoice, line.gateway, line.amount, line.bank_reference)
    line.transaction_id, line.invoice_id = paid.id, invoice.id
    _audit(uow, line, invoice.number)


def ignore(uow: UnitOfWork, line: BankLine) -> None:
    """The line is no payment of ours. Raises: NotAllowed, Refused."""
    uow.actor.require(MANAGE)
    _decide(uow, line, LineState.IGNORED)
    _audit(uow, line, None)


def look_again(uow: UnitOfWork) -> None:
    """Match the open lines anew: invoices were issued, paid or cancelled since."""
    owed = _owed(uow)
    for line in uow.session.scalars(select(BankLine).where(BankLine.state == LineState.OPEN)):
        booking = Booking(0, line.booked_on, line.amount, line.text, line.payer, line.bank_reference)
        line.match, line.invoice_id = rules.match(booking, owed)


def _owed(uow: UnitOfWork) -> list[Owed]:
    """Every issued invoice that a text may name; those not owed any more are told apart."""
    query = select(
        Invoice.id, Invoice.number, Invoice.status, Invoice.currency, Invoice.total_minor, Invoice.paid_minor
    ).where(Invoice.number.is_not(None))
    return [
        Owed(
            row.id,
            row.number,
            Money(row.total_minor - row.paid_minor, row.currency),
            row.status == InvoiceStatus.UNPAID,
        )
        for row in uow.session.execute(query)
    ]


def _invoice(uow: UnitOfWork, line: BankLine, number: str | None) -> Invoice:
    if number:
        found = uow.session.scalars(select(Invoice).where(Invoice.number == number.strip())).first()
        if found is None:
            raise InvalidInput("there is no invoice of this number", field="number")
        return found
    if line.invoice_id is None:
        raise InvalidInput("write the number of the invoice that it pays", field="number")
    return uow.session.get_one(Invoice, line.invoice_id)


def _decide(uow: UnitOfWork, line: BankLine, state: LineState) -> None:
    """One conditional UPDATE: the second of two clerks is told."""
    taken = uow.session.execute(
        update(BankLine)
        .where(BankLine.id == line.id, BankLine.state == LineState.OPEN)
        .values(state=state, decided_at=uow.now(), decided_by=uow.actor.name[:120])
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused("somebody decided about this line before")
    uow.session.refresh(line)


def _audit(uow: UnitOfWork, line: BankLine, number: str | None) -> None:
    after = {"state": str(line.state), "amount": str(line.amount), "invoice": number}
    audit.record(uow, f"statement.{line.state}", "bank_line", line.id, after=after)
