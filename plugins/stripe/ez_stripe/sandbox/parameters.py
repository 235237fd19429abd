"""The parameters each creating call takes, at its top level (contracts: API version 2026-10-28.endive)."""

from __future__ import annotations


def _names(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


CUSTOMER = _names(
    "address balance business_name cash_balance description email individual_name invoice_prefix",
    "invoice_settings metadata name next_invoice_sequence payment_method phone preferred_locales",
    "shipping source tax tax_exempt tax_id_data test_clock validate",
)
PAYMENT_INTENT = _names(
    "allowed_payment_method_types amount amount_details application_fee_amount",
    "automatic_payment_methods capture_method confirm confirmation_method confirmation_token currency",
    "customer customer_account description error_on_requires_action excluded_payment_method_types",
    "hooks mandate mandate_data metadata off_session on_behalf_of payment_details payment_method",
    "payment_method_configuration payment_method_data payment_method_options radar_options",
    "receipt_email return_url setup_future_usage shipping statement_descriptor",
    "statement_descriptor_suffix transfer_data transfer_group use_stripe_sdk",
)
SETUP_INTENT = _names(
    "allowed_payment_method_types attach_to_self automatic_payment_methods confirm confirmation_token",
    "customer customer_account description excluded_payment_method_types flow_directions mandate_data",
    "metadata on_behalf_of payment_method payment_method_configuration payment_method_data",
    "payment_method_options return_url single_use usage use_stripe_sdk",
)
REFUND = _names(
    "amount charge currency customer instructions_email metadata origin payment_intent reason",
    "refund_application_fee reverse_transfer",
)
CHECKOUT_SESSION = _names(
    "adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types",
    "automatic_tax billing_address_collection branding_settings cancel_url client_reference_id",
    "consent_collection currency custom_fields custom_text customer customer_account",
    "customer_creation customer_email customer_update discounts excluded_payment_method_types",
    "expires_at integration_identifier invoice_creation line_items locale managed_payments metadata",
    "mode name_collection optional_items origin_context payment_intent_data payment_method_collection",
    "payment_method_configuration payment_method_data payment_method_options permissions",
    "phone_number_collection redirect_on_completion return_url saved_payment_method_options",
    "setup_intent_data shipping_address_collection shipping_options submit_type subscription_data",
    "success_url tax_id_collection ui_mode wallet_options",
)
