"""Every invariant with its words and the tests that hold what no query can."""

from __future__ import annotations

from typing import Final

PROMISES: Final[dict[str, str]] = {
    "I02": "the ledger is append-only",
    "I12": "an issued document is never changed",
    "I15": "the next due date never skips or repeats, and keeps its anchor day",
    "I20": "no service that is paid up is suspended or terminated by automation",
    "I21": "only what is suspended, after grace and notices and under the daily cap, is terminated",
    "I38": "asking twice with the same key has one effect and one answer",
}

AUTOMATION: Final = "tests/unit/automation"

TESTS: Final[dict[str, tuple[str, ...]]] = {
    "I05": (
        "tests/unit/billing/test_invoices.py::test_I05_twenty_payments_at_once_pay_it_once_and_the_excess_is_credit",
    ),
    "I07": (
        "tests/unit/billing/disputes/test_disputes.py::test_I07_any_order_and_repetition_of_facts_ends_in_one_state",
        "tests/unit/billing/subscriptions/test_mirror.py::test_I07_any_order_of_bills_and_agreement_ends_in_one_state",
    ),
    "I08": (
        "tests/unit/billing/refunds/test_refunds.py::test_I08_a_whole_refund_asked_for_twenty_times_at_once_is_one",
    ),
    "I11": ("tests/unit/billing/taxes/test_arithmetic.py::test_I11_totals_are_the_sums_of_their_parts",),
    "I15": (
        f"{AUTOMATION}/test_renewals.py::test_I15_the_chain_of_periods_has_no_hole_no_overlap_and_keeps_its_day",
    ),
    "I16": (
        "tests/unit/automation/test_renewals.py::test_I16_when_it_is_paid_moves_nothing_but_the_period_that_was_paid",
    ),
    "I20": (
        f"{AUTOMATION}/test_dunning.py::test_I20_nobody_without_an_overdue_invoice_is_suspended_whatever_the_dates_say",
    ),
    "I21": ("tests/unit/automation/test_dunning.py::test_H13_never_without_a_delivered_reminder",),
    "I29": ("tests/unit/catalog/test_stock.py::test_I29_twenty_buyers_of_the_last_pieces",),
    "I40": ("tests/unit/billing/taxes/test_cases.py::test_I40_the_rule_of_the_tax_point_counts",),
}
"""Tests that hold what cannot be seen in the data of one moment, by the name of the test."""
