"""How reports write what stands in them: on the page in the reader's language, in files as machines read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from babel.dates import format_skeleton
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape

from ezcore.kernel.money import Money
from ezcore.languages import say, tongue
from ezcore.web.shared import markup

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


@dataclass(frozen=True)
class Share:
    """A part of a whole, told in percent; nothing when there is no whole."""

    part: int
    whole: int

    def __bool__(self) -> bool:
        return bool(self.part)

    @property
    def ratio(self) -> Decimal | None:
        """Between 0 and 1 where the part is in the whole."""
        return Decimal(self.part) / Decimal(self.whole) if self.whole else None


def month_name(month: date) -> str:
    """Such as "Mar 2026", as the language has it."""
    return str(format_skeleton("yMMM", month, locale=tongue().locale))


def month_mark(month: date) -> str:
    """Such as "Mar", for the axis of a chart."""
    return str(format_skeleton("MMM", month, locale=tongue().locale))


def duration(span: timedelta) -> str:
    """To the minute; to the hour where it is days."""
    minutes = round(span.total_seconds() / 60)
    days, rest = divmod(minutes, _DAY)
    hours, left = divmod(rest, _HOUR)
    if days:
        return say("${days} d ${hours} h", days=days, hours=hours) if hours else say("${n} d", n=days)
    if hours and not left:
        return say("${n} h", n=hours)
    return say("${hours} h ${minutes} min", hours=hours, minutes=left) if hours else say("${n} min", n=left)


def shown(value: Any) -> Markup:
    """A cell of the page."""
    if value is None:
        return markup.NOTHING
    if isinstance(value, Money):
        return markup.money(value)
    if isinstance(value, Share):
        return shown(None) if value.ratio is None else escape(percent(value.ratio))
    if isinstance(value, timedelta):
        return escape(duration(value))
    return escape(format_decimal(value, locale=tongue().locale) if isinstance(value, int) else value)


def filed(value: Any) -> Any:
    """A cell of the file: shares as fractions of one, times in hours."""
    if isinstance(value, Share):
        return None if value.ratio is None else f"{value.ratio:.4f}"
    if isinstance(value, timedelta):
        return f"{value.total_seconds() / 3600:.2f}"
    return value


def percent(ratio: Decimal) -> str:
    """With one digit after the point."""
    text: str = format_percent(ratio, format=_pattern(), locale=tongue().locale)
    return text


def _pattern() -> str:
    return "#,##0.0 %" if tongue().locale != "en" else "#,##0.0%"
