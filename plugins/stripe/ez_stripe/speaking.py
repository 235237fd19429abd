"""How we speak to Stripe: with a deadline, without retries of the library, and every answer read with suspicion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe

from ez_stripe.classify import signal
from ez_stripe.errors import CardDeclined, Missing
from ez_stripe.reading import Doc, Unreadable
from ez_stripe.settings import StripeSettings
from ezcore.plugin_api import OutcomeUnknown, RetryAfter

_CONNECT = 5.0


def transport(settings: StripeSettings) -> stripe.HTTPClient:
    """HTTP as the settings want it."""
    client = stripe.RequestsClient(timeout=(_CONNECT, settings.timeout))
    if not settings.is_on_this_machine:
        return client
    # A proxy of the environment is for the world outside: a sandbox on loopback is not reached through it.
    session: Any = client.requests.Session()
    session.trust_env = False
    return stripe.RequestsClient(timeout=(_CONNECT, settings.timeout), session=session)


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


def unread(cause: str, *, writes: bool) -> OutcomeUnknown | RetryAfter:
    """Stripe answered, and what it answered is not believed: after a write nobody knows, after a read we ask again."""
    return OutcomeUnknown(cause, unreachable=False) if writes else RetryAfter(60, cause)


def plain(answer: Any) -> Doc:
    """An answer of the library as a plain document. Raises: Unreadable."""
    document = answer.to_dict()
    if not isinstance(document, dict):
        raise Unreadable("Stripe answered no object")
    return document
