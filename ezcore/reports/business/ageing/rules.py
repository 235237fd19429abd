"""Pure: open amounts by the day on which they are due, folded into ages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from ezcore.kernel.money import Money


class Age(StrEnum):
    """How long something has been due; what is due today is due for 0 days."""

    NOT_YET = "not_yet"
    TO_30 = "0-30"
    TO_60 = "31-60"
    TO_90 = "61-90"
    OVER_90 = "90+"


_LONGEST: Final = ((30, Age.TO_30), (60, Age.TO_60), (90, Age.TO_90))


@dataclass(frozen=True)
class Open:
    """What is open of all invoices that are due on one day, and how many they are."""

    due_on: date
    invoices: int
    minor: int


@dataclass(frozen=True)
class Row:
    """What is open at an age."""

    age: Age
    invoices: int
    amount: Money


def age_of(due_on: date, on: date) -> Age:
    """The age on a day."""
    days = (on - due_on).days
    if days < 0:
        return Age.NOT_YET
    return next((age for most, age in _LONGEST if days <= most), Age.OVER_90)


def fold(opened: Iterable[Open], on: date, currency: str) -> list[Row]:
    """One row per age, also for those at which nothing is open."""
    invoices, minor = dict.fromkeys(Age, 0), dict.fromkeys(Age, 0)
    for one in opened:
        age = age_of(one.due_on, on)
        invoices[age] += one.invoices
        minor[age] += one.minor
    return [Row(age, invoices[age], Money(minor[age], currency)) for age in Age]
