"""Opens the Stripe account that the settings name; Stripe's library is loaded only then."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ez_stripe.settings import StripeSettings

if TYPE_CHECKING:
    from ez_stripe.api import StripeApi


class StripeAccount:
    """Settings as they are now, and an API that speaks with them.

    `transport` makes the HTTP client; the simulation puts one there that ends in the sandbox in process.
    """

    def __init__(self, read_settings: Callable[[], Any]) -> None:
        self._read_settings = read_settings
        self._open: tuple[StripeSettings, StripeApi] | None = None
        self.transport: Callable[[], Any] | None = None

    def forget(self) -> None:
        """Open the account anew at the next call: the transport was changed."""
        self._open = None

    @property
    def settings(self) -> StripeSettings:
        """The settings now. Raises: InvalidInput while they are wrong or missing."""
        settings = self._read_settings()
        if not isinstance(settings, StripeSettings):
            raise TypeError(f"the host gave {type(settings).__name__} as settings of Stripe")
        return settings

    @property
    def api(self) -> StripeApi:
        """An API that speaks with the settings of now."""
        settings, opened = self.settings, self._open
        if opened is None or opened[0] != settings:
            # Loading the library costs half a second and 30 MB: only who calls Stripe pays that.
            from ez_stripe.api import StripeApi  # noqa: PLC0415

            opened = (settings, StripeApi(settings, self.transport() if self.transport else None))
            self._open = opened
        return opened[1]
