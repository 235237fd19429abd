"""Empty Stripe objects of billing and banking, with every field that API version 2026-10-28.endive sends."""

from __future__ import annotations

from typing import Any

from ezcore.plugin_api.sandbox import Document


def _nulls(*lines: str) -> Document:
    return dict.fromkeys(" ".join(lines).split())


def listed(items: list[Document], url: str, *, has_more: bool = False) -> Document:
    """A list inside an object."""
    return {"object": "list", "data": items, "has_more": has_more, "url": url}


def price(**fields: Any) -> Document:
    """What one piece costs, once or every cycle."""
    return {
        "object": "price",
        **_nulls("custom_unit_amount lookup_key nickname recurring tiers_mode transform_quantity"),
        "active": True,
        "billing_scheme": "per_unit",
        "livemode": False,
        "metadata": {},
        "tax_behavior": "unspecified",
        "type": "one_time",
        **fields,
    }


def plan_of(price_: Document) -> Document:
    """The older picture of a recurring price, which Stripe still sends beside it."""
    return {
        "object": "plan",
        **_nulls("amount_decimal meter nickname tiers_mode transform_usage trial_period_days"),
        "active": True,
        "amount": price_["unit_amount"],
        "billing_scheme": "per_unit",
        "created": price_["created"],
        "currency": price_["currency"],
        "id": price_["id"],
        "interval": price_["recurring"]["interval"],
        "interval_count": price_["recurring"]["interval_count"],
        "livemode": False,
        "metadata": {},
        "product": price_["product"],
        "usage_type": "licensed",
    }


def subscription_item(**fields: Any) -> Document:
    """One recurring price of a subscription; the period stands here, not on the subscription."""
    return {
        "object": "subscription_item",
        "billing_thresholds": None,
        "discounts": [],
        "metadata": {},
        "tax_rates": [],
        **fields,
    }


def subscription(**fields: Any) -> Document:
    """Something that Stripe bills by itself."""
    nulls = _nulls(
        "application application_fee_percent billing_cycle_anchor_config billing_thresholds cancel_at",
        "canceled_at customer_account days_until_due default_payment_method default_source description",
        "ended_at latest_invoice next_pending_invoice_item_invoice on_behalf_of pause_collection",
        "pending_invoice_item_interval pending_setup_intent pending_update schedule test_clock",
        "transfer_data trial_end trial_start",
    )
    return {
        "object": "subscription",
        **nulls,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_mode": {"flexible": None, "type": "flexible"},
        "billing_schedules": [],
        "cancel_at_period_end": False,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "default_tax_rates": [],
        "discounts": [],
        "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "livemode": False,
        "managed_payments": {"enabled": False},
        "metadata": {},
        "payment_settings": {
            **_nulls("payment_method_options payment_method_types"),
            "save_default_payment_method": "off",
        },
        "status": "active",
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        **fields,
    }


def line_item(**fields: Any) -> Document:
    """A line of an invoice."""
    return {
        "object": "line_item",
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "livemode": False,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": 1,
        "subscription": None,
        "taxes": [],
        **fields,
    }


def invoice(**fields: Any) -> Document:
    """What Stripe bills for one cycle. Since 2025 without `subscription`, `payment_intent`, `charge`, `paid`."""
    nulls = _nulls(
        "account_name account_tax_ids application automatically_finalizes_at confirmation_secret",
        "custom_fields customer_account customer_address customer_email customer_name customer_phone",
        "customer_shipping default_payment_method default_source description due_date effective_at",
        "ending_balance footer from_invoice hosted_invoice_url invoice_pdf last_finalization_error",
        "latest_revision next_payment_attempt number on_behalf_of receipt_number rendering shipping_cost",
        "shipping_details statement_descriptor test_clock threshold_reason webhooks_delivered_at",
    )
    amounts = dict.fromkeys(
        (
            "amount_overpaid",
            "amount_paid",
            "amount_shipping",
            "attempt_count",
            "post_payment_credit_notes_amount",
            "pre_payment_credit_notes_amount",
            "starting_balance",
        ),
        0,
    )
    return {
        "object": "invoice",
        **nulls,
        **amounts,
        "account_country": "EE",
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None, "status": None},
        "collection_method": "charge_automatically",
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_tax_rates": [],
        "discounts": [],
        "issuer": {"type": "self"},
        "livemode": False,
        "metadata": {},
        "payment_settings": _nulls("default_mandate payment_method_options payment_method_types"),
        "status": "draft",
        "status_transitions": _nulls("finalized_at marked_uncollectible_at paid_at voided_at"),
        "total_discount_amounts": [],
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        **fields,
    }


def invoice_payment(**fields: Any) -> Document:
    """The bond between an invoice and a payment."""
    return {
        "object": "invoice_payment",
        "amount_paid": None,
        "is_default": True,
        "livemode": False,
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
        **fields,
    }


def payout(**fields: Any) -> Document:
    """Money on its way to our bank."""
    nulls = _nulls(
        "application_fee application_fee_amount failure_balance_transaction failure_code failure_message",
        "original_payout payout_method reversed_by statement_descriptor trace_id",
    )
    return {
        "object": "payout",
        **nulls,
        "automatic": True,
        "description": "STRIPE PAYOUT",
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "reconciliation_status": "completed",
        "source_type": "card",
        "status": "in_transit",
        "type": "bank_account",
        **fields,
    }


def portal_session(**fields: Any) -> Document:
    """A page of the Customer Portal."""
    return {
        "object": "billing_portal.session",
        **_nulls("after_expiration customer_account flow locale on_behalf_of return_url"),
        "configuration": "bpc_sandbox",
        "livemode": False,
        **fields,
    }


def mandate(**fields: Any) -> Document:
    """A payer's consent to be debited."""
    accepted = {"accepted_at": None, "online": {"ip_address": None, "user_agent": None}, "type": "online"}
    return {
        "object": "mandate",
        "customer_acceptance": accepted,
        "livemode": False,
        "multi_use": {},
        "payment_method_details": {"type": "sepa_debit", "sepa_debit": {"reference": "SANDBOX", "url": ""}},
        "status": "active",
        "type": "multi_use",
        **fields,
    }


def early_fraud_warning(**fields: Any) -> Document:
    """A bank that suspects fraud."""
    return {
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "fraud_type": "unauthorized_use_of_card",
        "livemode": False,
        **fields,
    }
