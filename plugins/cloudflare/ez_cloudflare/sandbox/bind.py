"""BIND files of the imitation: written with absolute names, read line by line."""

from __future__ import annotations

import re
from typing import Any, Final

from ez_cloudflare.record_data import WITH_DATA, to_data
from ez_cloudflare.sandbox.envelope import Refusal
from ezcore.plugin_api.sandbox import Document

LINE: Final = re.compile(r"(\S+)\s+(?:(\d+)\s+)?(?:IN\s+)?([A-Z]+)\s+(.+)")
HOSTS: Final = frozenset({"CNAME", "MX", "NS", "PTR"})
LEADING: Final = frozenset({"SRV", "URI"})


def written(zone: str, records: list[Document]) -> str:
    """The records as lines."""
    lines = [f";; Domain: {zone}."]
    for record in sorted(records, key=lambda one: (one["name"], one["type"], one["content"])):
        content = record["content"] + ("." if record["type"] in HOSTS else "")
        priority = record.get("priority", (record.get("data") or {}).get("priority"))
        if record["type"] in LEADING or record["type"] == "MX":
            content = f"{int(priority or 0)} {content}"
        ttl = 300 if record["ttl"] == 1 else record["ttl"]
        lines.append(f"{record['name']}.\t{ttl}\tIN\t{record['type']}\t{content}")
    return "\n".join(lines) + "\n"


def read(text: str, zone: str) -> list[dict[str, Any]]:
    """The records of a file without its SOA. Raises: Refusal naming the line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith((";", "$")):
            continue
        match = LINE.fullmatch(line.strip())
        if match is None:
            raise Refusal(9999, f"line {number} cannot be read")
        if match[3] != "SOA":
            found.append(_wish(match, zone, number))
    return found


def _wish(match: re.Match[str], zone: str, number: int) -> dict[str, Any]:
    name, ttl, kind, content = match[1], match[2], match[3], match[4].strip()
    wish: dict[str, Any] = {
        "name": zone if name == "@" else name.rstrip("."),
        "type": kind,
        "ttl": int(ttl or 1),
    }
    try:
        priority = None
        if kind in LEADING or kind == "MX":
            first, content = content.split(None, 1)
            priority = int(first)
        if kind in WITH_DATA:
            wish["data"] = to_data(kind, content, priority)
        else:
            wish["content"] = content.rstrip(".") if kind in HOSTS else content
        if kind in ("MX", "URI"):
            wish["priority"] = priority
    except ValueError:
        raise Refusal(9999, f"line {number} cannot be read") from None
    return wish
