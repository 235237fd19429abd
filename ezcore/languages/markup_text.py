"""Turns a text of a template, with its `${...}`, into one message with named places.

`Due ${day(bill.due_on)}` becomes `${said('Due ${due_on}', {'due_on': day(bill.due_on)})}`.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from ezcore.languages.expressions import SAY, Spoken, is_word, read, spoken
from ezcore.languages.naming import Names

SAID: Final = "said"
_SPACE: Final = re.compile(r"\s+")


def spoken_text(source: str, *, is_attribute: bool = False) -> Spoken:
    """The text with its words spoken; where it has none of its own, the words in its expressions."""
    parts = _split(source)
    if parts is None:
        return Spoken(source, ())
    literal = unescape("".join(text for text, is_code in parts if not is_code)).replace("$$", "$")
    if not is_word(literal):
        return _piecewise(parts, source)
    begin, end = _inner(parts)
    if (begin, end) == (0, len(parts)):
        return _whole(parts, is_attribute=is_attribute)
    outside = [_piecewise(some, _joined(some)) for some in (parts[:begin], parts[end:])]
    inside = _whole(parts[begin:end], is_attribute=is_attribute)
    made = f"{outside[0].source}{inside.source}{outside[1].source}"
    return Spoken(made, (*outside[0].messages, *inside.messages, *outside[1].messages))


def _inner(parts: list[tuple[str, bool]]) -> tuple[int, int]:
    """Pictures before and behind the words are no part of the sentence."""
    begin, end = 0, len(parts)
    while begin < end and _is_picture(parts[begin]):
        begin += 1
    while end > begin and _is_picture(parts[end - 1]):
        end -= 1
    return begin, end


def _is_picture(part: tuple[str, bool]) -> bool:
    text, is_code = part
    return text.lstrip().startswith(("icon(", "badge(")) if is_code else not text.strip()


def _joined(parts: list[tuple[str, bool]]) -> str:
    return "".join(f"${{{text}}}" if is_code else text for text, is_code in parts)


def _piecewise(parts: list[tuple[str, bool]], source: str) -> Spoken:
    messages: list[str] = []
    made = ""
    for text, is_code in parts:
        if is_code:
            one = spoken(unescape(text))
            messages += one.messages
            made += f"${{{one.source}}}"
        else:
            made += text
    return Spoken(made if messages else source, tuple(messages))


def _whole(parts: list[tuple[str, bool]], *, is_attribute: bool) -> Spoken:
    names, text = Names(), ""
    messages: list[str] = []
    places: list[str] = []
    for part, is_code in parts:
        if not is_code:
            text += unescape(part).replace("$$", "$")
            continue
        one = spoken(unescape(part).strip())
        messages += one.messages
        tree = read(one.source)
        name = names.take(one.source, [tree] if tree is not None else [])
        text += f"${{{name}}}"
        places.append(f"{name!r}: ({one.source})")
    body = text.strip()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    message = _SPACE.sub(" ", body)
    call = f"{SAID}({message!r}, {{{', '.join(dict.fromkeys(places))}}})" if places else f"{SAY}({message!r})"
    edge = ("", "") if is_attribute else (before, after)
    return Spoken(f"{edge[0]}${{{call}}}{edge[1]}", (message, *messages))


def _split(source: str) -> list[tuple[str, bool]] | None:
    """Text and code in turn; None when a `${` has no end that Python can read."""
    parts: list[tuple[str, bool]] = []
    rest = source
    while (at := _next(rest)) >= 0:
        end = _end(rest, at + 2)
        if end is None:
            return None
        parts += [(rest[:at], False), (rest[at + 2 : end], True)]
        rest = rest[end + 1 :]
    return [*parts, (rest, False)]


def _next(text: str) -> int:
    """Where the next `${` is that is not written `$${`."""
    found = re.search(r"(?<!\$)(?:\$\$)*(\$\{)", text)
    return found.start(1) if found else -1


def _end(text: str, begin: int) -> int | None:
    at = text.find("}", begin)
    while at >= 0:
        if read(unescape(text[begin:at])) is not None:
            return at
        at = text.find("}", at + 1)
    return None
