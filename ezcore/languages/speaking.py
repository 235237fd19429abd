"""The language that is spoken now: that of the request, of a mail's reader, else English.

It is asked for when the first word is said: a page that says nothing (a file, a redirect) looks nobody up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from ezcore.languages.tongue import ENGLISH, Tongue

_now: ContextVar[Callable[[], Tongue] | None] = ContextVar("ez_tongue", default=None)


def tongue() -> Tongue:
    """The language that is spoken now."""
    ask = _now.get()
    return ask() if ask is not None else ENGLISH


def say(text: str, /, **values: Any) -> str:
    """An English text in the language that is spoken now: `say("${name} is saved", name=name)`.

    A literal is found by `make messages`. Also for sentences that rooms made (errors, states, what a job did).
    """
    return tongue().say(text, **values)


def many(number: int, one: str, other: str, /, **values: Any) -> str:
    """A text that depends on a number: `many(3, "${n} invoice", "${n} invoices")`."""
    return tongue().many(number, one, other, **values)


@contextmanager
def speaking(ask: Tongue | Callable[[], Tongue]) -> Iterator[None]:
    """Say everything inside in this language. A function is asked each time: it keeps its answer itself."""
    token = _now.set((lambda: ask) if isinstance(ask, Tongue) else ask)
    try:
        yield
    finally:
        _now.reset(token)


def now_speaking() -> str:
    """The code of the language that is spoken now."""
    return tongue().code
