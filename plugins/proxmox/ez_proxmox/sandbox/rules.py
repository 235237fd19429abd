"""Firewall rules of a guest: addressed by a position that shifts, guarded by a digest of all of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from ez_proxmox.sandbox import refusals
from ez_proxmox.sandbox.guests import Guests
from ezcore.plugin_api.sandbox import Document


def listed(guest: Document) -> list[Document]:
    """GET firewall/rules."""
    mark = _digest(guest)
    return [{**rule, "pos": pos, "digest": mark} for pos, rule in enumerate(_of(guest))]


def add(guests: Guests, guest: Document, given: Mapping[str, str]) -> None:
    """POST firewall/rules: the new one comes first unless a position is given."""
    _check(guest, given)
    rule: Document = {name: value for name, value in given.items() if name not in ("pos", "digest")}
    rule["enable"] = int(rule.get("enable", 0))
    rules = _of(guest)
    place = int(given.get("pos", 0))
    _put(guests, guest, [*rules[:place], rule, *rules[place:]])


def remove(guests: Guests, guest: Document, pos: str, given: Mapping[str, str]) -> None:
    """DELETE firewall/rules/{pos}."""
    _check(guest, given)
    rules = _of(guest)
    if not pos.isdigit() or int(pos) >= len(rules):
        raise refusals.Refusal(500, f"no rule at position {pos}\n")
    _put(guests, guest, [rule for at, rule in enumerate(rules) if at != int(pos)])


def _check(guest: Document, given: Mapping[str, str]) -> None:
    if given.get("digest") and given["digest"] != _digest(guest):
        raise refusals.Refusal(
            500, "detected modified configuration - file changed by other user? Try again.\n"
        )


def _digest(guest: Document) -> str:
    text = json.dumps(_of(guest), sort_keys=True)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _of(guest: Document) -> list[Document]:
    firewall = guest.get("firewall") or {}
    rules: list[Document] = firewall.get("rules") or []
    return rules


def _put(guests: Guests, guest: Document, rules: list[Document]) -> None:
    firewall = guest.get("firewall") or {"options": {}, "sets": {}}
    guests.put({**guest, "firewall": {**firewall, "rules": rules}})
