"""Reading bank files: columns, amounts and dates as banks write them, and the invoice that a text names."""

from __future__ import annotations

from datetime import date

import pytest

from ezcore.billing.statements import operations as statements
from ezcore.billing.statements import rules
from ezcore.billing.statements.models import BankLine, Match
from ezcore.billing.statements.rules import BadStatement, Booking, Owed
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from tests.fixtures_trade import at_once

EUR = "EUR"
BILL = Owed(1, "2027-00012", Money(1000, EUR), is_unpaid=True)
PAID = Owed(2, "2027-00013", Money(0, EUR), is_unpaid=False)


def read(text, mapping=None):
    sheet = rules.read_sheet(text.encode())
    return rules.read_bookings(sheet, mapping or rules.guess(sheet.titles), EUR)


@pytest.mark.parametrize(
    ("written", "minor"),
    [("12.50", 1250), ("12,50", 1250), ("1 234,56", 123456), ("1.234,56", 123456), ("1,234.56", 123456),
     ("-3,00", -300), ("+3", 300), ("\u22125,00", -500), ("1'000.00", 100000)],
)  # fmt: skip
def test_amounts_as_banks_write_them(written, minor):
    (found,) = read(f"Date;Amount;Description\n2027-01-31;{written};x\n")
    assert found.amount.minor == minor


@pytest.mark.parametrize("written", ["2027-01-31", "31.01.2027", "31/01/2027", "20270131", "31.01.27"])
def test_days_as_banks_write_them(written):
    (found,) = read(f"Date;Amount;Description\n{written};1;x\n")
    assert found.on == date(2027, 1, 31)


@pytest.mark.parametrize(
    ("titles", "found"),
    [
        ("Kuupäev;Summa;Selgitus;Valuuta", {"date": 0, "amount": 1, "text": 2, "currency": 3}),
        ("Buchungstag;Auftraggeber;Verwendungszweck;Betrag", {"date": 0, "payer": 1, "text": 2, "amount": 3}),
        ("What;Ever;Else", {}),
    ],
)
def test_columns_are_guessed_by_their_titles(titles, found):
    assert rules.guess(titles.split(";")) == found


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Invoice 2027-00012", True), ("2027 00012", True), ("arve nr 202700012 eest", True),
        ("inv.2027/00012", True), ("2027-000123", False), ("12027-00012", False), ("for the cake", False),
        ("2027-00013", False),
    ],
)  # fmt: skip
def test_a_text_names_an_invoice_or_not(text, named):
    assert rules.names(text, "2027-00012") is named


@pytest.mark.parametrize(
    ("minor", "text", "match", "invoice"),
    [
        (1000, "2027-00012", Match.EXACT, 1),
        (400, "2027-00012", Match.PARTIAL, 1),
        (1500, "2027-00012", Match.OVER, 1),
        (1000, "2027-00013", Match.CLOSED, 2),
        (1000, "thanks", Match.UNKNOWN, None),
        (-1000, "2027-00012", Match.OUTGOING, None),
        (1000, "2027-00012 and 2027-00013", Match.EXACT, 1),
    ],
)
def test_how_a_line_fits_what_is_owed(minor, text, match, invoice):
    booking = Booking(2, date(2027, 1, 31), Money(minor, EUR), text, "", "B1")
    assert rules.match(booking, [BILL, PAID]) == (match, invoice)


def test_a_text_with_two_open_invoices_is_left_to_a_person():
    booking = Booking(2, date(2027, 1, 31), Money(1000, EUR), "2027-00012, 2027-00014", "", "B1")
    other = Owed(3, "2027-00014", Money(500, EUR), is_unpaid=True)
    assert rules.match(booking, [BILL, other]) == (Match.UNKNOWN, None)


def test_another_currency_does_not_fit():
    booking = Booking(2, date(2027, 1, 31), Money(1000, "USD"), "2027-00012", "", "B1")
    assert rules.match(booking, [BILL]) == (Match.UNKNOWN, None)


def test_without_the_banks_reference_two_equal_lines_of_a_file_are_two_bookings():
    text = "Date;Amount;Description\n2027-01-31;1;x\n2027-01-31;1;x\n"
    references = [one.bank_reference for one in read(text)]
    assert len(set(references)) == 2
    assert [one.bank_reference for one in read(text)] == references


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Date;Amount;Description\n2027-01-31;1\n", "line 2: has only 2 columns"),
        ("Date;Amount;Description\n\n2027-02-30;1;x\n", "line 3: '2027-02-30' is no date"),
        ("Date;Amount;Description\n2027-01-31;1e3;x\n", "line 2: '1e3' is no amount"),
        ("Date;Amount;Description\n2027-01-31;NaN;x\n", "line 2: 'NaN' is no amount"),
        ("Date;Amount;Description\n", "no line beneath"),
    ],
)
def test_a_bad_file_is_refused_with_the_number_of_the_line(body, words):
    with pytest.raises(BadStatement, match=words):
        read(body)


def test_one_line_confirmed_by_eight_clerks_at_once_is_one_payment(each_trade):
    invoice = each_trade.order(each_trade.newcomer())
    number = each_trade.invoice(invoice).number
    with each_trade.work.write() as uow:
        booking = Booking(2, date(2027, 1, 31), Money(350, EUR), f"Invoice {number}", "Ann", "B1")
        statements.import_lines(uow, "january.csv", "bank", {}, [booking])

    def confirm(_):
        with each_trade.work.write() as uow:
            statements.record(uow, uow.session.get_one(BankLine, 1))

    answers = at_once(8, confirm)
    assert answers.count(None) == 1
    assert all(isinstance(one, Refused) for one in answers if one is not None), answers
    assert each_trade.invoice(invoice).status == "paid"
    assert each_trade.broken() == []
