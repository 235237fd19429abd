"""A request whose transaction lost against another is answered anew, up to three times (reliability, F15).

PostgreSQL ends one of two transactions that wait for each other (40P01), or that do not fit together (40001), and
expects it to be sent again. Nothing of it was kept, so the whole request runs again, with its effects once. A page that
calls a vendor (`ambient=False`) is not sent again: what the vendor heard is no part of the transaction.
"""

from __future__ import annotations

import random
import time
from typing import Any, Final

from pyramid_retry import BeforeRetry, mark_error_retryable
from sqlalchemy.exc import DBAPIError

from ezcore.web.shared.readable import MAX_BODY
from ezcore.web.shared.scope import SAFE

ATTEMPTS: Final = 4
"""The first one and three more."""
LONGEST_PAUSE: Final = 0.1
"""Seconds, drawn anew each time: two that met once shall not meet again."""
_LOST: Final = frozenset({"40001", "40P01"})


def includeme(config: Any) -> None:
    """Pyramid's hook: send lost requests through the application again."""
    config.add_settings({"retry.attempts": ATTEMPTS, "retry.activate_hook": attempts_of})
    config.include("pyramid_retry")
    config.add_subscriber(_pause, BeforeRetry)


def attempts_of(request: Any) -> int:
    """How often this request may run. Its body is kept to be read again, so large ones have one try only."""
    try:
        length = request.content_length
        if request.method in SAFE or length is None or length > MAX_BODY:
            return 1
        request.make_body_seekable()
    except (OSError, ValueError):
        return 1  # it cannot be read; `bad_input` says so in words
    return ATTEMPTS


def mark_if_lost(request: Any, error: BaseException) -> None:
    """Called when a unit of work broke: say whether the same request may be tried once more."""
    page = getattr(request, "ez_page", None)
    if page is not None and page.ambient and is_lost(error):
        mark_error_retryable(error)


def is_lost(error: BaseException) -> bool:
    """Whether the database ended this transaction in favour of another one."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _LOST


def _pause(_event: Any) -> None:
    time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311 - a pause is no secret
