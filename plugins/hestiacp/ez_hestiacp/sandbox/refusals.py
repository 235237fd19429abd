"""Hestia's ways to say no: an exit code, its text, and the HTTP status that belongs to the code.

Source of rules: return codes and messages recorded in the vendor contract.
"""

from __future__ import annotations

from typing import Final

STATUS: Final = {0: 200, 2: 422, 5: 401, 6: 401, 9: 401, 10: 401, 21: 401}
OTHERWISE: Final = 400


class Refusal(Exception):
    """A command ended with an exit code that is not 0."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text if text.startswith(("Error:", "Usage:")) else f"Error: {text}"


def status_of(code: int) -> int:
    """The HTTP status of an exit code; codes from 100 on are statuses themselves."""
    return code if code >= 100 else STATUS.get(code, OTHERWISE)  # noqa: PLR2004


def missing(kind: str, name: str) -> Refusal:
    """What is asked about is not there."""
    return Refusal(3, f"{kind} {name} doesn't exist")


def invalid(kind: str, value: str) -> Refusal:
    """An argument does not look right."""
    return Refusal(2, f"invalid {kind} format :: {value}")


def suspended(kind: str, name: str) -> Refusal:
    """What is asked about is suspended."""
    return Refusal(5, f"{kind} {name} is suspended")


def limit(name: str) -> Refusal:
    """The package is full."""
    return Refusal(8, f"{name} limit is reached :: upgrade user package")


def disabled(system: str) -> Refusal:
    """The server has no such part."""
    return Refusal(11, f"{system} is not enabled")
