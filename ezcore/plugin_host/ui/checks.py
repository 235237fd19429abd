"""Is what a plugin gave exactly what it may give? Python checks no types, and a page trusts what it draws.

Types are compared exactly: a subclass of `str` could bring HTML (`__html__`), one of a contribution any code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from ezcore.kernel.money import Money
from ezcore.plugin_api.ui.contributions import Contribution
from ezcore.plugin_api.ui.reports import MOST_REPORT_ROWS, Figure, Report, ReportRow
from ezcore.plugin_api.ui.slots import SLOTS
from ezcore.plugin_api.ui.values import (
    LONGEST,
    MOST,
    MOST_IDS,
    MOST_ROWS,
    SHORT,
    Action,
    Badge,
    Row,
)

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_HALF: Final = re.compile(r"[\ud800-\udfff]")
"""Surrogates: Python keeps them in text, no page can be written with them."""
_HREF: Final = 500
_TEMPLATE: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*\.pt")
_CELLS: Final = (int, Decimal, Money, date, datetime)
_LONG: Final = ("text", "lead", "means")
_BIGGEST: Final = 10**18
_DIGITS: Final = 40
_YEARS: Final = (1900, 3000)


class WrongContribution(Exception):
    """What came back cannot be drawn; the message says why, without repeating it."""


def checked(plugin: str, slot: str, answer: Any) -> list[Contribution]:
    """The answer in its order, empty panels left out. Raises: WrongContribution."""
    _that(type(answer) in (list, tuple), f"it must return a list, not {type(answer).__name__}")
    _that(len(answer) <= MOST, f"it must return at most {MOST} contributions, not {len(answer)}")
    takes, keys = SLOTS[slot].takes, set()
    for one in answer:
        _that(type(one) in takes, f"{slot} takes no {type(one).__name__}")
        _check(plugin, one)
        _that(one.key not in keys, f"two contributions have the key {one.key}")
        keys.add(one.key)
    return sorted((one for one in answer if not _is_empty(one)), key=lambda one: one.order)


def checked_rows(report: Report, answer: Any) -> list[ReportRow]:
    """The rows of a report, each with a cell per figure. Raises: WrongContribution."""
    _that(type(answer) in (list, tuple), f"it must return a list, not {type(answer).__name__}")
    _that(len(answer) <= MOST_REPORT_ROWS, f"it must return at most {MOST_REPORT_ROWS} rows")
    for row in answer:
        _that(type(row) is ReportRow, f"a row must be a ReportRow, not {type(row).__name__}")
        _text("label", row.label)
        _flag("", row.is_word)
        fits = type(row.cells) is tuple and len(row.cells) == len(report.figures)
        _that(fits, f"a row must have {len(report.figures)} cells, one per figure")
        for cell in row.cells:
            _cell("", cell)
    return list(answer)


def _is_empty(one: Any) -> bool:
    return hasattr(one, "actions") and not (one.rows or one.text or one.actions or one.template)


def _check(plugin: str, one: Any) -> None:
    for field in fields(one):
        value = getattr(one, field.name)
        rule = _RULES.get(field.name)
        if rule is None:
            _text(field.name, value)
        else:
            rule(plugin, value)
    if type(one) is Action and one.method == "POST":
        own = (f"/plugins/{plugin}/", f"/admin/plugins/{plugin}/")
        _that(one.href.startswith(own), "an action posts to a page of its own plugin only")


def _text(name: str, value: Any) -> None:
    _that(type(value) is str, f"{name} must be text, not {type(value).__name__}")
    _writable(name, value, LONGEST if name in _LONG else SHORT)
    _that(bool(value) or name in ("text", "note", "detail"), f"{name} must not be empty")


def _writable(name: str, value: str, most: int) -> None:
    _that(len(value) <= most, f"{name} has {len(value)} characters, {most} are the most")
    _that(not _HALF.search(value), f"{name} has half a character")


def _key(_plugin: str, value: Any) -> None:
    _that(type(value) is str and _KEY.fullmatch(value) is not None, "a key has small letters, digits and -")


def _cell(_plugin: str, value: Any) -> None:
    if type(value) is str:
        _writable("a value", value, LONGEST)
        return
    _that(type(value) in _CELLS, f"a value must not be of type {type(value).__name__}")
    if type(value) is Decimal:
        _that(value.is_finite() and len(value.as_tuple().digits) < _DIGITS, "a number is too long")
        _that(abs(value.adjusted()) < _DIGITS, "a number is too big")
    elif type(value) is int:
        _that(abs(value) < _BIGGEST, "a number is too big")
    elif type(value) is Money:
        _that(abs(value.minor) < _BIGGEST, "an amount is too big")
    else:
        _that(_YEARS[0] < value.year < _YEARS[1], "a date is too far away")
        in_zone = type(value) is date or type(value.tzinfo) in (timezone, ZoneInfo)
        _that(in_zone, "a moment needs a zone (UTC)")


def _href(_plugin: str, value: Any) -> None:
    if value is None:
        return
    _that(type(value) is str and len(value) <= _HREF, "href must be a short text")
    _writable("href", value, _HREF)
    clean = not any(char <= " " or char in "\\\x7f" for char in value)
    own = value.startswith("/") and not value.startswith("//")
    _that(clean and (own or value.startswith("https://")), "href must be a path of this site or https://")


def _rows(plugin: str, value: Any) -> None:
    _that(type(value) is tuple and len(value) <= MOST_ROWS, f"rows must be a tuple of at most {MOST_ROWS}")
    for row in value:
        _that(type(row) is Row, f"a row must be a Row, not {type(row).__name__}")
        _check(plugin, row)
        _that(not row.is_word or type(row.value) is str, "only a text is a word")


def _actions(plugin: str, value: Any) -> None:
    _that(type(value) is tuple and len(value) <= MOST, f"actions must be a tuple of at most {MOST}")
    for action in value:
        _action(plugin, action)


def _action(plugin: str, value: Any) -> None:
    if value is None:
        return
    _that(type(value) is Action, f"an action must be an Action, not {type(value).__name__}")
    _check(plugin, value)


def _template(_plugin: str, value: Any) -> None:
    named = type(value) is str and len(value) <= SHORT
    _that(
        named and (not value or _TEMPLATE.fullmatch(value) is not None), "template must be like parts/box.pt"
    )


def _facts(_plugin: str, value: Any) -> None:
    plain = type(value) is dict and len(value) <= MOST_ROWS
    _that(plain, f"facts must be a dict of at most {MOST_ROWS}")
    _that(all(type(name) is str and name.isidentifier() for name in value), "facts go by names")


def _id(value: Any) -> None:
    _that(type(value) is int and 0 < value < _BIGGEST, "an id is a whole number above nothing")


def _cells(plugin: str, value: Any) -> None:
    _that(type(value) is dict and len(value) <= MOST_IDS, "cells must be a dict, by the id of the row")
    for ident, cell in value.items():
        _id(ident)
        if type(cell) is Badge:
            _check(plugin, cell)
        else:
            _cell(plugin, cell)


def _ids(_plugin: str, value: Any) -> None:
    fits = type(value) is frozenset and len(value) <= MOST_IDS
    _that(fits, f"ids must be a frozenset of at most {MOST_IDS}")
    for ident in value:
        _id(ident)


def _names(_plugin: str, value: Any) -> None:
    fits = type(value) is frozenset and len(value) <= MOST_IDS
    _that(fits, f"names must be a frozenset of at most {MOST_IDS}")
    for name in value:
        _that(type(name) is str, "a name must be text")
        _writable("a name", name, LONGEST)


def _figures(plugin: str, value: Any) -> None:
    fits = type(value) is tuple and 0 < len(value) <= MOST
    _that(fits, f"figures must be a tuple of 1 to {MOST}")
    for figure in value:
        _that(type(figure) is Figure, f"a figure must be a Figure, not {type(figure).__name__}")
        _check(plugin, figure)
    _that(len({figure.key for figure in value}) == len(value), "two figures have the same key")


def _ask(_plugin: str, value: Any) -> None:
    _that(callable(value), "ask must be a function")


def _one_of(*words: str) -> Callable[[str, Any], None]:
    def check(_plugin: str, value: Any) -> None:
        _that(type(value) is str and value in words, f"it must say one of {', '.join(words)}")

    return check


def _order(_plugin: str, value: Any) -> None:
    _that(type(value) is int, "order must be a whole number")


def _flag(_plugin: str, value: Any) -> None:
    _that(type(value) is bool, "it must say True or False")


def _that(holds: bool, words: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise WrongContribution(words)


_RULES: Final[dict[str, Callable[[str, Any], None]]] = {
    "key": _key,
    "value": _cell,
    "href": _href,
    "rows": _rows,
    "actions": _actions,
    "action": _action,
    "order": _order,
    "danger": _flag,
    "is_word": _flag,
    "template": _template,
    "facts": _facts,
    "cells": _cells,
    "ids": _ids,
    "names": _names,
    "figures": _figures,
    "ask": _ask,
    "kind": _one_of("ok", "info", "warn", "bad"),
    "method": _one_of("GET", "POST"),
}
