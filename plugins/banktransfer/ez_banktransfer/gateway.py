"""The gateway port for money that arrives by itself: it only says how to pay."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from ez_banktransfer.iban import print_iban
from ez_banktransfer.settings import BankTransferSettings
from ezcore.plugin_api import InvalidInput, Refused
from ezcore.plugin_api.ports.gateway import CheckoutRequest, CheckoutStarted, Gateway, GatewayCapability


class BankTransferGateway(Gateway):
    """Gives instructions; staff record the payment when it arrives."""

    name: ClassVar[str] = "banktransfer"
    label: ClassVar[str] = "Bank transfer"
    capabilities: ClassVar[frozenset[GatewayCapability]] = frozenset({GatewayCapability.OFFLINE})

    def __init__(self, settings: Callable[[], BankTransferSettings]) -> None:
        self._settings = settings

    def takes(self, currency: str) -> bool:
        """Only the currencies of the account. One that is not set up yet says so when it is asked how to pay."""
        try:
            return self._settings().takes(currency)
        except InvalidInput:
            return True

    def start_checkout(self, request: CheckoutRequest) -> CheckoutStarted:
        """Say how to pay. Raises: Refused while the account is not set up or takes another currency."""
        try:
            settings = self._settings()
        except InvalidInput as error:
            raise Refused("bank transfer is not set up yet; please choose another way to pay") from error
        if not settings.takes(request.amount.currency):
            raise Refused(f"our account does not take {request.amount.currency}")
        lines = [
            f"Please transfer {request.amount.decimal} {request.amount.currency}.",
            *account_lines(settings),
            f"Reference: {request.description}",  # what a person writes on a transfer: the invoice, not our key
            "We record your payment when it arrives, usually within two banking days.",
        ]
        return CheckoutStarted(instructions="\n".join(lines))


def account_lines(settings: BankTransferSettings) -> list[str]:
    """Holder, IBAN and whatever else is known of the account."""
    lines = [f"Account holder: {settings.account_holder}", f"IBAN: {print_iban(settings.iban)}"]
    if settings.bic:
        lines.append(f"BIC: {settings.bic}")
    if settings.bank:
        lines.append(f"Bank: {settings.bank}")
    return lines
