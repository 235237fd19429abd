"""Pure rules of notices: which fields an event has, whether conditions hold, and the words that are sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from ezcore.kernel.errors import EzError, InvalidInput
from ezcore.kernel.events import EVENTS, Event
from ezcore.kernel.money import Money
from ezcore.messaging.rules import Value

Condition = Sequence[str]
"""Field, comparison, value as typed."""

COMPARISONS: Final = {
    "is": "is", "is_not": "is not", "at_least": "is at least", "at_most": "is at most", "contains": "contains",
}  # fmt: skip
_ORDERED: Final = (int, Money, date, datetime)
_PAGES: Final = (
    ("job_id", "/admin/jobs/{}/"),
    ("order_id", "/admin/orders/{}/"),
    ("service_id", "/admin/services/{}/"),
    ("transaction_id", "/admin/transactions/{}/"),
    ("client_id", "/admin/clients/{}/"),
)


@dataclass(frozen=True)
class Field:
    """A field of an event that can be compared: `kind` is its Python type, `choices` the words it can be."""

    name: str
    kind: type
    choices: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The name in words."""
        return self.name.replace("_", " ")


def event_words(name: str) -> str:
    """`InvoiceIssued` as people say it: Invoice issued."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def event_class(name: str) -> type[Event]:
    """The event of this name. Raises: InvalidInput."""
    found = EVENTS.get(name)
    if found is None:
        raise InvalidInput("There is no such event", field="event")
    return found


def event_names() -> list[tuple[str, str]]:
    """Every event of the house: its name and the name in words, in the order of the words."""
    return sorted(((name, event_words(name)) for name in EVENTS), key=lambda one: one[1])


def fields_of(event: type[Event]) -> dict[str, Field]:
    """The fields whose values are single ones: numbers, words, amounts, dates, yes or no."""
    hints = get_type_hints(event)
    found = (_field(one.name, hints[one.name]) for one in fields(event))
    return {one.name: one for one in found if one is not None}


def check_condition(event: type[Event], condition: Condition) -> None:
    """The condition can be asked of this event. Raises: InvalidInput."""
    name, comparison, typed = condition
    field = fields_of(event).get(name)
    if field is None:
        raise InvalidInput(f"{event_words(event.event_name())} has no field {name}")
    if comparison not in COMPARISONS:
        raise InvalidInput(f"{comparison} is no comparison")
    if comparison in ("at_least", "at_most") and field.kind not in _ORDERED:
        raise InvalidInput(f"{field.title} has no order: use is, is not or contains")
    if comparison == "contains" and field.kind is not str:
        raise InvalidInput(f"{field.title} is no text: it cannot contain anything")
    _read(field, typed)


def holds(event: Event, conditions: Sequence[Condition]) -> bool:
    """Do all conditions hold? One that cannot be asked (another release had it) does not."""
    known = fields_of(type(event))
    return all(one[0] in known and _holds(event, known[one[0]], one[1], one[2]) for one in conditions)


def values_of(event: Event, shop: str, site: str) -> dict[str, Value]:
    """What the text of a rule can say: the event's fields, and `event`, `link`, `shop`, `site`."""
    values: dict[str, Value] = {name: _printed(getattr(event, name)) for name in fields_of(type(event))}
    link = f"{site}{page_of(event)}"
    return values | {"event": event_words(event.event_name()), "link": link, "shop": shop, "site": site}


def names_for(event: type[Event]) -> frozenset[str]:
    """The names that `values_of` has for this event."""
    return frozenset({*fields_of(event), "event", "link", "shop", "site"})


def page_of(event: Event) -> str:
    """The page of staff that knows most about the event."""
    for name, path in _PAGES:
        number = getattr(event, name, None)
        if number is not None:
            return path.format(number)
    return "/admin/"


def default_words(event: type[Event]) -> str:
    """What is said when the rule says nothing itself: every field on a line, then the link."""
    lines = [f"{one.title}: {{{{ {one.name} }}}}" for one in fields_of(event).values()]
    return "\n".join([*lines, "{{ link }}"])


def sample(event: type[Event]) -> Event:
    """An event as it could be, to try a rule with."""
    hints = get_type_hints(event)
    return event(**{one.name: _sample(one.name, hints[one.name]) for one in fields(event)})


def _field(name: str, hint: Any) -> Field | None:
    kind = _bare(hint)
    if get_origin(kind) is Literal:
        return Field(name, str, tuple(get_args(kind)))
    if not isinstance(kind, type):
        return None
    if issubclass(kind, StrEnum):
        return Field(name, str, tuple(str(one) for one in kind))
    return Field(name, kind) if kind in _READERS else None


def _bare(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        rest = [one for one in get_args(hint) if one is not NoneType]
        return rest[0] if len(rest) == 1 else None
    return hint


def _read(field: Field, typed: str) -> Any:
    if field.choices and typed not in field.choices:
        raise InvalidInput(f"{field.title} is one of {', '.join(field.choices)}")
    try:
        return _READERS[field.kind](typed.strip())
    except (ValueError, KeyError, EzError) as error:
        raise InvalidInput(
            f"{field.title} cannot be compared with {typed!r}: write {_SHAPES[field.kind]}"
        ) from error


def _holds(event: Event, field: Field, comparison: str, typed: str) -> bool:
    value = getattr(event, field.name)
    if value is None:
        return comparison == "is_not"
    try:
        wanted = _read(field, typed)
    except InvalidInput:
        return False
    if isinstance(value, Money) and value.currency != wanted.currency:
        return comparison == "is_not"
    return bool(_COMPARE[comparison](value, wanted))


def _money(typed: str) -> Money:
    amount, currency = typed.split()
    return Money.parse(amount, currency.upper())


def _yes(typed: str) -> bool:
    return {"yes": True, "true": True, "no": False, "false": False}[typed.lower()]


def _moment(typed: str) -> datetime:
    found = datetime.fromisoformat(typed)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_READERS: Final[Mapping[type, Callable[[str], Any]]] = {
    bool: _yes, int: int, str: str, Money: _money, datetime: _moment, date: date.fromisoformat,
}  # fmt: skip
_SHAPES: Final = {
    bool: "yes or no", int: "a whole number", str: "a text", Money: "an amount and a currency, such as 100.00 EUR",
    datetime: "a moment, such as 2026-12-01T09:30", date: "a date, such as 2026-12-01",
}  # fmt: skip
_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "is": lambda value, wanted: value == wanted,
    "is_not": lambda value, wanted: value != wanted,
    "at_least": lambda value, wanted: value >= wanted,
    "at_most": lambda value, wanted: value <= wanted,
    "contains": lambda value, wanted: str(wanted).casefold() in str(value).casefold(),
}


def _printed(value: Any) -> Value:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, (int, Money, date, datetime)) else str(value)


def _sample(name: str, hint: Any) -> Any:
    kind = _bare(hint)
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) is tuple:
        return ()
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return next(iter(kind))
    made: dict[Any, Any] = {
        bool: True, int: 1, str: f"sample {name.replace('_', ' ')}", Money: Money.parse("49.90", "EUR"),
        datetime: datetime(2026, 12, 1, 9, 30, tzinfo=UTC), date: date(2026, 12, 1),
    }  # fmt: skip
    return made.get(kind)
