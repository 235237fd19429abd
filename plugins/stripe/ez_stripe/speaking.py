"""How we speak to Stripe: the library's errors become signals, and every answer is read with suspicion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe

from ez_stripe.classify import signal
from ez_stripe.errors import CardDeclined, Missing, unread
from ez_stripe.reading import Doc, Unreadable


@contextmanager
def speaking(*, writes: bool) -> Iterator[None]:
    """Turns the library's errors into signals. Raises: CardDeclined, Missing, the signals."""
    try:
        yield
    except stripe.CardError as error:
        told = plain(error.error) if error.error else {}
        intent = told.get("payment_intent")
        found = intent if isinstance(intent, dict) else {}
        raise CardDeclined(error.code, told.get("decline_code"), str(error.user_message), found) from error
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing" or error.param == "payment_method":
            raise Missing(error.param, str(error.user_message)) from error
        raise signal(error, writes=writes) from error
    except stripe.StripeError as error:
        raise signal(error, writes=writes) from error
    except (Unreadable, AttributeError, TypeError, ValueError) as error:
        # The library builds objects out of whatever came: a hostile answer ends here, its effect unknown.
        cause = f"Stripe's answer cannot be read: {error}"
        raise unread(cause, writes=writes) from error


def plain(answer: Any) -> Doc:
    """An answer of the library as a plain document. Raises: Unreadable."""
    document = answer.to_dict()
    if not isinstance(document, dict):
        raise Unreadable("Stripe answered no object")
    return document
