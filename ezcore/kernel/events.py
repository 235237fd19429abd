"""What happened, as a value that survives in a table: the base class of every event.

An event carries ids, amounts and dates, never a row. It is written to the outbox as JSON and read back by the
type hints of its fields, so the hints are the format: see ``event_values`` for the types that are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, Final, Self, get_type_hints

from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.event_values import decode, writer

EVENTS: Final[dict[str, type[Event]]] = {}
"""Every event class by its name; the name is what the outbox stores, so it is unique and stays."""


@dataclass(frozen=True)
class Event:
    """Subclass with ``@dataclass(frozen=True)``; the class registers itself under its name.

    Raises: TypeError when another class already has the name.
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        known = EVENTS.get(cls.__name__)
        if known and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"two events are called {cls.__name__}: {known.__module__} and {cls.__module__}")
        EVENTS[cls.__name__] = cls

    @classmethod
    def event_name(cls) -> str:
        """The name under which ``EVENTS`` and the outbox know this class."""
        return cls.__name__

    def to_json(self) -> dict[str, Any]:
        """The fields as plain JSON values. Raises: TypeError when a value is not what its hint says."""
        return {name: write(getattr(self, name)) for name, write in _writers(type(self))}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read back what ``to_json`` wrote, also when an older release wrote it.

        A field that is gone is ignored; one that is new needs a default.
        Raises: InvalidInput.
        """
        hints = get_type_hints(cls)
        found: dict[str, Any] = {}
        for field in fields(cls):
            if field.name in values:
                found[field.name] = _read(cls, field.name, hints[field.name], values[field.name])
            elif field.default is MISSING and field.default_factory is MISSING:
                raise InvalidInput(f"{cls.__name__} lacks {field.name}", field=field.name)
        return cls(**found)


_WRITERS: Final[dict[type[Event], list[tuple[str, Callable[[Any], Any]]]]] = {}


def _writers(cls: type[Event]) -> list[tuple[str, Callable[[Any], Any]]]:
    """How each field of a class is written; kept, for reading the hints takes longer than writing an event."""
    known = _WRITERS.get(cls)
    if known is None:
        hints = get_type_hints(cls)
        known = _WRITERS[cls] = [(field.name, writer(hints[field.name])) for field in fields(cls)]
    return known


def _read(cls: type[Event], name: str, hint: Any, value: Any) -> Any:
    try:
        return decode(hint, value)
    except (TypeError, ValueError, KeyError) as cause:
        raise InvalidInput(f"{cls.__name__}.{name}: {cause}", field=name) from cause
