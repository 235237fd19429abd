"""Whatever people do with invoices, money, credit and credit notes, in any order, the books hold after each step."""

from __future__ import annotations

import shutil
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from ezcore.accounts import operations as accounts
from ezcore.billing.credit import operations as credit
from ezcore.billing.credit.models import ClientCredit
from ezcore.billing.credit_notes import operations as credit_notes
from ezcore.billing.credit_notes.models import CreditNote
from ezcore.billing.funds import operations as funds
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Allocation, Invoice, InvoiceKind, InvoicePaidOnce
from ezcore.billing.invoices.rules import LineDraft
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.ledger.models import LedgerEntry
from ezcore.billing.transactions import operations as transactions
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.simulation.history import CLIENT_RIGHTS
from tests.fixtures_trade import open_trade

# A thousand in `make nightly`; a push runs a part of them, other ones each time.
CASES = min(1000, max(150, settings.default.max_examples))
STEPS = 10
AMOUNTS = st.integers(-1, 1200)
WHICH = st.integers(0, 2)  # counted from the newest: what is touched again is what breaks
REST = st.one_of(st.none(), AMOUNTS)  # nothing named: all that is open

COMMANDS = st.sampled_from([
    "issue", "issue", "add_funds", "pay", "pay", "pay", "spend", "spend", "take_back", "take_back", "bounce",
    "cancel", "write_off", "adjust",
])  # fmt: skip


def eur(minor):
    return Money(minor, "EUR")


class Books(RuleBasedStateMachine):
    """One client of a shop that lives on; each case is a new client."""

    trade = None
    numbers = count()

    @initialize()
    def somebody_comes(self):
        name = f"client{next(self.numbers)}"
        with self.trade.work.write() as uow:
            account = accounts.create_verified(uow, f"{name}@client.example", name, country="EE")
        self.client_id = account.client_id
        self.actor = Actor("client", account.user_id, account.client_id, CLIENT_RIGHTS, name)
        self.made = []

    def attempt(self, what, which=None, actor=None):
        """Do it; a refusal, or bad input, is an answer too and must leave nothing behind."""
        try:
            with self.trade.work.write(*filter(None, [actor])) as uow:
                if which is None:
                    what(uow)
                elif self.made:
                    what(uow, uow.session.get_one(Invoice, self.made[-1 - which % len(self.made)]))
        except (Refused, InvalidInput):
            pass

    @rule(
        command=COMMANDS,
        which=WHICH,
        minor=REST,
        minors=st.lists(st.integers(0, 900), min_size=1, max_size=3),
        kind=st.sampled_from(list(InvoiceKind)),
    )
    def somebody_does(self, command, which, minor, minors, kind):
        """One rule for all: every command is as likely as its share of the list, whatever came before."""
        if command in ("issue", "add_funds", "adjust"):
            getattr(self, command)(minor, minors, kind)
        else:
            self.attempt(lambda uow, one: getattr(self, command)(uow, one, minor), which, self.who(command))

    def who(self, command):
        return self.actor if command == "spend" else None

    def issue(self, _minor, minors, kind):
        lines = [LineDraft("x", eur(minor)) for minor in minors[:2]]
        lines += [LineDraft("off", eur(-minor // 3), kind="discount") for minor in minors[2:]]

        def do(uow):
            made = invoices.issue(uow, self.client_id, "EUR", lines, due_on=uow.today(), kind=kind)
            self.made.append(made.id)

        self.attempt(do)

    def add_funds(self, _minor, minors, _kind):
        amount = eur(500 + minors[0])
        self.attempt(lambda uow: self.made.append(funds.add(uow, amount).id), actor=self.actor)

    def adjust(self, minor, _minors, _kind):
        self.attempt(lambda uow: credit.adjust(uow, self.client_id, eur((minor or 900) - 300), "staff"))

    def pay(self, uow, one, minor):
        amount = one.balance_due if minor is None else eur(minor)
        transactions.record_manual(uow, one, "bank", amount, f"b{next(self.numbers)}")

    def spend(self, uow, one, minor):
        held = credit.balance(uow, self.client_id, "EUR")
        credit.spend(uow, one, min(held, one.balance_due) if minor is None else eur(minor))

    def take_back(self, uow, one, minor):
        credit_notes.issue(uow, one, "because", None if minor is None else eur(minor))

    def bounce(self, uow, one, _minor):
        """A payment is taken back by the bank, whole."""
        query = select(Allocation).where(
            Allocation.invoice_id == one.id,
            Allocation.source == "payment",
            Allocation.amount_minor > 0,
            Allocation.id.not_in(select(Allocation.reverses_id).where(Allocation.reverses_id.is_not(None))),
        )
        found = uow.session.scalars(query).first()
        if found is None:
            return
        key = f"bounce:{found.id}"
        invoices.unapply(uow, found, found.amount, "bounced", key)
        sides = [
            ledger.Posting(ledger.RECEIVABLE, found.amount, self.client_id),
            ledger.Posting(ledger.cash("bank"), -found.amount),
        ]
        ledger.post(uow, key, "dispute", uow.today(), sides)

    def cancel(self, uow, one, _minor):
        invoices.cancel(uow, one, "a mistake")

    def write_off(self, uow, one, _minor):
        invoices.write_off(uow, one, "bankrupt")

    @invariant()
    def the_books_hold(self):
        if self.trade is None or not hasattr(self, "client_id"):
            return
        with self.trade.work.read() as uow:
            self._ledger(uow)
            self._invoices(uow)

    def _ledger(self, uow):
        """I01, I03 by posting; I09 and I10: every balance kept as a number is the sum of its entries."""
        query = select(LedgerEntry.account, func.sum(LedgerEntry.minor)).where(
            LedgerEntry.client_id == self.client_id
        )
        sums = {
            account: int(minor) for account, minor in uow.session.execute(query.group_by(LedgerEntry.account))
        }
        row = uow.session.get(ClientCredit, (self.client_id, "EUR"))
        kept = row.balance_minor if row else 0
        assert kept >= 0
        assert kept == -sums.get(ledger.CLIENT_CREDIT, 0)
        self.owed = sums.get(ledger.RECEIVABLE, 0)
        self.pending = -sums.get(ledger.FUNDS_PENDING, 0)
        assert self.pending >= 0

    def _invoices(self, uow):
        """I04: paid is the sum of allocations, and nothing is open exactly when it says so; I05."""
        mine = uow.session.scalars(select(Invoice).where(Invoice.client_id == self.client_id)).all()
        applied = dict(
            uow.session.execute(
                select(Allocation.invoice_id, func.sum(Allocation.amount_minor))
                .where(Allocation.client_id == self.client_id)
                .group_by(Allocation.invoice_id)
            ).all()
        )
        noted = dict(
            uow.session.execute(
                select(CreditNote.invoice_id, func.sum(CreditNote.total_minor))
                .where(CreditNote.client_id == self.client_id)
                .group_by(CreditNote.invoice_id)
            ).all()
        )
        owed = 0
        for one in mine:
            assert one.paid_minor == applied.get(one.id, 0)
            assert noted.get(one.id, 0) <= one.total_minor
            if one.status in ("unpaid", "paid") and one.kind != "proforma":
                owed += one.total_minor - one.paid_minor
            if one.status == "unpaid":
                assert one.paid_minor < one.total_minor
            if one.status == "paid":
                assert one.paid_minor == one.total_minor
                announced = uow.session.get(InvoicePaidOnce, one.id) is not None
                assert announced or one.written_off_minor
            if one.status == "refunded":
                assert noted[one.id] == one.total_minor
        assert owed == self.owed


@pytest.fixture
def one_shop(migrated_sqlite, tmp_path):
    shutil.copy(migrated_sqlite, tmp_path / "books.sqlite3")
    yield from open_trade(f"sqlite:///{tmp_path / 'books.sqlite3'}", tmp_path)


def test_the_books_hold_after_any_sequence_of_commands(one_shop):
    Books.trade = one_shop
    try:
        run_state_machine_as_test(
            Books,
            settings=settings(
                max_examples=CASES,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        Books.trade = None
    with one_shop.work.read() as uow:
        assert set(ledger.total(uow).values()) <= {0}
    assert one_shop.broken() == []
