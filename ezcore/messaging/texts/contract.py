"""Which mails the shop sends and which values each has: read from the table of themes/base/mail/README.md.

That table is the contract with themes; staff, who write texts of their own, are held to the same one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Final

from ezcore.kernel.errors import NotFound
from ezcore.kernel.money import Money
from ezcore.kernel.resources import find_tree
from ezcore.messaging.rules import Value

ALWAYS: Final = {"shop": "str", "site": "str"}
_ROW: Final = re.compile(r"^\| `(\w+)` \| (.*) \|$", re.MULTILINE)
_VALUE: Final = re.compile(r"`(\w+)`(?: \((Money|datetime|date)\))?")
_SAMPLES: Final[dict[str, Value]] = {
    "name": "Ann Tamm", "number": "2026-00042", "service": "web-1.example.com", "product": "VPS S",
    "domain": "example.com", "names": "example.com, www.example.com", "method": "Visa 4242", "hours": 5,
    "reference": "T-2026-000042", "subject": "My site is slow", "message": "Since noon.\nCan you look?",
    "reason": "the card was declined", "title": "A new site", "cycle": "1 month", "price": "€9.00",
    "words": "was renewed.", "inviter": "Kadri", "role": "Support", "expires": "12/2026", "renews_on": "1 January 2027",
}  # fmt: skip


@dataclass(frozen=True)
class MailKind:
    """A mail that the shop sends: its template's name and its values, each with its kind."""

    name: str
    values: Mapping[str, str]

    @property
    def title(self) -> str:
        """The name in words."""
        return self.name.replace("_", " ").capitalize()

    def samples(self, shop: str, site: str) -> dict[str, Value]:
        """A value for each name, to look at a text with."""
        return {name: _sample(name, kind, site) for name, kind in self.values.items()} | {
            "shop": shop,
            "site": site,
        }


def mail_kinds() -> Mapping[str, MailKind]:
    """Every mail by its name, in alphabetical order."""
    return _kinds()


def mail_kind(name: str) -> MailKind:
    """One of them. Raises: NotFound."""
    found = _kinds().get(name)
    if found is None:
        raise NotFound("There is no such mail")
    return found


@cache
def _kinds() -> dict[str, MailKind]:
    folder = find_tree("themes") / "base" / "mail"
    listed = _ROW.findall((folder / "README.md").read_text(encoding="utf-8"))
    found = {
        name: MailKind(name, {value: kind or "str" for value, kind in _VALUE.findall(cell)} | ALWAYS)
        for name, cell in listed
    }
    return {name: found[name] for name in sorted(found) if (folder / f"{name}.txt").is_file()}


def _sample(name: str, kind: str, site: str) -> Value:
    if kind == "Money":
        return Money.parse("49.90", "EUR")
    if kind == "datetime":
        return datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    if kind == "date":
        return date(2026, 12, 1)
    return f"{site}/sample/" if name.endswith("link") else _SAMPLES.get(name, name.replace("_", " "))
