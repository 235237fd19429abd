"""What is asked of a report, read from its address: months, a day, a currency.

What cannot be read is told at its field and stays there as it was typed; the report then shows what it shows unasked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from ezcore.kernel.errors import InvalidInput
from ezcore.languages import say
from ezcore.reports.business.months import Months, months_up_to, shift
from ezcore.reports.business.queries import currencies

USUAL: Final = 12
MOST: Final = 18
_MONTH: Final = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST: Final = 40


@dataclass
class Asked:
    """What was typed, by the name of the field, and what is wrong with it."""

    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    choices: dict[str, Sequence[tuple[str, str]]] = field(default_factory=dict)

    @property
    def query(self) -> dict[str, str]:
        """The address of the same again."""
        return {name: value for name, value in self.typed.items() if value}


def asked(request: Any, *names: str) -> Asked:
    """What the address says of these fields."""
    return Asked({name: str(request.GET.get(name, "")).strip()[:_LONGEST] for name in names})


def months(request: Any, wish: Asked) -> Months:
    """From `from` to `to`, at most `MOST` months; a year up to this month when nothing is asked."""
    usual = months_up_to(request.uow.today(), USUAL)
    found = _span(wish, usual)
    shown = usual if wish.errors else found
    for name, month in (("from", shown.first), ("to", shown.last)):
        if not wish.errors or not wish.typed[name]:
            wish.typed[name] = f"{month:%Y-%m}"
    return shown


def day(request: Any, wish: Asked, name: str = "on") -> date:
    """A day up to today; today when nothing is asked."""
    today: date = request.uow.today()
    found = _day(wish.typed[name]) if wish.typed[name] else today
    if found is None or found > today:
        wish.errors[name] = "Write a day up to today, such as 2026-03-31"
        return today
    wish.typed[name] = found.isoformat()
    return found


def currency(request: Any, wish: Asked) -> str:
    """One of those that the shop has used; its own when nothing is asked."""
    known = currencies(request.uow)
    wish.choices["currency"] = [(code, code) for code in known]
    return chosen(wish, "currency", {code: code for code in known}, request.settings.shop.currency)


def chosen(wish: Asked, name: str, known: Mapping[str, str], usual: str) -> str:
    """One of what there is."""
    if not wish.typed[name]:
        wish.typed[name] = usual
    if wish.typed[name] not in known and wish.typed[name] != usual:
        wish.errors[name] = "Choose one of those offered"
        return usual
    return wish.typed[name]


def _span(wish: Asked, usual: Months) -> Months:
    """What was typed; one end alone is joined by the other, as near to the usual span as it can be."""
    first, last = _month(wish, "from"), _month(wish, "to")
    if last is None:
        last = usual.last if first is None else max(first, min(usual.last, shift(first, MOST - 1)))
    try:
        found = Months(first or shift(last, 1 - USUAL), last)
    except InvalidInput as error:
        wish.errors.setdefault(error.field or "to", str(error))
        return usual
    if len(found.all) > MOST:
        wish.errors["from"] = say("Choose at most ${n} months", n=MOST)
    return found


def _month(wish: Asked, name: str) -> date | None:
    text = wish.typed[name]
    if not text:
        return None
    found = _MONTH.fullmatch(text)
    if found is None or not 1 <= int(found[2]) <= 12 or not 2000 <= int(found[1]) <= 2100:  # noqa: PLR2004
        wish.errors[name] = "Write a month, such as 2026-03"
        return None
    return date(int(found[1]), int(found[2]), 1)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
