"""Translates single records between the port's words and PowerDNS's: last dots, priorities, quotes."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

Words = tuple[str, int | None]
HOST_AT: Final = {
    "ALIAS": 0,
    "CNAME": 0,
    "MX": 0,
    "NAPTR": -1,
    "NS": 0,
    "PTR": 0,
    "SRV": -1,
    "HTTPS": 1,
    "SVCB": 1,
}
"""Which word of the content (without its priority) is a host name."""
WITH_PRIORITY: Final = frozenset({"MX", "SRV", "URI"})
HEX_LAST: Final = frozenset({"DS", "SSHFP", "TLSA"})
TYPES: Final = frozenset({*HOST_AT, *HEX_LAST, "A", "AAAA", "CAA", "LOC", "TXT", "URI"})
CHUNK: Final = 255
_STRING: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE: Final = re.compile(r"\\(\d{3}|.)", re.DOTALL)
_NEEDLESS: Final = re.compile(r'="([^"\s\\;]*)"')


def sent(kind: str, content: str, priority: int | None) -> str:
    """As PowerDNS wants it."""
    if kind == "TXT":
        return quoted(content)
    text = " ".join(content.split()) if kind != "CAA" else content.strip()
    if kind == "AAAA":
        text = _address(text)
    if kind in HOST_AT:
        text = _with_host(text, HOST_AT[kind], dotted=True)
    if kind in ("HTTPS", "SVCB"):
        text = _NEEDLESS.sub(r"=\1", text)
    if kind in HEX_LAST:
        text = text.lower()
    return f"{priority or 0} {text}" if kind in WITH_PRIORITY else text


def shown(kind: str, content: str) -> Words:
    """As the port writes it. Raises: ValueError for a content of another shape."""
    if kind == "TXT":
        return unquoted(content), None
    priority = None
    text = content.strip()
    if kind in WITH_PRIORITY:
        first, text = text.split(None, 1)
        priority = int(first)
    if kind in HOST_AT:
        text = _with_host(text, HOST_AT[kind], dotted=False)
    if kind in ("HTTPS", "SVCB"):
        text = _NEEDLESS.sub(r"=\1", text)
    return (text.lower() if kind in HEX_LAST else text), priority


def quoted(text: str) -> str:
    """TXT in strings of at most 255 octets."""
    raw = text.encode()
    chunks = [raw[at : at + CHUNK] for at in range(0, len(raw), CHUNK)] or [b""]
    return " ".join('"' + "".join(map(_escaped, chunk)) + '"' for chunk in chunks)


def unquoted(text: str) -> str:
    """TXT as people write it."""
    parts = _STRING.findall(text)
    if not parts:
        return text
    return b"".join(_ESCAPE.sub(_octet, part).encode("latin-1", "replace") for part in parts).decode(
        "utf-8", "replace"
    )


def _escaped(octet: int) -> str:
    if octet in (0x22, 0x5C):
        return "\\" + chr(octet)
    return chr(octet) if 0x20 <= octet < 0x7F else f"\\{octet:03d}"  # noqa: PLR2004 - printable ASCII


def _octet(match: re.Match[str]) -> str:
    return chr(int(match[1])) if len(match[1]) == 3 else match[1]  # noqa: PLR2004 - \DDD


def _with_host(text: str, place: int, *, dotted: bool) -> str:
    words = text.split(" ")
    if len(words) > abs(place) - (place < 0):
        name = words[place].lower().rstrip(".")
        words[place] = (f"{name}." if dotted else name) or "."
    return " ".join(words)


def _address(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        return text  # the server names what is wrong
