"""What was typed in the search box: an optional kind (`invoice:`), the words, and how they are looked for. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_interface
from typing import Final

from ezcore.domain_names.names.rules import to_ascii
from ezcore.kernel.errors import InvalidInput

KINDS: Final = ("client", "invoice", "order", "service", "domain", "ticket", "transaction", "article")
PREFIXES: Final = {kind: kind for kind in KINDS} | {"ip": "service"}
"""What may stand before a colon, and the kind of record it asks for."""
LONGEST: Final = 120
SHORT: Final = 3
"""Below this many letters only beginnings are looked for: three letters make the first trigram of an index."""
_LONGEST_ID: Final = 18
_NUMBER: Final = re.compile(r"#?[a-z]{0,6}[-/]?[0-9][0-9a-z/-]*", re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
    """A search. `kind` is one of KINDS, or None for all; `by_ip`: services by their address only."""

    text: str
    kind: str | None = None
    by_ip: bool = False

    @property
    def id(self) -> int | None:
        """The text as the number of a record: `7`, `#7`."""
        digits = self.text.removeprefix("#")
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_ID else None

    @property
    def is_number(self) -> bool:
        """Does it look like a number that we gave: `7`, `2026-00001`, `T-2026-123456`?"""
        return _NUMBER.fullmatch(self.text) is not None

    @property
    def pattern(self) -> str:
        """For LIKE with the escape character `/`: anywhere in the text, or at its start when it is short."""
        return like(self.text)

    @property
    def domain(self) -> str:
        """The words as A-labels when they can be a name, else as they are: both spellings find the same name."""
        try:
            return to_ascii(self.text.strip(".").lower())
        except InvalidInput:
            return self.text.lower()

    @property
    def address(self) -> str:
        """The words as an IP address in its usual form, when they are one."""
        try:
            return str(ip_interface(self.text).ip)
        except ValueError:
            return self.text


def parse(typed: str) -> Wanted:
    """Read what was typed. A colon after anything but a known word is part of the text (`2001:db8::1`)."""
    text = " ".join(typed.split())[:LONGEST]
    head, colon, rest = text.partition(":")
    if colon and head.lower() in PREFIXES:
        return Wanted(rest.strip(), PREFIXES[head.lower()], head.lower() == "ip")
    return Wanted(text)


def like(text: str) -> str:
    """`text` as a LIKE pattern with the escape character `/`, in which it means only itself."""
    plain = text.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return f"{plain}%" if len(text) < SHORT else f"%{plain}%"
