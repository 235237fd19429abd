"""Finds the message behind an English sentence that was put together elsewhere.

Rooms raise `Refused(f"{name} is taken")`, jobs store what they did: English, for logs and for every reader later.
What is shown of it is recognised by the message that the extractor took from that f-string: "${name} is taken".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from ezcore.languages.naming import split_message

_LEAST_LETTERS: Final = 4
_LONGEST: Final = 1000


class Recognised(NamedTuple):
    """A message and what stood in its places."""

    message: str
    values: Mapping[str, str]


class Sentences:
    """The messages with placeholders, ready to be recognised; the one with most words of its own is tried first."""

    def __init__(self, messages: Iterable[str]) -> None:
        self._by_start: dict[str, list[tuple[int, re.Pattern[str], str]]] = {}
        for message in messages:
            parts = split_message(message)
            weight = sum(char.isalpha() for text in parts[::2] for char in text)
            if len(parts) > 1 and weight >= _LEAST_LETTERS:
                self._by_start.setdefault(parts[0][:1], []).append((weight, _pattern(parts), message))
        for rows in self._by_start.values():
            rows.sort(key=lambda row: -row[0])

    def recognise(self, sentence: str) -> Recognised | None:
        """The message that this sentence was made from."""
        if len(sentence) > _LONGEST:
            return None
        for start in (sentence[:1], ""):
            for _, pattern, message in self._by_start.get(start, ()):
                found = pattern.fullmatch(sentence)
                if found is not None:
                    return Recognised(message, found.groupdict())
        return None


def _pattern(parts: list[str]) -> re.Pattern[str]:
    seen: set[str] = set()
    made = ""
    for n, part in enumerate(parts):
        if n % 2 == 0:
            made += re.escape(part)
        elif part in seen:
            made += f"(?P={part})"
        else:
            seen.add(part)
            made += f"(?P<{part}>.+?)"
    return re.compile(made, re.DOTALL)
