"""Pure reading of bank statements: which column means what, what a line says, and which invoice it names."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from ezcore.billing.statements.models import Match
from ezcore.kernel.errors import EzError, InvalidInput
from ezcore.kernel.money import Money

LARGEST: Final = 900_000
MOST_ROWS: Final = 10_000
FIELDS: Final = ("date", "amount", "currency", "text", "payer", "reference")
REQUIRED: Final = ("date", "amount", "text")
# Words that banks put over their columns, in the languages of our first shops; the first that fits wins.
_TITLES: Final[Mapping[str, tuple[str, ...]]] = {
    "date": ("booking date", "value date", "date", "kuupäev", "buchungstag", "datum", "дата"),
    "amount": ("amount", "summa", "betrag", "сумма"),
    "currency": ("currency", "valuuta", "währung", "waehrung", "валюта"),
    "text": (
        "description",
        "details",
        "explanation",
        "purpose",
        "selgitus",
        "verwendungszweck",
        "назначение",
    ),
    "payer": (
        "payer",
        "beneficiary",
        "name",
        "counterparty",
        "saaja/maksja",
        "maksja",
        "auftraggeber",
        "контрагент",
    ),
    "reference": (
        "archive",
        "transaction id",
        "bank reference",
        "entry",
        "arhiveerimistunnus",
        "kande",
        "id",
    ),
}
_DATES: Final = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y%m%d", "%d.%m.%y")


class BadStatement(InvalidInput):
    """The file cannot be read; the sentence names the line."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(f"line {line}: {sentence}" if line else sentence, field="file")


@dataclass(frozen=True)
class Sheet:
    """A file cut into cells. `first_line` is the number of the first row beneath the titles, as an editor counts."""

    titles: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Booking:
    """One line of a statement; money that came in is positive."""

    line: int
    on: date
    amount: Money
    text: str
    payer: str
    bank_reference: str


@dataclass(frozen=True)
class Owed:
    """An invoice that a line may name, and what is open of it."""

    invoice_id: int
    number: str
    open: Money
    is_unpaid: bool


def read_sheet(body: bytes) -> Sheet:
    """Cut a file into cells. Raises: BadStatement."""
    if len(body) > LARGEST:
        raise BadStatement("this file is larger than 900 kB: export a shorter time")
    text = _decode(body)
    sample = text[:4096]
    delimiter = max(";,\t|", key=sample.count)
    if not sample.strip() or delimiter not in sample:
        raise BadStatement("this is no CSV file: no columns were found")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, tuple[str, ...]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, tuple(cell.strip() for cell in cells)))
            if len(rows) > MOST_ROWS:
                raise BadStatement(f"more than {MOST_ROWS} lines: export a shorter time")
    except csv.Error as error:
        raise BadStatement(str(error), reader.line_num) from error
    if len(rows) < 2:  # noqa: PLR2004 - titles and at least one line
        raise BadStatement("there is no line beneath the titles")
    return Sheet(rows[0][1], tuple(rows[1:]))


def guess(titles: Sequence[str]) -> dict[str, int]:
    """Which column means what, as far as the titles tell."""
    known = [title.casefold().strip() for title in titles]
    found: dict[str, int] = {}
    for field in FIELDS:
        for word in _TITLES[field]:
            fits = [n for n, title in enumerate(known) if _fits(word, title) and n not in found.values()]
            if fits:
                found[field] = fits[0]
                break
    return found


def read_bookings(sheet: Sheet, mapping: Mapping[str, int], currency: str) -> list[Booking]:
    """What each line says. Raises: BadStatement with the number of the line; InvalidInput(field=column)."""
    for field in REQUIRED:
        if field not in mapping:
            raise InvalidInput("choose the column", field=field)
    seen: dict[str, int] = {}
    found = []
    for number, cells in sheet.rows:
        booking = _booking(number, cells, mapping, currency)
        reference = booking.bank_reference
        if "reference" not in mapping:
            # Two equal lines of one file are two bookings; the same line of another file is the same booking.
            seen[reference] = seen.get(reference, 0) + 1
            reference = f"{reference}:{seen[reference]}"
        found.append(Booking(number, booking.on, booking.amount, booking.text, booking.payer, reference))
    return found


def match(booking: Booking, owed: Sequence[Owed]) -> tuple[Match, int | None]:
    """How a booking fits the invoices that its text names; one that names several is left to a person."""
    if not booking.amount.is_positive:
        return Match.OUTGOING, None
    named = [
        one
        for one in owed
        if names(booking.text, one.number) and one.open.currency == booking.amount.currency
    ]
    unpaid = [one for one in named if one.is_unpaid]
    if len(unpaid) > 1 or (len(named) > 1 and not unpaid):
        return Match.UNKNOWN, None
    if not unpaid:
        return (Match.CLOSED, named[0].invoice_id) if named else (Match.UNKNOWN, None)
    one = unpaid[0]
    if booking.amount == one.open:
        return Match.EXACT, one.invoice_id
    return (Match.PARTIAL if booking.amount < one.open else Match.OVER), one.invoice_id


def names(text: str, number: str) -> bool:
    """Does a payer's text name this invoice? Blanks, case and the signs between its parts are free."""
    parts = [re.escape(part) for part in re.split(r"[^0-9A-Za-z]+", number) if part]
    pattern = r"(?<![0-9A-Za-z])" + r"[\s./\u2013-]*".join(parts) + r"(?![0-9])"
    return re.search(pattern, text, re.IGNORECASE) is not None


def _booking(number: int, cells: Sequence[str], mapping: Mapping[str, int], currency: str) -> Booking:
    def cell(field: str) -> str:
        place = mapping.get(field)
        if place is None:
            return ""
        if place >= len(cells):
            raise BadStatement(f"has only {len(cells)} columns, the {field} is in column {place + 1}", number)
        return cells[place]

    code = cell("currency").upper() or currency
    try:
        amount = Money.parse(_plain_amount(cell("amount")), code)
    except EzError as error:
        raise BadStatement(f"{cell('amount')!r} is no amount in {code[:10]!r}", number) from error
    on, text, payer = _date(cell("date"), number), cell("text"), cell("payer")[:200]
    told = cell("reference") or sha256(f"{on}|{amount}|{text}|{payer}".encode()).hexdigest()[:40]
    return Booking(number, on, amount, text[:1000], payer, told[:110])


def _date(text: str, line: int) -> date:
    for layout in _DATES:
        try:
            return datetime.strptime(text, layout).date()  # noqa: DTZ007 - a day of the bank has no zone
        except ValueError:
            continue
    raise BadStatement(f"{text[:40]!r} is no date", line)


def _plain_amount(text: str) -> str:
    """``1 234,56``, ``1.234,56`` and ``1,234.56`` are the same amount."""
    plain = re.sub(r"[\s\u00a0'\u2019+]", "", text).replace("\u2212", "-")
    last = max(plain.rfind(","), plain.rfind("."))
    if last >= 0:
        head = re.sub(r"[.,]", "", plain[:last])
        plain = f"{head}.{plain[last + 1 :]}"
    return plain


def _decode(body: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise BadStatement("this is no text file")


def _fits(word: str, title: str) -> bool:
    return word == title or (len(word) > 2 and word in title)  # noqa: PLR2004 - "id" is in too many words
