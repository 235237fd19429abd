"""Every line can tell how its amount came about, in one sentence that a person can check."""

from __future__ import annotations

import pytest

from ezcore.billing.invoices.explain import explain
from ezcore.billing.invoices.models import InvoiceLine


def told(kind, **facts):
    return explain(InvoiceLine(kind=kind, currency="EUR", unit_minor=0, amount_minor=0, explain=facts))


@pytest.mark.parametrize(
    ("kind", "facts", "sentence"),
    [
        ("period", {"cycle": "1 month", "base_minor": 700}, "7.00 EUR every month."),
        (
            "period",
            {"cycle": "3 months", "base_minor": 2100, "options": [["Memory", "8 GB", 900], ["Site", "EU", 0]]},
            "21.00 EUR every 3 months plus Memory (8 GB) 9.00 EUR.",
        ),
        ("period", {"cycle": "once", "base_minor": 700}, "7.00 EUR once."),
        ("period", {"cycle": "1 year", "base_minor": 100, "first_term": True}, "1.00 EUR for the first term."),
        (
            "addon",
            {"cycle": "1 month", "base_minor": 300, "days": 11, "of_days": 30},
            "3.00 EUR every month; of which 11 of 30 days.",
        ),
        (
            "discount",
            {"code": "WELCOME20", "of_minor": 1000, "percent_ppm": 200000, "left": 2},
            "Promotion WELCOME20: 20 % of 10.00 EUR, and off 2 more billings.",
        ),
        ("discount", {"code": "FIVE", "of_minor": 1000}, "Promotion FIVE: Taken off 10.00 EUR."),
        (
            "proration",
            {"rule": "proration", "side": "old", "days": 11, "of_days": 30, "from": "2027-02-20"},
            "The old price is given back for 11 of 30 days from 20 February 2027.",
        ),
        (
            "usage",
            {
                "rule": "usage", "unit": "GiB", "used": "150", "included": "100",
                "tiers": [["40", "0.1"], ["10", "0.08"]],
            },
            "150 GiB used, 100 GiB included: 40 GiB at 0.1 EUR + 10 GiB at 0.08 EUR.",
        ),
        (
            "late_fee",
            {"invoice": "2027-00007", "open_minor": 5000, "late_days": 10, "percent_ppm": 25000},
            "2.5 % of 50.00 EUR that is open on invoice 2027-00007, 10 days after it was due.",
        ),
        ("item", {"quantity": 3, "each_minor": 8050}, "3 x 80.50 EUR."),
        ("item", {"quantity": 1, "each_minor": 8050}, ""),
        (
            "item",
            {"quantity": 1, "each_minor": 500, "cycle": "1 month", "on": "2027-03-01"},
            "1 x 5.00 EUR, every month, for 1 March 2027.",
        ),
    ],
)  # fmt: skip
def test_a_line_tells_how_its_amount_came_about(kind, facts, sentence):
    assert told(kind, **facts) == sentence


@pytest.mark.parametrize(
    "facts", [{}, {"rule": "usage"}, {"cycle": 7}, {"quantity": "many"}, {"base_minor": None}]
)
def test_facts_that_nobody_understands_are_passed_over(facts):
    assert told("period", **facts) == ""
    assert told("item", **facts) == ""
