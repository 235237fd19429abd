"""Pure rules of DNS records: what each type may hold, and what cannot stand beside what (RFC 1035 and later)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, get_args

from ezcore.domain_names.names.rules import parse_address, parse_host, to_ascii
from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.ports.dns import DnsRecord, RecordChanges, RecordType

TYPES: Final[tuple[str, ...]] = get_args(RecordType)
WITH_PRIORITY: Final = ("MX", "SRV", "URI")
LEAST_TTL: Final = 30
MOST_TTL: Final = 604_800
LONGEST_TEXT: Final = 4096
LONGEST_OTHER: Final = 1024
_OWNER: Final = re.compile(r"(?:\*|[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)")
_HEX: Final = re.compile(r"[0-9a-fA-F]+")
_PRIORITY: Final = re.compile(r"[0-9]{1,5}")
_TAGS: Final = ("issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone")
_U8: Final = 255
_U16: Final = 65_535


def parse_record(
    zone: str,
    kind: str,
    name: str,
    content: str,
    ttl: str = "",
    priority: str = "",
    *,
    proxied: bool | None = None,
) -> DnsRecord:
    """A record as it was typed, in the form that providers are handed. Raises: InvalidInput naming the field."""
    if kind not in TYPES:
        raise InvalidInput("choose one of the types offered", field="type")
    owner = owner_name(zone, name)
    text = content.strip()
    if any(ord(char) < ord(" ") or char == "\x7f" for char in text):
        raise InvalidInput("write the content on one line", field="content")
    if not text:
        raise InvalidInput("write what the record holds", field="content")
    if kind == "CNAME" and owner == zone:
        raise InvalidInput("the name itself cannot be a CNAME; use ALIAS, or A and AAAA", field="name")
    if kind == "SRV" and not re.match(r"_[a-z0-9-]+\._[a-z]+(\.|$)", owner):
        raise InvalidInput("the name of a SRV record is such as _sip._tcp", field="name")
    check: Callable[[str], str] = _CONTENT.get(kind, _printable)
    return DnsRecord(
        name=owner,
        type=kind,
        content=check(text),
        ttl=_ttl(ttl),
        priority=_priority(kind, priority),
        proxied=proxied,
    )


def owner_name(zone: str, typed: str) -> str:
    """The absolute name of a record; nothing and `@` are the zone's own. Raises: InvalidInput(field="name")."""
    text = typed.strip().lower()
    absolute = text.endswith(".")
    text = text.rstrip(".")
    if text in ("", "@", zone):
        return zone
    if absolute and not text.endswith(f".{zone}"):
        raise InvalidInput(f"{text[:80]} is not below {zone}", field="name")
    if not text.endswith(f".{zone}"):
        text = f"{text}.{zone}"
    if not text.isascii():
        text = to_ascii(text, "name")
    labels = text.split(".")
    wrong = any(_OWNER.fullmatch(label) is None for label in labels) or "*" in labels[1:]
    if wrong or len(text) > 253:  # noqa: PLR2004 - the longest name of the DNS
        raise InvalidInput("write a name such as www, @ or *", field="name")
    return text


def shown_name(zone: str, name: str) -> str:
    """The name as a form shows it: relative, `@` for the zone's own."""
    return "@" if name == zone else name.removesuffix(f".{zone}")


def check_set(zone: str, records: Iterable[DnsRecord]) -> None:
    """What cannot stand together in one zone. Raises: InvalidInput naming the field."""
    by_name: dict[str, list[DnsRecord]] = {}
    seen = set()
    for record in records:
        if record.identity in seen:
            where = shown_name(zone, record.name)
            raise InvalidInput(f"{record.type} {where} with this content is there already", field="content")
        seen.add(record.identity)
        by_name.setdefault(record.name, []).append(record)
    for name, there in by_name.items():
        if len(there) > 1 and any(one.type == "CNAME" for one in there):
            where = shown_name(zone, name)
            raise InvalidInput(f"{where} is a CNAME, so nothing else can stand at {where}", field="name")


def after(records: Sequence[DnsRecord], changes: RecordChanges) -> list[DnsRecord]:
    """The records as they will be."""
    gone = {one.identity for one in changes.delete}
    return [one for one in records if one.identity not in gone] + list(changes.add)


def replacing(records: Sequence[DnsRecord], wanted: Sequence[DnsRecord]) -> RecordChanges:
    """The batch that makes each (name, type) among `wanted` hold exactly what is wanted there."""
    sets = {(one.name, one.type) for one in wanted}
    here = [one for one in records if (one.name, one.type) in sets]
    standing = {one.identity: one for one in here}
    want = {one.identity: one for one in wanted}
    keep = {
        identity
        for identity, one in want.items()
        if identity in standing and (one.ttl is None or standing[identity].ttl == one.ttl)
    }
    return RecordChanges(
        delete=tuple(one for identity, one in standing.items() if identity not in keep),
        add=tuple(one for identity, one in want.items() if identity not in keep),
    )


def zone_of(name: str, zones: Iterable[str]) -> str | None:
    """The zone that a name belongs to: the longest that it ends with."""
    fits = [zone for zone in zones if name == zone or name.endswith(f".{zone}")]
    return max(fits, key=len, default=None)


def _ttl(typed: str) -> int | None:
    text = typed.strip()
    if not text:
        return None
    if re.fullmatch(r"[0-9]{1,7}", text) is None or not LEAST_TTL <= int(text) <= MOST_TTL:
        raise InvalidInput(f"from {LEAST_TTL} to {MOST_TTL} seconds, or nothing", field="ttl")
    return int(text)


def _priority(kind: str, typed: str) -> int | None:
    text = typed.strip()
    if kind not in WITH_PRIORITY:
        return None
    if not text and kind == "URI":
        return 10
    if _PRIORITY.fullmatch(text) is None or int(text) > _U16:
        raise InvalidInput(f"a {kind} record has a priority from 0 to {_U16}", field="priority")
    return int(text)


def _host(text: str) -> str:
    return parse_host(text, "content", underscores=True)


def _mail_host(text: str) -> str:
    return "." if text == "." else _host(text)


def _text(text: str) -> str:
    bare = text
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        bare = re.sub(r'"\s+"', "", text[1:-1])
    if len(bare.encode()) > LONGEST_TEXT:
        raise InvalidInput(f"a text has at most {LONGEST_TEXT} bytes", field="content")
    return bare


def _srv(text: str) -> str:
    parts = text.split()
    if len(parts) != 3 or any(_PRIORITY.fullmatch(one) is None or int(one) > _U16 for one in parts[:2]):  # noqa: PLR2004
        raise InvalidInput("write weight, port and host, such as 5 5060 sip.example.com", field="content")
    return f"{int(parts[0])} {int(parts[1])} {_mail_host(parts[2])}"


def _caa(text: str) -> str:
    found = re.fullmatch(r'([0-9]{1,3})\s+([a-z]+)\s+"?([\x20\x21\x23-\x7e]*)"?', text)
    if found is None or int(found[1]) > _U8 or found[2] not in _TAGS:
        raise InvalidInput('write such as 0 issue "letsencrypt.org"', field="content")
    return f'{int(found[1])} {found[2]} "{found[3]}"'


def _numbers_and_hex(count: int, example: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        parts = text.split()
        digits, rest = parts[:count], "".join(parts[count:])
        good = len(digits) == count and all(_PRIORITY.fullmatch(one) and int(one) <= _U16 for one in digits)
        if not good or _HEX.fullmatch(rest) is None or len(rest) % 2:
            raise InvalidInput(f"write such as {example}", field="content")
        return " ".join([*(str(int(one)) for one in digits), rest.lower()])

    return check


def _service(text: str) -> str:
    parts = text.split()
    if len(parts) < 2 or _PRIORITY.fullmatch(parts[0]) is None or int(parts[0]) > _U16:  # noqa: PLR2004
        raise InvalidInput('write such as 1 . alpn="h2,h3"', field="content")
    target = "." if parts[1] == "." else _host(parts[1])
    return _printable(" ".join([str(int(parts[0])), target, *parts[2:]]))


def _uri(text: str) -> str:
    found = re.fullmatch(r'([0-9]{1,5})\s+"?([\x21\x23-\x7e]+)"?', text)
    if found is None or int(found[1]) > _U16:
        raise InvalidInput('write weight and address, such as 1 "https://example.com/"', field="content")
    return f'{int(found[1])} "{found[2]}"'


def _printable(text: str) -> str:
    if not text.isascii() or len(text) > LONGEST_OTHER:
        raise InvalidInput(f"plain characters only, at most {LONGEST_OTHER}", field="content")
    return text


_CONTENT: Final[dict[str, Any]] = {
    "A": lambda text: parse_address(text, "content", 4),
    "AAAA": lambda text: parse_address(text, "content", 6),
    "ALIAS": _host,
    "CNAME": _host,
    "NS": _host,
    "PTR": _host,
    "MX": _mail_host,
    "TXT": _text,
    "SRV": _srv,
    "CAA": _caa,
    "DS": _numbers_and_hex(3, "12345 13 2 49FD46E6C4B45C55D4AC"),
    "TLSA": _numbers_and_hex(3, "3 1 1 0B9FA5A59EED715C"),
    "SSHFP": _numbers_and_hex(2, "4 2 123456789ABCDEF6"),
    "HTTPS": _service,
    "SVCB": _service,
    "URI": _uri,
}


def bind_lines(zone: str, records: Iterable[DnsRecord]) -> list[str]:
    """The records as a zone file (RFC 1035, section 5); texts in pieces of at most 255 bytes."""
    made = [f"$ORIGIN {zone}."]
    for record in records:
        owner = shown_name(zone, record.name)
        parts = [owner, *([str(record.ttl)] if record.ttl else []), "IN", record.type]
        if record.priority is not None and record.type in WITH_PRIORITY:
            parts.append(str(record.priority))
        made.append(" ".join([*parts, _in_file(record)]))
    return made


def _in_file(record: DnsRecord) -> str:
    if record.type == "TXT":
        raw = record.content.encode()
        pieces = [raw[at : at + _U8] for at in range(0, max(1, len(raw)), _U8)]
        return " ".join(f'"{_escaped(piece)}"' for piece in pieces)
    if record.type in ("CNAME", "NS", "MX", "PTR", "ALIAS", "SRV") and not record.content.endswith("."):
        return f"{record.content}."
    return record.content


def _escaped(piece: bytes) -> str:
    return "".join(
        f"\\{chr(byte)}" if byte in b'"\\' else chr(byte) if 32 <= byte < 127 else f"\\{byte:03d}"  # noqa: PLR2004
        for byte in piece
    )
