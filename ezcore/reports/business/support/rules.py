"""Pure: waits of tickets, folded by month and department."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ezcore.reports.business.months import Months


@dataclass(frozen=True)
class Talk:
    """A ticket: the place of the month in which it was opened (`Months.place`), and its waits as far as they are over.

    `asked`: a client wrote, so an answer is owed.
    """

    place: int
    department_id: int
    asked: bool
    answer: timedelta | None
    close: timedelta | None


@dataclass(frozen=True)
class Row:
    """Tickets of a month or a department; times are none where nothing is there to be measured."""

    month: date | None
    department_id: int | None
    tickets: int
    unanswered: int
    answer_half: timedelta | None
    answer_most: timedelta | None
    closed: int
    close_half: timedelta | None
    close_most: timedelta | None


def by_month(months: Months, talks: Iterable[Talk]) -> list[Row]:
    """One row per month."""
    parts: list[list[Talk]] = [[] for _ in months.all]
    for talk in talks:
        parts[talk.place].append(talk)
    return [row(found, month=month) for month, found in zip(months.all, parts, strict=True)]


def by_department(talks: Iterable[Talk], departments: Sequence[int]) -> list[Row]:
    """One row per department, in their order, also for those without tickets."""
    parts: dict[int, list[Talk]] = {number: [] for number in departments}
    for talk in talks:
        parts.setdefault(talk.department_id, []).append(talk)
    return [row(found, department_id=number) for number, found in parts.items()]


def by_department_and_month(
    months: Months, talks: Iterable[Talk], departments: Sequence[int]
) -> list[list[int]]:
    """How many tickets: a list per month, with a number per department."""
    counts = [dict.fromkeys(departments, 0) for _ in months.all]
    for talk in talks:
        counts[talk.place][talk.department_id] += 1
    return [[found[number] for number in departments] for found in counts]


def row(talks: Sequence[Talk], month: date | None = None, department_id: int | None = None) -> Row:
    """These tickets together."""
    answers = sorted(talk.answer for talk in talks if talk.answer is not None)
    closes = sorted(talk.close for talk in talks if talk.close is not None)
    return Row(
        month=month,
        department_id=department_id,
        tickets=len(talks),
        unanswered=sum(talk.asked and talk.answer is None for talk in talks),
        answer_half=at_most(answers, 50),
        answer_most=at_most(answers, 90),
        closed=len(closes),
        close_half=at_most(closes, 50),
        close_most=at_most(closes, 90),
    )


def at_most(waits: Sequence[timedelta], percent: int) -> timedelta | None:
    """The shortest of these sorted waits that so many percent of them are not longer than (the nearest rank)."""
    return waits[-(-len(waits) * percent // 100) - 1] if waits else None
