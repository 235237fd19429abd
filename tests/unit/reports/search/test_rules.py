"""What stands before a colon asks for one kind; signs of the database mean themselves; names are read both ways."""

from __future__ import annotations

import pytest

from ezcore.reports.search.rules import Wanted, like, parse


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("  Ann   Kask ", Wanted("Ann Kask")),
        ("Invoice: 2026-00001", Wanted("2026-00001", "invoice")),
        ("ip:2001:db8::1", Wanted("2001:db8::1", "service", by_ip=True)),
        ("2001:db8::1", Wanted("2001:db8::1")),
        ("https://example.com", Wanted("https://example.com")),
        ("domain:", Wanted("", "domain")),
    ],
)
def test_a_search_is_read_as_it_is_meant(typed, wanted):
    assert parse(typed) == wanted


@pytest.mark.parametrize(
    ("typed", "number"), [("7", 7), ("#7", 7), ("x7", None), ("٣", None), ("9" * 19, None)]
)
def test_the_number_of_a_record(typed, number):
    assert parse(typed).id == number


@pytest.mark.parametrize("typed", ["7", "#7", "2026-00001", "T-2026-123456", "INV-2026/7"])
def test_numbers_of_ours_look_like_numbers(typed):
    assert parse(typed).is_number


@pytest.mark.parametrize("typed", ["ann", "example.com", "203.0.113.7", "a b1"])
def test_other_words_do_not(typed):
    assert not parse(typed).is_number


def test_a_pattern_means_only_what_was_typed():
    assert like("100%_/x") == "%100/%/_//x%"
    assert like("ab") == "ab%"


@pytest.mark.parametrize(
    ("typed", "address"),
    [("2001:DB8:0::1", "2001:db8::1"), ("203.0.113.7/24", "203.0.113.7"), ("ann", "ann")],
)
def test_an_address_is_read_in_any_form(typed, address):
    assert parse(typed).address == address


@pytest.mark.parametrize("typed", ["ÕUN.ee", "õun.ee", "xn--un-bka.ee", "õun.ee."])
def test_both_spellings_of_a_name_are_one(typed):
    assert parse(typed).domain == "õun.ee".encode("idna").decode()


def test_what_is_no_name_is_looked_for_as_it_is():
    assert parse("Ann & Co").domain == "ann & co"
