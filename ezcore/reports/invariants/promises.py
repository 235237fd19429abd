"""Every invariant with its words and the tests that hold what no query can."""

from __future__ import annotations

from typing import Final

PROMISES: Final[dict[str, str]] = {
    "I02": "the ledger is append-only",
    "I12": "an issued document is never changed",
    "I15": "the next due date never skips or repeats, and keeps its anchor day",
    "I18": "what stands at a vendor is what our services live on: no orphan, no ghost",
    "I19": "what is paid is delivered, or somebody works on it or was asked about it",
    "I20": "no service that is paid up is suspended or terminated by automation",
    "I21": "only what is suspended, after grace and notices and under the daily cap, is terminated",
    "I23": "a job's effect happens once, however many times it runs",
    "I25": "every change of state is in the table of legal moves",
    "I30": "an address, a port or a machine's number belongs to one service at most",
    "I31": "a domain name is registered, renewed or transferred at most once per paid line",
    "I38": "asking twice with the same key has one effect and one answer",
}

AUTOMATION: Final = "tests/unit/automation"
PROXMOX: Final = "plugins/proxmox/tests"

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
    "I18": (
        "tests/simulation/test_seeds.py::test_a_shop_keeps_every_promise_whatever_goes_wrong",
        "tests/functional/admin/test_servers.py::test_the_drift_report_proposes_and_a_person_decides",
    ),
    "I20": (
        f"{AUTOMATION}/test_dunning.py::test_I20_nobody_without_an_overdue_invoice_is_suspended_whatever_the_dates_say",
    ),
    "I21": ("tests/unit/automation/test_dunning.py::test_H13_never_without_a_delivered_reminder",),
    "I23": (
        "tests/unit/jobs/test_engine.py::test_our_own_change_happens_once_wherever_the_worker_dies",
        "tests/faults/test_kill_engine.py::test_killed_at_every_crash_point_each_effect_happens_once",
    ),
    "I25": ("tests/unit/services/test_lifecycle.py::test_I25_only_the_moves_of_the_table_are_possible",),
    "I29": ("tests/unit/catalog/test_stock.py::test_I29_twenty_buyers_of_the_last_pieces",),
    "I30": (
        f"{PROXMOX}/test_reservations.py::test_workers_that_ask_at_once_get_an_address_each_and_never_the_gateway",
    ),
    "I31": (
        "tests/unit/domain_names/names/test_life.py::test_I31_a_lost_answer_never_registers_twice",
        "tests/unit/domain_names/names/test_life.py::test_a_renewal_that_is_paid_renews_once_and_an_unpaid_one_never",
    ),
    "I40": ("tests/unit/billing/taxes/test_cases.py::test_I40_the_rule_of_the_tax_point_counts",),
}
"""Tests that hold what cannot be seen in the data of one moment, by the name of the test."""
