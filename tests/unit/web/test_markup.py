"""The atoms of pages: links that cannot leave, money that cannot break, one word per status."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ezcore.kernel.money import Money
from ezcore.web.shared import markup
from ezcore.web.shared.status import WORDS


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "/\\evil",
        "/\t/evil.example",
        "\tjavascript:x",
        "java\nscript:x",
        "https:evil",
        "vbscript:x",
        "",
        "evil.example",
        "/x\r\nSet-Cookie: a",
    ],
)
def test_a_hostile_link_leads_nowhere(address):
    assert markup.safe_href(address) == "#"


@pytest.mark.parametrize("address", ["/billing/", "https://panel.example/x?a=1", "http://10.0.0.1/"])
def test_an_honest_link_stays_as_it_is(address):
    assert markup.safe_href(address) == address


def test_money_keeps_its_minus_and_never_breaks():
    assert markup.money(Money(-1250, "EUR")) == '<bdi class="money">\u2212€12.50</bdi>'
    assert markup.money(Money(1250, "JPY")) == '<bdi class="money">¥1,250</bdi>'
    assert markup.money(None) == ""


def test_an_icon_is_drawn_by_its_name_and_hidden_from_readers():
    drawn = markup.icon("server", "flip")

    assert drawn.startswith('<svg class="icon flip" viewBox="0 0 24 24" aria-hidden="true"><')
    assert "<script" not in drawn
    assert "style=" not in drawn


def test_a_badge_has_a_word_and_a_shape_and_escapes_both():
    assert markup.badge("overdue") == '<span class="badge is-bad">Overdue</span>'
    assert markup.badge("due", "Due <now>") == '<span class="badge is-warn">Due &lt;now&gt;</span>'
    assert markup.badge("brand_new") == '<span class="badge is-idle">Brand new</span>'


def test_every_status_has_one_of_five_shapes():
    assert {kind for kind, _ in WORDS.values()} <= {"ok", "info", "idle", "warn", "bad"}


def test_moments_are_printed_in_the_shops_time_zone():
    assert ">31 Mar 2026</time>" in markup.day(date(2026, 3, 31))
    assert "12:30:00" in markup.moment(datetime(2026, 7, 1, 9, 30, tzinfo=UTC), "Europe/Tallinn")
