"""The few kinds of error that every floor understands.

A room derives its own errors from these, so that the web, the API and the command line can answer each kind
in one place: 403, 404, 409 or 422. Anything else is a defect and is answered as one.
"""

from __future__ import annotations


class EzError(Exception):
    """An error with a sentence that a person can read."""

    def __init__(self, message: str = "") -> None:
        self.message = message or (type(self).__doc__ or type(self).__name__).strip().splitlines()[0]
        super().__init__(self.message)


class Refused(EzError):
    """A rule of the trade said no (409): nothing is broken, but this may not happen now."""


class InvalidInput(EzError):
    """What was typed or sent cannot be understood (422)."""

    def __init__(self, message: str = "", *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(EzError):
    """There is no such thing, or the asker may not know of it (404)."""


class NotAllowed(EzError):
    """The actor lacks a permission (403)."""

    def __init__(self, message: str = "", *, permission: str | None = None) -> None:
        super().__init__(message)
        self.permission = permission
