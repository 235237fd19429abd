"""Empty Stripe objects with every field that API version 2026-10-28.endive sends, for handlers to fill in."""

from __future__ import annotations

from typing import Any

from ezcore.plugin_api.sandbox import Document

_NOBODY: Document = {
    "city": None,
    "country": None,
    "line1": None,
    "line2": None,
    "postal_code": None,
    "state": None,
}


def _nulls(*names: str) -> Document:
    return dict.fromkeys(names)


def customer(**fields: Any) -> Document:
    """A customer."""
    nulls = _nulls(
        "address", "currency", "customer_account", "default_source", "description", "discount", "email"
    )
    nulls |= _nulls("name", "phone", "shipping", "test_clock")
    settings = {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    }
    return {
        "object": "customer",
        **nulls,
        "balance": 0,
        "delinquent": False,
        "invoice_settings": settings,
        "livemode": False,
        "metadata": {},
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
        **fields,
    }


def payment_method(**fields: Any) -> Document:
    """A stored card or bank account."""
    billing = {"address": dict(_NOBODY), "email": None, "name": None, "phone": None, "tax_id": None}
    return {
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        **fields,
    }


def card(last4: str, brand: str, expires: tuple[int, int]) -> Document:
    """The card inside a payment method."""
    checks = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
    return {
        "brand": brand,
        "checks": checks,
        "country": "US",
        "display_brand": brand,
        "exp_month": expires[0],
        "exp_year": expires[1],
        "fingerprint": f"SANDBOX{brand.upper()[:4]}{last4}",
        "funding": "credit",
        "generated_from": None,
        "last4": last4,
        "networks": {"available": [brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def payment_intent(**fields: Any) -> Document:
    """A payment on its way."""
    nulls = _nulls("application", "application_fee_amount", "automatic_payment_methods", "canceled_at")
    nulls |= _nulls(
        "cancellation_reason", "customer", "customer_account", "description", "last_payment_error"
    )
    nulls |= _nulls(
        "excluded_payment_method_types", "latest_charge", "next_action", "on_behalf_of", "payment_method"
    )
    nulls |= _nulls("payment_method_configuration_details", "processing", "receipt_email", "review", "source")
    nulls |= _nulls("setup_future_usage", "shipping", "statement_descriptor", "statement_descriptor_suffix")
    return {
        "object": "payment_intent",
        **nulls,
        **_nulls("transfer_data", "transfer_group"),
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic_async",
        "confirmation_method": "automatic",
        "livemode": False,
        "metadata": {},
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        **fields,
    }


def setup_intent(**fields: Any) -> Document:
    """A method about to be stored."""
    nulls = _nulls(
        "application", "automatic_payment_methods", "cancellation_reason", "customer", "customer_account"
    )
    nulls |= _nulls(
        "description", "excluded_payment_method_types", "flow_directions", "last_setup_error", "mandate"
    )
    nulls |= _nulls("latest_attempt", "next_action", "on_behalf_of", "payment_method", "single_use_mandate")
    return {
        "object": "setup_intent",
        **nulls,
        "livemode": False,
        "metadata": {},
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        "usage": "off_session",
        **fields,
    }


def charge(**fields: Any) -> Document:
    """One try to take money."""
    nulls = _nulls(
        "application", "application_fee", "application_fee_amount", "balance_transaction", "customer"
    )
    nulls |= _nulls(
        "calculated_statement_descriptor", "description", "failure_balance_transaction", "failure_code"
    )
    nulls |= _nulls(
        "failure_message", "on_behalf_of", "outcome", "payment_method_details", "receipt_email", "review"
    )
    nulls |= _nulls(
        "receipt_number", "receipt_url", "shipping", "source", "source_transfer", "statement_descriptor"
    )
    billing = {"address": dict(_NOBODY), "email": None, "name": None, "phone": None, "tax_id": None}
    return {
        "object": "charge",
        **nulls,
        **_nulls("statement_descriptor_suffix", "transfer_data", "transfer_group"),
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": billing,
        "captured": False,
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "paid": False,
        "refunded": False,
        "status": "pending",
        **fields,
    }


def refund(**fields: Any) -> Document:
    """Money on its way back."""
    nulls = _nulls("balance_transaction", "customer", "customer_account", "payment_method", "reason")
    nulls |= _nulls("receipt_number", "source_transfer_reversal", "transfer_reversal")
    details = {
        "card": {
            "reference_status": "pending",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        }
    }
    return {
        "object": "refund",
        **nulls,
        "destination_details": {**details, "type": "card"},
        "metadata": {},
        "status": "succeeded",
        **fields,
    }


def balance_transaction(**fields: Any) -> Document:
    """A movement on our balance at Stripe."""
    return {
        "object": "balance_transaction",
        "balance_type": "payments",
        "description": None,
        "exchange_rate": None,
        "fee": 0,
        "fee_details": [],
        "status": "pending",
        **fields,
    }


def checkout_session(**fields: Any) -> Document:
    """A hosted page that waits for a client."""
    nulls = _nulls(
        "after_expiration", "allow_promotion_codes", "amount_subtotal", "amount_total", "cancel_url"
    )
    nulls |= _nulls(
        "billing_address_collection", "client_reference_id", "client_secret", "collected_information"
    )
    nulls |= _nulls(
        "consent", "consent_collection", "currency", "currency_conversion", "customer", "discounts"
    )
    nulls |= _nulls("customer_account", "customer_creation", "customer_details", "customer_email", "invoice")
    nulls |= _nulls(
        "integration_identifier", "invoice_creation", "locale", "origin_context", "payment_intent"
    )
    nulls |= _nulls(
        "payment_link", "payment_method_collection", "payment_method_configuration_details", "permissions"
    )
    nulls |= _nulls(
        "recovered_from", "setup_intent", "shipping_address_collection", "shipping_cost", "submit_type"
    )
    texts = _nulls("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    return {
        "object": "checkout.session",
        **nulls,
        **_nulls("saved_payment_method_options", "subscription", "success_url", "total_details", "url"),
        "adaptive_pricing": {"enabled": False},
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "custom_fields": [],
        "custom_text": texts,
        "livemode": False,
        "metadata": {},
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "ui_mode": "hosted_page",
        "wallet_options": None,
        **fields,
    }


def dispute(**fields: Any) -> Document:
    """A payer's bank wants the money back."""
    return {
        "object": "dispute",
        "balance_transactions": [],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {"due_by": None, "has_evidence": False, "past_due": False, "submission_count": 0},
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "reason": "fraudulent",
        "status": "needs_response",
        **fields,
    }


def webhook_endpoint(**fields: Any) -> Document:
    """Where events are sent. The secret is kept by the sandbox and never listed."""
    return {
        "object": "webhook_endpoint",
        "application": None,
        "description": None,
        "enabled_events": ["*"],
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        **fields,
    }
