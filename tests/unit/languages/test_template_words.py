"""What of a template is a message, and what is drawn of it."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from ezcore.languages import speaking, tongue_of
from ezcore.themes.chain import ThemeChain
from ezcore.web.shared.template_words import messages_of_template
from ezcore.web.shared.theme import Theme


def messages(source: str) -> list[str]:
    return [text for _, text in messages_of_template(source, "a.pt")]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<p>Due today</p>", ["Due today"]),
        ("<p>Due ${day(bill.due_on)}</p>", ["Due ${due_on}"]),
        ("<p>${a.name}, ${b.name}</p>", []),
        ("<p>From ${a.name} to ${b.name}</p>", ["From ${name} to ${name2}"]),
        ("<p>${icon('x')}Close &amp; go</p>", ["Close & go"]),
        ("<a class='btn wide' title='Go on'>${'Off' if off else 'On'}</a>", ["Go on", "Off", "On"]),
        ("<p tal:condition=\"x == 'Included'\">${icon('x')}</p>", []),
        (
            "<p tal:define=\"title 'Invoices'; cls 'full wide'; crumbs [('Bills', '/bills/')]\"/>",
            ["Invoices", "Bills"],
        ),
        ("<p>${f'Edit {row.name}'}</p>", ["Edit ${name}"]),
        ("<code>ez migrate</code>", []),
        ("<p>${ {'a': 'Open'}.get(state, 'Shut') }</p>", ["Open", "Shut"]),
    ],
)
def test_words_for_people_are_messages_and_nothing_else_is(source, said):
    assert messages(f"<div>{source}</div>") == said


@pytest.fixture
def draw(tmp_path):
    def drawn(source: str, code: str, **context):
        (tmp_path / "a.pt").write_text(source, "utf-8")
        with speaking(tongue_of(code)):
            return Theme(ThemeChain(("a",), (tmp_path,)), reload=True).render("a.pt", **context)

    return drawn


def test_english_is_drawn_as_it_was_written(draw):
    page = draw(
        '<p title="Of ${who}">Due &amp; <b>${when}</b> for ${who}</p>',
        "en",
        who='A & "B"',
        when=Markup("<i>1</i>"),
    )
    assert page == '<p title="Of A &amp; &#34;B&#34;">Due &amp; <b><i>1</i></b> for A &amp; &#34;B&#34;</p>'


def test_the_pseudo_language_marks_words_and_leaves_values_alone(draw):
    assert draw("<p>Due ${when}</p>", "en-XA", when="1 March") == "<p>⟦Ďüé 1 March~~~~⟧</p>"


def test_a_value_cannot_bring_markup_or_a_message(draw):
    page = draw("<p>Hello ${name}</p>", "en-XA", name="<b>${name}")
    assert "&lt;b&gt;${name}" in page
    assert "<b>" not in page


def test_what_was_said_as_markup_is_not_said_again():
    amount = Markup("<bdi>€5.00</bdi>")
    assert tongue_of("en-XA", ()).say(amount) is amount
