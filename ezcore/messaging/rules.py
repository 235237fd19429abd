"""Pure rules of mail text: fill in a template, print values, keep headers one line long.

Templates have no logic (see `language.py`): a place is replaced once by a value, and what a value contains is never
read as a template, so nothing that a client typed can run, reach another header or become markup.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency

from ezcore.kernel.money import Money
from ezcore.messaging import language as places
from ezcore.messaging.errors import BadRecipient, BadTemplate

Value = str | int | Money | date | datetime
"""What a template can print. A datetime is printed in the shop's time zone."""

# An addr-spec of RFC 5321 without quoted local parts, comments and literals, in ASCII.
_ATEXT: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*@(?:{_LABEL}\.)+{_LABEL}")
_SUBJECT: Final = "Subject: "
LONGEST_SUBJECT: Final = 200
LONGEST_ADDRESS: Final = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets
LONGEST_LOCAL_PART: Final = 64


@dataclass(frozen=True)
class Text:
    """A mail as it will be read; `html` is empty where it is plain text only."""

    subject: str
    body: str
    html: str = ""


def fill_in(source: str, values: Mapping[str, Value], *, language: str, time_zone: str) -> Text:
    """Print a template whose first line is ``Subject: ...``. Raises: BadTemplate."""
    first, _, body = source.partition("\n")
    if not first.startswith(_SUBJECT):
        raise BadTemplate("the first line of a mail template is 'Subject: ...'")
    return fill_parts(
        Text(first.removeprefix(_SUBJECT), body.lstrip("\n")), values, language=language, time_zone=time_zone
    )


def fill_parts(source: Text, values: Mapping[str, Value], *, language: str, time_zone: str) -> Text:
    """Print a text whose parts stand by themselves. Raises: BadTemplate, naming the part when it is not the body."""
    printed = {name: printable(value, language, time_zone) for name, value in values.items()}
    lined = {name: one_line(text) for name, text in printed.items()}
    subject = _part("subject", source.subject, lined)
    html = _part("HTML", source.html, {name: as_html(text) for name, text in printed.items()})
    return Text(one_line(subject)[:LONGEST_SUBJECT], places.fill(source.body, printed), html)


def as_html(text: str) -> str:
    """A value in an HTML text: no markup in it, line breaks kept."""
    return escape(text).replace("\n", "<br>\n")


def printable(value: Value, language: str, time_zone: str) -> str:
    """How a value reads in a language; control characters other than line breaks are dropped."""
    if isinstance(value, Money):
        return str(format_currency(value.decimal, value.currency, locale=language))
    if isinstance(value, datetime):
        local = value.astimezone(ZoneInfo(time_zone))
        return f"{format_date(local, 'long', locale=language)}, {local:%H:%M %Z}"
    if isinstance(value, date):
        return str(format_date(value, "long", locale=language))
    return "".join(char for char in str(value) if char == "\n" or not _is_control(char))


def one_line(text: str) -> str:
    """Safe in a header: no line break of any kind, no control character."""
    return " ".join("".join(" " if _is_control(char) else char for char in text).split())


def check_address(address: str) -> str:
    """The address as given, if mail can be sent to it. Raises: BadRecipient."""
    local = address.partition("@")[0]
    if (
        len(address) > LONGEST_ADDRESS
        or len(local) > LONGEST_LOCAL_PART
        or _ADDRESS.fullmatch(address) is None
    ):
        raise BadRecipient("This is not a complete e-mail address, such as name@example.com", field="email")
    return address


def _part(name: str, source: str, printed: Mapping[str, str]) -> str:
    try:
        return places.fill(source, printed)
    except BadTemplate as error:
        raise BadTemplate(f"{name}, {error.message}") from error


def _is_control(char: str) -> bool:
    # Cc control, Cf format (bidi overrides), Cs lone surrogates, Zl/Zp line and paragraph separators.
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
