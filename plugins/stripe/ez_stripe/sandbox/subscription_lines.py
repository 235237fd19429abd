"""Prices, items and invoice lines of subscriptions: the shapes between a Checkout page and an invoice."""

from __future__ import annotations

from typing import Any

from ez_stripe.sandbox import billing_shapes as shapes
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.lists import whole
from ezcore.plugin_api.sandbox import Document


def priced(account: Account, told: dict[str, Any], quantity: int) -> Document:
    """A line that was asked for as `price_data`: its product and price are made now."""
    name = str((told.get("product_data") or {}).get("name") or "Item")
    product = account.make({"object": "product", "active": True, "livemode": False, "name": name})
    every = told.get("recurring")
    recurring = None
    if every:
        count = whole(every.get("interval_count", 1), "interval_count")
        recurring = {
            "interval": every["interval"],
            "interval_count": count,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        }
    price = account.make(
        shapes.price(
            currency=str(told["currency"]).lower(),
            product=product["id"],
            recurring=recurring,
            tax_behavior=told.get("tax_behavior", "unspecified"),
            type="recurring" if recurring else "one_time",
            unit_amount=whole(told["unit_amount"], "unit_amount"),
            unit_amount_decimal=str(told["unit_amount"]),
        )
    )
    return {"price": price, "quantity": quantity}


def item_of(account: Account, line: Document, subscription_id: str, start: int, end: int) -> Document:
    """A recurring line as an item of a subscription."""
    return shapes.subscription_item(
        id=account.new_id("subscription_item"),
        created=account.now(),
        current_period_start=start,
        current_period_end=end,
        plan=shapes.plan_of(line["price"]),
        price=line["price"],
        quantity=line["quantity"],
        subscription=subscription_id,
    )


def billed_item(account: Account, item: Document) -> Document:
    """The line of an invoice for the item's present period."""
    details = {**_details(item["subscription"]), "subscription_item": item["id"]}
    parent = {
        "invoice_item_details": None,
        "subscription_item_details": {**details, "invoice_item": None},
        "type": "subscription_item_details",
    }
    period = {"start": item["current_period_start"], "end": item["current_period_end"]}
    text = f"{item['quantity']} x {_name(account, item)}"
    return _billed(item, text, parent, period)


def billed_once(account: Account, line: Document, subscription_id: str) -> Document:
    """The line of an invoice for something that is billed once."""
    details = {**_details(subscription_id), "invoice_item": account.new_id("invoiceitem")}
    parent = {
        "invoice_item_details": details,
        "subscription_item_details": None,
        "type": "invoice_item_details",
    }
    now = account.now()
    return _billed(line, _name(account, line), parent, {"start": now, "end": now})


def _billed(line: Document, text: str, parent: Document, period: Document) -> Document:
    price, quantity = line["price"], line["quantity"]
    amount = price["unit_amount"] * quantity
    pricing = {
        "price_details": {"price": price["id"], "product": price["product"]},
        "type": "price_details",
        "unit_amount_decimal": price["unit_amount_decimal"],
    }
    return shapes.line_item(
        amount=amount,
        currency=price["currency"],
        description=text,
        parent=parent,
        period=period,
        pricing=pricing,
        quantity=quantity,
        subtotal=amount,
    )


def _details(subscription_id: str) -> Document:
    return {"proration": False, "proration_details": None, "subscription": subscription_id}


def _name(account: Account, line: Document) -> str:
    product = account.store.get("product", line["price"]["product"]) or {"name": "Item"}
    return str(product["name"])
