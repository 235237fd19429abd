"""What a mail says: values are printed once, and nothing that was typed reaches a header or runs."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ezcore.kernel.money import Money
from ezcore.messaging.errors import BadRecipient, BadTemplate
from ezcore.messaging.rules import check_address, fill_in

SOURCE = "Subject: Invoice {{ number }}\n\nHello {{ name }},\n{{ total }} until {{ due }}\n"


def text_of(source, language="en", **values):
    return fill_in(source, values, language=language, time_zone="Europe/Tallinn")


def test_amounts_and_dates_are_printed_in_the_language_of_the_text():
    values = {
        "number": "7",
        "name": "Ann",
        "total": Money.parse("1234.50", "EUR"),
        "due": date(2026, 11, 22),
    }
    assert "€1,234.50 until November 22, 2026" in text_of(SOURCE, **values).body
    assert "1.234,50\xa0€ until 22. November 2026" in text_of(SOURCE, "de", **values).body


def test_moments_are_printed_in_the_time_zone_of_the_shop():
    body = text_of("Subject: x\n\n{{ at }}", at=datetime(2026, 11, 22, 22, 30, tzinfo=UTC)).body
    assert body == "November 23, 2026, 00:30 EET"


def test_a_placeholder_the_mail_does_not_have_is_an_error():
    with pytest.raises(BadTemplate, match="asks for total"):
        text_of(SOURCE, number="7", name="Ann", due="soon")


@pytest.mark.parametrize(
    "broken", ["{{ name", "name }}", "{{ name.upper() }}", "{{ 7*7 }}", "{{{{ name }}}}"]
)
def test_a_template_has_no_logic(broken):
    with pytest.raises(BadTemplate):
        text_of(f"Subject: x\n\n{broken}", name="Ann")


@pytest.mark.parametrize("typed", ["{{ secret }}", "${7*7}", "{{7*7}}", "<?python 1 ?>", "{x.__class__}"])
def test_a_template_in_a_value_is_sent_literally(typed):
    assert text_of("Subject: x\n\n{{ name }}", name=typed, secret="s3cret").body == typed


@given(st.text(max_size=80))
def test_no_value_can_break_out_of_the_subject(typed):
    subject = text_of("Subject: For {{ name }}\n\nx", name=typed).subject
    assert len(subject.splitlines()) == 1
    assert "\n" not in subject
    assert "\r" not in subject


def test_a_template_begins_with_its_subject():
    with pytest.raises(BadTemplate, match="first line"):
        text_of("Hello\nSubject: late", name="Ann")


@pytest.mark.parametrize(
    "address",
    [
        "a", "a@", "a@b", "@b.example", "a b@c.example", "a@b.c\nBcc:x@y.example", '"<script>"@x.example',
        "ann@bücher.example", "ann@shop.example.", "ann..b@shop.example", "ann@-shop.example",
        "x" * 65 + "@shop.example", "ann@" + "a." * 130 + "example", "ann@shop.example\r\n", "",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(address):
    with pytest.raises(BadRecipient):
        check_address(address)


@pytest.mark.parametrize(
    "address", ["ann@shop.example", "a.b+c_d@x-y.shop.example", "ann@xn--bcher-kva.example"]
)
def test_an_address_is_kept_as_it_is(address):
    assert check_address(address) == address
