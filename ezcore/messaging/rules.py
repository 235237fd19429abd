"""Pure rules of mail text: fill in a template, print values, keep headers one line long.

Templates have no logic: ``{{ name }}`` is replaced once by a value, and what a value contains is never read
as a template, so nothing that a client typed can run or reach another header.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency

from ezcore.kernel.money import Money
from ezcore.messaging.errors import BadRecipient, BadTemplate

Value = str | int | Money | date | datetime
"""What a template can print. A datetime is printed in the shop's time zone."""

_PLACEHOLDER: Final = re.compile(r"\{\{ *([a-z][a-z0-9_]*) *\}\}")
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
    """A mail as it will be read."""

    subject: str
    body: str


def fill_in(source: str, values: Mapping[str, Value], *, language: str, time_zone: str) -> Text:
    """Print a template whose first line is ``Subject: ...``. Raises: BadTemplate."""
    first, _, body = source.partition("\n")
    if not first.startswith(_SUBJECT):
        raise BadTemplate("the first line of a mail template is 'Subject: ...'")
    printed = {name: printable(value, language, time_zone) for name, value in values.items()}
    subject = _replace(first.removeprefix(_SUBJECT), {name: one_line(text) for name, text in printed.items()})
    return Text(one_line(subject)[:LONGEST_SUBJECT], _replace(body.lstrip("\n"), printed))


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


def _replace(source: str, printed: Mapping[str, str]) -> str:
    rest = _PLACEHOLDER.sub("", source)
    if "{{" in rest or "}}" in rest:
        raise BadTemplate(f"a placeholder cannot be read near {rest[max(rest.find('{{'), 0) :][:40]!r}")

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in printed:
            raise BadTemplate(f"the template asks for {name}, which this mail does not have")
        return printed[name]

    return _PLACEHOLDER.sub(value, source)


def _is_control(char: str) -> bool:
    # Cc control, Cf format (bidi overrides), Cs lone surrogates, Zl/Zp line and paragraph separators.
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
