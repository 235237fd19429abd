"""The language of staff's texts: places and parts, every mistake with its line, nothing that runs."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ezcore.messaging.errors import BadTemplate
from ezcore.messaging.language import fill
from ezcore.messaging.rules import Text, fill_parts


def test_dotted_names_and_parts():
    text = "Dear {{ client.name }}\n{{#if link}}\nSee {{ link }}\n{{else}}\nNo link\n{{/if}}\nBye"
    assert fill(text, {"client.name": "Ann", "link": "x"}) == "Dear Ann\nSee x\nBye"
    assert fill(text, {"client.name": "Ann", "link": ""}) == "Dear Ann\nNo link\nBye"


def test_parts_stand_in_parts_and_in_a_line():
    text = "{{#if a}}A{{#if b}}B{{/if}}{{else}}-{{/if}}."
    assert [fill(text, {"a": a, "b": b}) for a, b in (("1", "1"), ("1", ""), ("", "1"))] == [
        "AB.",
        "A.",
        "-.",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\n\n{{ oops }}", "line 3: the text asks for oops"),
        ("a\n  {{#if oops}}\nx\n{{/if}}\n", "line 2: the text asks for oops"),
        ("{{#if name}}\n{{ oops }}{{/if}}", "line 2: the text asks for oops"),
        ("{{#if name}}{{else}}{{ oops }}{{/if}}", "line 1: the text asks for oops"),
        ("x\n{{#if name}}", "line 2: {{#if name}} has no {{/if}}"),
        ("x\n{{/if}}", "line 2: {{/if}} has no {{#if}}"),
        ("{{#if name}}{{else}}{{else}}{{/if}}", "line 1: {{else}} has no"),
        ("\n{{ name | safe }}", "line 2: a placeholder cannot be read"),
        ("{{ name.__class__ }}", "line 1: a placeholder cannot be read"),
        ("{{#each name}}", "cannot be read"),
        ("{{#if name}}" * 9, "nested too deep"),
    ],
)
def test_a_mistake_is_named_with_its_line(text, words):
    with pytest.raises(BadTemplate) as found:
        fill(text, {"name": "Ann"})
    assert words in found.value.message


@given(st.text(alphabet="{}#/ifelsname \n", max_size=60))
def test_any_text_is_printed_or_refused(text):
    with suppress(BadTemplate):
        assert "{{" not in fill(text, {"name": "Ann"})


def test_what_a_client_typed_is_no_markup_in_html_and_no_second_line_in_the_subject():
    typed = {"name": '<b>Ann</b>\n"x" {{ name }}'}
    made = fill_parts(
        Text("{{ name }}", "{{ name }}", '<a title="{{ name }}">'), typed, language="en", time_zone="UTC"
    )
    assert made.subject == '<b>Ann</b> "x" {{ name }}'
    assert made.body == '<b>Ann</b>\n"x" {{ name }}'
    assert made.html == '<a title="&lt;b&gt;Ann&lt;/b&gt;<br>\n&quot;x&quot; {{ name }}">'
