"""Turn the values of an event's fields into JSON and back, by their type hints.

Known: int, str, bool, None, Money, Period, date, datetime (aware, stored as UTC), StrEnum, Literal of
strings, tuple[X, ...], tuple[X, Y] and ``X | None``. A float is refused: there is none near money.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, Literal, NamedTuple, Union, get_args, get_origin

from ezcore.kernel.money import Money
from ezcore.kernel.period import Period


class _Codec(NamedTuple):
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def encode(hint: Any, value: Any) -> Any:
    """A plain JSON value. Raises: TypeError when the value is not what the hint says."""
    return _walk(hint, value, writing=True)


def writer(hint: Any) -> Callable[[Any], Any]:
    """`encode` for one hint, looked up once: events of a bulk run are written by the thousand."""
    if hint not in _CODECS or not isinstance(hint, type):
        return lambda value: encode(hint, value)
    write = _CODECS[hint].write

    def checked(value: Any) -> Any:
        return write(value) if type(value) is hint else encode(hint, value)

    return checked


def decode(hint: Any, value: Any) -> Any:
    """The value that ``encode`` was given. Raises: TypeError, ValueError or KeyError when it cannot be."""
    return _walk(hint, value, writing=False)


def _walk(hint: Any, value: Any, *, writing: bool) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return None if value is None else _walk(_only_choice(hint), value, writing=writing)
    if origin is tuple:
        items = _items(hint, value, writing=writing)
        return items if writing else tuple(items)
    if origin is Literal:
        return _listed(hint, value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _checked(hint, value).value if writing else hint(value)
    if hint not in _CODECS:
        raise TypeError(f"an event cannot carry {hint!r}")
    if not writing:
        return _CODECS[hint].read(value)
    return _CODECS[hint].write(_checked(hint, value))


def _only_choice(hint: Any) -> Any:
    choices = [choice for choice in get_args(hint) if choice is not NoneType]
    if len(choices) != 1:
        raise TypeError(f"{hint!r} has more than one reading")
    return choices[0]


def _items(hint: Any, value: Any, *, writing: bool) -> list[Any]:
    if not isinstance(value, tuple if writing else list):
        raise TypeError(f"expected a sequence, not {value!r}")
    hints = get_args(hint)
    if len(hints) == 2 and hints[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...]
        hints = (hints[0],) * len(value)
    return [_walk(inner, item, writing=writing) for inner, item in zip(hints, value, strict=True)]


def _listed(hint: Any, value: Any) -> Any:
    if not isinstance(value, str) or value not in get_args(hint):
        raise TypeError(f"{value!r} is not one of {get_args(hint)}")
    return value


def _checked(hint: Any, value: Any) -> Any:
    """Exactly this type: True is no int here, and a datetime is no date."""
    if type(value) is not hint:
        raise TypeError(f"expected {hint.__name__}, not {value!r}")
    return value


def _write_moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError("a moment needs a time zone")
    return value.astimezone(UTC).isoformat()


def _plain(hint: type) -> _Codec:
    return _Codec(write=lambda value: value, read=lambda value: _checked(hint, value))


_CODECS: Final[dict[Any, _Codec]] = {
    int: _plain(int),
    str: _plain(str),
    bool: _plain(bool),
    NoneType: _plain(NoneType),
    date: _Codec(date.isoformat, date.fromisoformat),
    datetime: _Codec(_write_moment, datetime.fromisoformat),
    Money: _Codec(
        lambda money: {"minor": money.minor, "currency": money.currency},
        lambda found: Money(found["minor"], found["currency"]),
    ),
    Period: _Codec(
        lambda period: {"start": period.start.isoformat(), "end": period.end.isoformat()},
        lambda found: Period(date.fromisoformat(found["start"]), date.fromisoformat(found["end"])),
    ),
}
