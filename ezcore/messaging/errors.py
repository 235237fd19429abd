"""What can be wrong with a mail before it is queued."""

from __future__ import annotations

from ezcore.kernel.errors import EzError, InvalidInput


class BadTemplate(EzError):
    """A mail template is missing, or asks for a value that it was not given."""


class BadRecipient(InvalidInput):
    """This is not an address that mail can be sent to."""
