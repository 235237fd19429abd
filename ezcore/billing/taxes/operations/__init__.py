"""Verbs of taxes: rules and numbers; import them from here."""

from ezcore.billing.taxes.operations.numbers import (
    decide_number,
    is_asked,
    keep_evidence,
    last_evidence,
    take_answer,
)
from ezcore.billing.taxes.operations.rates import NewRule, add_rule, end_rule, remove_rule, seed_eu_rates

__all__ = [
    "NewRule",
    "add_rule",
    "decide_number",
    "end_rule",
    "is_asked",
    "keep_evidence",
    "last_evidence",
    "remove_rule",
    "seed_eu_rates",
    "take_answer",
]
