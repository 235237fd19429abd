"""What stands on an invoice of Stripe: taxes inside and beside the price, discounts, long lists."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ez_stripe.account import StripeAccount
from ez_stripe.bills import bill
from ez_stripe.gateway import StripeGateway
from ez_stripe.sandbox import StripeSandbox, clicks

from ezcore.plugin_api import Money
from ezcore.plugin_api.ports.gateway import SubscriptionItem, SubscriptionRequest
from ezcore.plugin_api.ports.webhook_source import GatewayBillFact
from ezcore.plugin_api.values import ClientFacts

UTC = ZoneInfo("UTC")


def subscribe(gateway: StripeGateway, items: int) -> None:
    request = SubscriptionRequest(
        operation_key="sub-1",
        reference="service-1",
        items=tuple(
            SubscriptionItem(description=f"Thing {turn}", amount=Money(100 + turn, "EUR"), cycle="1 month")
            for turn in range(items)
        ),
        client=ClientFacts(id=7, name="Ana", email="ana@example.test"),
        return_url="https://shop.test/",
        cancel_url="https://shop.test/",
    )
    clicks.pay(gateway.start_subscription(request).url or "")


@pytest.fixture
def invoice(gateway: StripeGateway, sandbox: StripeSandbox) -> dict[str, Any]:
    """A paid invoice of one line of 1.00."""
    subscribe(gateway, 1)
    (made,) = sandbox.store.all("invoice")
    return made


def read(account: StripeAccount, invoice: dict[str, Any]) -> GatewayBillFact:
    told = bill(account.api, invoice, UTC)
    assert told is not None
    return told


def amounts(told: GatewayBillFact) -> list[int]:
    return [line.amount.minor for line in told.lines]


def test_a_tax_inside_the_price_is_taken_out_of_the_line(
    account: StripeAccount, invoice: dict[str, Any]
) -> None:
    (line,) = invoice["lines"]["data"]
    line |= {"amount": 1220, "taxes": [{"amount": 220, "tax_behavior": "inclusive"}]}
    invoice |= {"total": 1220, "total_taxes": [{"amount": 220, "tax_behavior": "inclusive"}]}
    told = read(account, invoice)
    assert (amounts(told), told.tax.minor, told.total.minor) == ([1000], 220, 1220)


def test_a_tax_beside_the_price_and_a_discount(account: StripeAccount, invoice: dict[str, Any]) -> None:
    (line,) = invoice["lines"]["data"]
    line |= {
        "amount": 1000,
        "discount_amounts": [{"amount": 100, "discount": "di_1"}],
        "taxes": [{"amount": 198, "tax_behavior": "exclusive"}],
    }
    invoice |= {"total": 1098, "total_taxes": [{"amount": 150, "tax_behavior": "exclusive"}, {"amount": 48}]}
    told = read(account, invoice)
    # 10.00 - 1.00 = 9.00, 22 % of it 1.98
    assert (amounts(told), told.tax.minor, told.total.minor) == ([900], 198, 1098)


def test_what_stands_on_no_line_is_still_on_the_bill(account: StripeAccount, invoice: dict[str, Any]) -> None:
    invoice |= {"total": 600, "total_taxes": None}
    told = read(account, invoice)
    assert amounts(told) == [100, 500]
    assert told.lines[1].description == "Other amounts on Stripe's invoice"


def test_a_proration_below_zero_stays_below_zero(account: StripeAccount, invoice: dict[str, Any]) -> None:
    (line,) = invoice["lines"]["data"]
    credit = {**line, "amount": -340, "description": "Unused time"}
    invoice["lines"]["data"] = [credit, {**line, "amount": 1340}]
    invoice["total"] = 1000
    assert amounts(read(account, invoice)) == [-340, 1340]


def test_a_long_invoice_is_read_to_its_last_line(
    gateway: StripeGateway, account: StripeAccount, sandbox: StripeSandbox
) -> None:
    subscribe(gateway, 20)
    (made,) = sandbox.store.all("invoice")
    assert len(made["lines"]["data"]) == 10, "Stripe shows ten and has more"
    told = read(account, account.api.invoice(made["id"]))
    assert amounts(told) == list(range(100, 120))
    assert told.total.minor == 2190


def test_a_draft_says_nothing(account: StripeAccount, invoice: dict[str, Any]) -> None:
    assert bill(account.api, {**invoice, "status": "draft"}, UTC) is None
