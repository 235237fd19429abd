"""Bank transfer keeps what every gateway promises, and says how to pay."""

from __future__ import annotations

import pytest
from ez_banktransfer.gateway import BankTransferGateway
from ez_banktransfer.settings import BankTransferSettings

from ezcore.plugin_api import InvalidInput, Money, Refused
from ezcore.testkit import GatewayCase, GatewayContract

ACCOUNT = BankTransferSettings(
    account_holder="Example Hosting OÜ", iban="ee382200221020145685", bic="habaee2x", bank="Example Bank"
)


class TestBankTransfer(GatewayContract):
    @pytest.fixture
    def gateway_case(self):
        return GatewayCase(gateway=BankTransferGateway(lambda: ACCOUNT))


def test_the_instructions_name_holder_account_bank_amount_and_reference():
    case = GatewayCase(gateway=BankTransferGateway(lambda: ACCOUNT), amount=Money.parse("1200", "JPY"))
    started = case.gateway.start_checkout(case.checkout("k1"))
    assert started.instructions.splitlines() == [
        "Please transfer 1200 JPY.",
        "Account holder: Example Hosting OÜ",
        "IBAN: EE38 2200 2210 2014 5685",
        "BIC: HABAEE2X",
        "Bank: Example Bank",
        "Reference: Invoice 2026-00001",
        "We record your payment when it arrives, usually within two banking days.",
    ]


def test_a_client_is_not_sent_to_an_account_that_is_not_set_up():
    def nothing_yet():
        raise InvalidInput("banktransfer.iban: Field required", field="iban")

    case = GatewayCase(gateway=BankTransferGateway(nothing_yet))
    with pytest.raises(Refused, match="choose another way to pay"):
        case.gateway.start_checkout(case.checkout("k2"))


def test_a_client_is_not_asked_to_send_a_currency_the_account_does_not_take():
    euros = ACCOUNT.model_copy(update={"currencies": ("EUR",)})
    case = GatewayCase(gateway=BankTransferGateway(lambda: euros), amount=Money.parse("12", "USD"))
    with pytest.raises(Refused, match="USD"):
        case.gateway.start_checkout(case.checkout("k3"))
