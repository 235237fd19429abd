"""Translates the content of records between presentation form and the `data` objects of Cloudflare."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any, Final

Data = dict[str, Any]
CHUNK: Final = 255
_STRING: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE: Final = re.compile(r"\\(\d{3}|.)", re.DOTALL)
LOC: Final = re.compile(
    r"(\d+)(?: (\d+))?(?: ([\d.]+))? ([NS]) (\d+)(?: (\d+))?(?: ([\d.]+))? ([EW]) (-?[\d.]+)m?"
    r"(?: ([\d.]+)m?)?(?: ([\d.]+)m?)?(?: ([\d.]+)m?)?"
)


def quoted(text: str) -> str:
    """TXT as Cloudflare wants it: strings of at most 255 octets in quotes."""
    raw = text.encode()
    chunks = [raw[at : at + CHUNK] for at in range(0, len(raw), CHUNK)] or [b""]
    return " ".join('"' + "".join(map(_escaped, chunk)) + '"' for chunk in chunks)


def unquoted(text: str) -> str:
    """TXT as people write it; what came without quotes stays as it is."""
    if not text.startswith('"'):
        return text
    raw = b"".join(_unescaped(part) for part in _STRING.findall(text))
    return raw.decode("utf-8", "replace")


def host(name: str) -> str:
    """A host name without its last dot, in lower case; the root stays a dot."""
    return name.strip().lower().rstrip(".") or "."


def to_data(kind: str, content: str, priority: int | None) -> Data:
    """The `data` object of a record. Raises: ValueError in words."""
    try:
        return _TO[kind](content, priority)
    except (ValueError, IndexError, TypeError) as error:
        raise ValueError(f"{kind} cannot be read: {content[:120]!r}") from error


def from_data(kind: str, data: Mapping[str, Any]) -> tuple[str, int | None]:
    """Content and priority. Raises: KeyError, TypeError, ValueError for an object of another shape."""
    return _FROM[kind](data)


def _escaped(octet: int) -> str:
    if octet in (0x22, 0x5C):
        return "\\" + chr(octet)
    return chr(octet) if 0x20 <= octet < 0x7F else f"\\{octet:03d}"  # noqa: PLR2004 - printable ASCII


def _unescaped(text: str) -> bytes:
    def octets(match: re.Match[str]) -> str:
        return chr(int(match[1])) if len(match[1]) == 3 else match[1]  # noqa: PLR2004 - \DDD

    if text.isascii():
        return _ESCAPE.sub(octets, text).encode("latin-1", "replace")
    return _ESCAPE.sub(r"\1", text).encode()


def _words(content: str, count: int) -> list[str]:
    words = shlex.split(content)
    if len(words) != count:
        raise ValueError(f"{count} parts are needed")
    return words


def _svc(content: str, _priority: int | None) -> Data:
    first, target, *rest = content.split(None, 2)
    return {"priority": int(first), "target": host(target), "value": rest[0].strip() if rest else ""}


def _caa(content: str, _priority: int | None) -> Data:
    flags, tag, value = _words(content, 3)
    return {"flags": int(flags), "tag": tag.lower(), "value": value}


def _srv(content: str, priority: int | None) -> Data:
    weight, port, target = _words(content, 3)
    return {"priority": priority or 0, "weight": int(weight), "port": int(port), "target": host(target)}


def _digest(*names: str) -> Callable[[str, int | None], Data]:
    def read(content: str, _priority: int | None) -> Data:
        *numbers, digest = content.split(None, len(names) - 1)
        data: Data = {name: int(number) for name, number in zip(names, numbers, strict=False)}
        data[names[-1]] = "".join(digest.split()).lower()
        if len(data) != len(names) or not re.fullmatch(r"[0-9a-f]+", data[names[-1]]):
            raise ValueError("a digest is needed")
        return data

    return read


def _naptr(content: str, _priority: int | None) -> Data:
    order, preference, flags, service, regex, replacement = _words(content, 6)
    return {
        "order": int(order), "preference": int(preference), "flags": flags, "service": service,
        "regex": regex, "replacement": host(replacement),
    }  # fmt: skip


def _uri(content: str, _priority: int | None) -> Data:
    weight, target = _words(content, 2)
    return {"weight": int(weight), "target": target}


def _loc(content: str, _priority: int | None) -> Data:
    match = LOC.fullmatch(" ".join(content.split()))
    if match is None:
        raise ValueError("a place is needed")
    part = match.groups()
    return {
        "lat_degrees": int(part[0]), "lat_minutes": int(part[1] or 0), "lat_seconds": float(part[2] or 0),
        "lat_direction": part[3],
        "long_degrees": int(part[4]), "long_minutes": int(part[5] or 0), "long_seconds": float(part[6] or 0),
        "long_direction": part[7],
        "altitude": float(part[8]), "size": float(part[9] or 1),
        "precision_horz": float(part[10] or 10000), "precision_vert": float(part[11] or 10),
    }  # fmt: skip


def _place(data: Mapping[str, Any]) -> tuple[str, None]:
    def half(side: str) -> str:
        seconds = float(data[f"{side}_seconds"])
        return f"{_n(data[f'{side}_degrees'])} {_n(data[f'{side}_minutes'])} {seconds:.3f} {data[f'{side}_direction']}"

    sizes = (float(data[name]) for name in ("altitude", "size", "precision_horz", "precision_vert"))
    return f"{half('lat')} {half('long')} " + " ".join(f"{size:.2f}m" for size in sizes), None


def _n(value: Any) -> int:
    """Cloudflare's numbers may come as 5 or 5.0."""
    return int(value)


def _svc_text(data: Mapping[str, Any]) -> tuple[str, None]:
    return f"{_n(data['priority'])} {host(data['target'])} {data.get('value') or ''}".strip(), None


def _plain(*names: str) -> Callable[[Mapping[str, Any]], tuple[str, None]]:
    def write(data: Mapping[str, Any]) -> tuple[str, None]:
        numbers = [str(_n(data[name])) for name in names[:-1]]
        return " ".join([*numbers, str(data[names[-1]]).lower()]), None

    return write


_DS: Final = ("key_tag", "algorithm", "digest_type", "digest")
_SSHFP: Final = ("algorithm", "type", "fingerprint")
_TLSA: Final = ("usage", "selector", "matching_type", "certificate")
_TO: Final[Mapping[str, Callable[[str, int | None], Data]]] = {
    "CAA": _caa, "DS": _digest(*_DS), "HTTPS": _svc, "LOC": _loc, "NAPTR": _naptr, "SRV": _srv,
    "SSHFP": _digest(*_SSHFP), "SVCB": _svc, "TLSA": _digest(*_TLSA), "URI": _uri,
}  # fmt: skip
_FROM: Final[Mapping[str, Callable[[Mapping[str, Any]], tuple[str, int | None]]]] = {
    "CAA": lambda d: (f'{_n(d["flags"])} {d["tag"]} "{d["value"]}"', None),
    "DS": _plain(*_DS),
    "HTTPS": _svc_text,
    "LOC": _place,
    "NAPTR": lambda d: (
        f'{_n(d["order"])} {_n(d["preference"])} "{d["flags"]}" "{d["service"]}" "{d["regex"]}" '
        + host(d["replacement"]),
        None,
    ),
    "SRV": lambda d: (f"{_n(d['weight'])} {_n(d['port'])} {host(d['target'])}", _n(d["priority"])),
    "SSHFP": _plain(*_SSHFP),
    "SVCB": _svc_text,
    "TLSA": _plain(*_TLSA),
    "URI": lambda d: (f'{_n(d["weight"])} "{d["target"]}"', None),
}
WITH_DATA: Final = frozenset(_TO)
