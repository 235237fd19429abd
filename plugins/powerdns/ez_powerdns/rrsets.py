"""Sets of records: PowerDNS replaces whole ones, so a change is read, merged and written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel

from ez_powerdns.contents import TYPES, sent, shown
from ezcore.plugin_api import PermanentFailure
from ezcore.plugin_api.ports.dns import DnsRecord, RecordChanges

Key = tuple[str, str]
OURS: Final = frozenset({"SOA"})
"""The server keeps these itself."""


class Entry(BaseModel):
    """One value of a set."""

    content: str
    disabled: bool = False


class RrSet(BaseModel):
    """All values of one name and type."""

    name: str
    type: str
    ttl: int
    records: list[Entry]


def read(sets: Sequence[RrSet]) -> list[DnsRecord]:
    """Single records of the types that the port knows. Raises: ValueError for contents of another shape."""
    found = []
    for one in sets:
        if one.type not in TYPES:
            continue
        for entry in one.records:
            if entry.disabled:
                continue
            content, priority = shown(one.type, entry.content)
            fields = {"name": one.name.rstrip("."), "type": one.type, "content": content, "ttl": one.ttl}
            found.append(DnsRecord.model_validate({**fields, "priority": priority}))
    return found


def merged(there: Sequence[RrSet], changes: RecordChanges, ttl: int) -> list[dict[str, Any]]:
    """The sets to write so that the batch is done; empty when it is done already."""
    known = {(one.name, one.type): one for one in there}
    deletes, adds = _by_set(changes.delete), _by_set(changes.add)
    patches = []
    for key in sorted(deletes.keys() | adds.keys()):
        old = known.get(key)
        patch = _merged(key, old, deletes[key], adds[key], ttl)
        if patch is not None:
            patches.append(patch)
    # What frees a name goes first: a CNAME takes the place of the A that is deleted with it.
    return sorted(patches, key=lambda one: one["changetype"] != "DELETE")


def _merged(
    key: Key, old: RrSet | None, deletes: Sequence[DnsRecord], adds: Sequence[DnsRecord], ttl: int
) -> dict[str, Any] | None:
    before = [(entry.content, entry.disabled) for entry in old.records] if old else []
    new = [_content(record) for record in adds]
    gone = {_content(record) for record in deletes} - set(new)
    left = [
        (content, off)
        for content, off in before
        if _same(key[1], content) not in {_same(key[1], g) for g in gone}
    ]
    have = {_same(key[1], content) for content, off in left if not off}
    wanted = left + [(content, False) for content in dict.fromkeys(new) if _same(key[1], content) not in have]
    lasts = [record.ttl for record in adds if record.ttl is not None]
    life = lasts[-1] if lasts else (old.ttl if old else ttl)
    if wanted == before and (old is None or old.ttl == life):
        return None
    name, kind = key
    if not wanted:
        return {"name": name, "type": kind, "changetype": "DELETE"}
    records = [{"content": content, "disabled": off} for content, off in wanted]
    return {"name": name, "type": kind, "ttl": life, "changetype": "REPLACE", "records": records}


def _by_set(records: Sequence[DnsRecord]) -> defaultdict[Key, list[DnsRecord]]:
    sets: defaultdict[Key, list[DnsRecord]] = defaultdict(list)
    for record in records:
        if record.type not in TYPES or record.type in OURS:
            raise PermanentFailure(f"PowerDNS is not given records of type {record.type} ({record.name})")
        sets[f"{record.name}.", record.type].append(record)
    return sets


def _content(record: DnsRecord) -> str:
    return sent(record.type, record.content, record.priority)


def _same(kind: str, content: str) -> Any:
    """What makes two contents one, however the server prints it."""
    try:
        return shown(kind, content)
    except ValueError:
        return content
