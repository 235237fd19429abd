"""When invoices are made, how they are numbered and printed, when money is asked for."""

from __future__ import annotations

from pydantic import field_validator

from ezcore.kernel.currency import currency as known_currency
from ezcore.kernel.errors import EzError
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle
from ezcore.settings.section import Section, setting


def read_amounts(text: str) -> dict[str, Money]:
    """Amounts of several currencies, such as ``5 EUR, 600 JPY``. Raises: ValueError."""
    found: dict[str, Money] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        amount, _, code = part.partition(" ")
        try:
            money = Money.parse(amount, known_currency(code.strip()).code)
        except EzError as error:
            raise ValueError(f"needs amounts such as 5 EUR, 6 USD: {error.message}") from error
        if not money.is_positive or money.currency in found:
            raise ValueError("needs one amount above zero per currency, such as 5 EUR, 6 USD")
        found[money.currency] = money
    return found


class Billing(Section):
    """When invoices are made and due."""

    lead_days: int = setting(
        7, "Renewal invoices are issued this many days before the period starts", ge=0, le=60
    )
    lead_days_by_cycle: str = setting(
        "", "Other lead days for some cycles, comma separated, such as 1 year=30, 1 week=2"
    )
    consolidate: bool = setting(
        default=True, note="What a client owes for periods that start on one day is one invoice"
    )
    due_days: int = setting(0, "Days from issue to due date of a first invoice", ge=0, le=90)
    billing_day: int = setting(
        0,
        "Months and years of new services begin on this day; the days before are prorated (0: each its own)",
        ge=0,
        le=28,
    )
    number_format: str = setting("{year}-{number:05d}", "How an invoice number is printed")
    proforma_format: str = setting("PF-{year}-{number:05d}", "How a proforma's number is printed")
    credit_note_format: str = setting("CN-{year}-{number:05d}", "How a credit note's number is printed")
    debit_note_format: str = setting("DN-{year}-{number:05d}", "How a debit note's number is printed")
    quote_format: str = setting("Q-{year}-{number:05d}", "How a quote's number is printed")
    numbers_restart_yearly: bool = setting(
        default=False, note="Numbers start at 1 each year; the formats must then show the year"
    )
    proforma: bool = setting(
        default=False, note="Ask for money by proforma; the invoice gets its number when money arrives"
    )
    documents_at_issue: bool = setting(
        default=True, note="PDF and e-invoice are made as soon as issued, and mailed; else when asked for"
    )
    apply_credit_automatically: bool = setting(
        default=False, note="Invoices that the shop issues by itself are paid from the client's credit first"
    )
    funds_minimum: str = setting("5 EUR, 5 USD", "The least that a client may add as funds, per currency")
    funds_maximum: str = setting(
        "1000 EUR, 1000 USD", "The most at once, per currency; others cannot be added"
    )
    pay_link_days: int = setting(
        60, "A link that pays an invoice without login is good this long", ge=1, le=400
    )
    quote_days: int = setting(14, "A new quote is valid this many days", ge=1, le=365)
    charge_days_before: int = setting(
        1, "Stored methods are charged this many days before the due date", ge=0, le=30
    )
    retry_days: str = setting(
        "0,2,4", "A declined charge is tried again this many days after the due date, comma separated"
    )
    gateway_bills: str = setting(
        "", "Gateways that may bill by themselves when the client wants it, comma separated, such as stripe"
    )
    run_guard_days: int = setting(1, "A run dated further ahead of the wall clock is refused", ge=0, le=366)

    @field_validator("lead_days_by_cycle")
    @classmethod
    def _leads(cls, value: str) -> str:
        for part in filter(None, (one.strip() for one in value.split(","))):
            name, _, days = part.partition("=")
            if not days.strip().isdigit() or int(days) > 366:  # noqa: PLR2004 - a year ahead is the most
                raise ValueError("needs cycles with days, such as 1 year=30, 1 week=2")
            try:
                Cycle.parse(name.strip())
            except EzError as error:
                raise ValueError(error.message) from error
        return value

    @property
    def leads(self) -> dict[str, int]:
        """Lead days of the cycles that have their own."""
        parts = (one.partition("=") for one in self.lead_days_by_cycle.split(",") if one.strip())
        return {str(Cycle.parse(name.strip())): int(days) for name, _, days in parts}

    def lead_of(self, cycle: str) -> int:
        """Days between the invoice and the start of the period that it bills."""
        return self.leads.get(cycle, self.lead_days)

    @field_validator("funds_minimum", "funds_maximum")
    @classmethod
    def _amounts(cls, value: str) -> str:
        read_amounts(value)
        return value

    @field_validator("retry_days")
    @classmethod
    def _days(cls, value: str) -> str:
        days = [part.strip() for part in value.split(",")] if value.strip() else []
        if any(not day.isascii() or not day.isdigit() for day in days):
            raise ValueError("needs whole numbers separated by commas, such as 0,2,4")
        return value

    @property
    def retries(self) -> tuple[int, ...]:
        """Days after the due date, rising; as many tries follow the first."""
        return tuple(sorted(int(day) for day in self.retry_days.split(",") if day.strip()))

    @property
    def billing_gateways(self) -> frozenset[str]:
        """Names of gateways that may bill by themselves."""
        return frozenset(name.strip() for name in self.gateway_bills.split(",") if name.strip())

    def number_format_of(self, kind: str) -> str:
        """How the number of a kind of document is printed."""
        formats = {
            "proforma": self.proforma_format,
            "credit_note": self.credit_note_format,
            "debit_note": self.debit_note_format,
            "quote": self.quote_format,
        }
        return formats.get(kind, self.number_format)
