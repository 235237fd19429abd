"""Atoms of pages that templates call: icons, money, badges, dates. They return escaped markup."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import lucide
from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency
from markupsafe import Markup, escape

from ezcore.kernel.money import Money
from ezcore.languages import say, tongue
from ezcore.web.shared.status import kind_and_word

NOTHING: Final = Markup("&ndash;")


@cache
def icon(name: str, cls: str = "") -> Markup:
    """A lucide icon inlined as SVG, hidden from screen readers: words always stand beside it."""
    frame = Markup('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>')
    return frame.format(f"icon {cls}".rstrip(), shapes(name))


def shapes(name: str) -> Markup:
    """What a lucide icon is drawn of."""
    svg = lucide.lucide_icon(name)
    inner = " ".join(svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")].split())
    return Markup(inner)  # noqa: S704  # nosec B704 - the package's own shapes, by a name that a template wrote


def money(amount: Money | None, locale: str | None = None) -> Markup:
    """An amount as babel prints it, never broken across lines; `locale` None: that of the language spoken now."""
    if amount is None:
        return Markup("")
    locale = locale or tongue().locale
    text = format_currency(amount.decimal, amount.currency, locale=locale)
    return Markup('<bdi class="money">{}</bdi>').format(text.replace("-", "\u2212"))


def badge(status: str, word: str | None = None) -> Markup:
    """A status by shape, colour and word; `word` replaces the table's own."""
    kind, own = kind_and_word(status)
    return Markup('<span class="badge is-{}">{}</span>').format(kind, say(word or own))


def day(value: date | None, locale: str | None = None) -> Markup:
    """A business date."""
    if value is None:
        return NOTHING
    locale = locale or tongue().locale
    return Markup('<time datetime="{}">{}</time>').format(
        value, format_date(value, _day_pattern(locale), locale=locale)
    )


def moment(value: datetime | None, zone: str, locale: str | None = None) -> Markup:
    """An instant in the shop's time zone, to the second."""
    if value is None:
        return NOTHING
    locale = locale or tongue().locale
    local = value.astimezone(ZoneInfo(zone))
    text = format_datetime(local, f"{_day_pattern(locale)}, HH:mm:ss", locale=locale)
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), text)


def _day_pattern(locale: str) -> str:
    """Day before month in English too, as the trade writes it; elsewhere as the language has it."""
    return "d MMM y" if locale == "en" else str(Locale.parse(locale).date_formats["medium"].pattern)


def safe_href(url: str) -> str:
    """A link from outside: only http, https and our own paths pass (Chameleon filters no schemes)."""
    # Browsers drop control characters and read backslashes as slashes: "/<tab>/evil" leaves the site.
    if any(char <= " " or char in "\\\x7f" for char in url):
        return "#"
    own = url.startswith("/") and not url.startswith("//")
    return url if own or url.lower().startswith(("https://", "http://")) else "#"


def lines(text: str) -> Markup:
    """Text with its line breaks kept."""
    return Markup("<br/>").join(escape(line) for line in text.splitlines())
