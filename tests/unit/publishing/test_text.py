"""Whatever is typed, what comes out holds the tags of a closed list and runs nothing."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ezcore.kernel.errors import InvalidInput
from ezcore.publishing.text import LONGEST, check, plain, render

ALLOWED = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li",
    "a", "img",
}  # fmt: skip


class Reader(HTMLParser):
    """Every tag and attribute as a browser would read them."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def read(markup):
    reader = Reader()
    reader.feed(str(markup))
    return reader


def is_harmless(markup):
    found = read(markup)
    names = {(tag, name) for tag, name, _ in found.attributes}
    assert found.tags <= ALLOWED
    assert names <= {("a", "href"), ("a", "title"), ("a", "rel"), ("img", "src"), ("img", "alt"), ("img", "title"),
                     ("ol", "start")}  # fmt: skip
    for tag, name, value in found.attributes:
        if name == "src":
            assert value.startswith("/")
            assert not value.startswith(("//", "/\\"))
        if (tag, name) == ("a", "href"):
            scheme, colon, _ = value.partition(":")
            assert not colon or "/" in scheme or "#" in scheme or "?" in scheme or scheme.lower() in {
                "http", "https", "mailto",
            }  # fmt: skip
    return True


def test_what_staff_write_becomes_markup():
    shown = render("# Maintenance\n\nWe *move* **racks**.\n\n1. Off\n2. On\n\n> soon\n\n    code\n\n---")
    for part in (
        "<h2>Maintenance</h2>",
        "<em>move</em>",
        "<strong>racks</strong>",
        "<ol>",
        "<blockquote>",
        "<pre>",
    ):
        assert part in shown


def test_headings_leave_the_first_level_to_the_page():
    shown = render("# a\n\n## b\n\n###### f\n\nunder\n=====")
    assert "<h1" not in shown
    assert shown.count("<h2>") == 2
    assert "<h4>f</h4>" in shown


def test_links_vouch_for_nobody():
    shown = render('[us](https://ez.example/ "Title") and <mailto:help@ez.example> and [in](/help/)')
    hrefs = [value for _, name, value in read(shown).attributes if name == "href"]
    rels = [value for _, name, value in read(shown).attributes if name == "rel"]
    assert hrefs == ["https://ez.example/", "mailto:help@ez.example", "/help/"]
    assert rels == ["nofollow noopener noreferrer"] * 3


HOSTILE = (
    "<script>alert(1)</script>", "<SCRIPT SRC=//x.example/x.js>", "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>", "<iframe src=javascript:alert(1)>", "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](<javascript:alert(1)>)", "[x](vbscript:x)", "[x](data:text/html,<script>1</script>)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)", "![x](javascript:alert(1))", "![x](https://track.example/p.gif)",
    "![x](//track.example/p.gif)", "![x](/\\track.example/p.gif)", "<javascript:alert(1)>", "<style>*{}</style>",
    "[x]: javascript:alert(1)\n\n[x]", '[x](/a "\\" onmouseover=alert(1) x=\\"")', '![" onerror="alert(1)](/x)',
    "<!-- --><script>1</script>", "<![CDATA[<script>1</script>]]>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "```<script>\n</code></pre><script>1</script>\n```", "`<img src=x onerror=1>`",
    "${open('/etc/passwd').read()}", "<tal:x content='python: 1'/>", "<p style='position:fixed'>x</p>",
    "<base href=//x.example>", "<meta http-equiv=refresh content=0>", "<form action=//x.example><button>",
    "[x](file:///etc)",
)  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_text_is_shown_and_runs_nothing(typed):
    assert is_harmless(render(typed))
    assert is_harmless(render(f"- > {typed}\n\n{typed} {typed}"))


def test_templates_are_words_here():
    assert "${1 + 1}" in render("${1 + 1}")
    assert "structure" in render("${structure: 1}")


def test_only_our_own_pictures_are_shown():
    assert '<img src="/static/rack.png" alt="A rack">' in render("![A rack](/static/rack.png)")
    assert "<img" not in render("![A rack](https://elsewhere.example/rack.png)")
    assert "A rack" in render("![A rack](https://elsewhere.example/rack.png)")
    assert render("![<b>](//x)") == "<p>&lt;b&gt;</p>\n"


@pytest.mark.parametrize(
    "typed",
    ["> " * 30_000, "- " * 30_000, "[" * 60_000, "*a _b " * 10_000, "`" * 60_000, "![" * 30_000, "<a " * 20_000,
     "[a](" * 15_000, "\n".join("  " * n + "- x" for n in range(240)), "**" * 30_000, "a\n" * 30_000,
     "[a]: /x\n" * 7_000, "&" * 60_000, "<!--" * 15_000, "_" * 60_000, "\\" * 60_000],
    ids=lambda typed: repr(typed[:8]),
)  # fmt: skip
def test_deep_and_long_text_ends_in_time(typed):
    begun = time.perf_counter()
    assert is_harmless(render(typed[:LONGEST]))
    assert time.perf_counter() - begun < 5


def test_a_megabyte_is_refused_at_its_field():
    for act in (render, check, plain):
        with pytest.raises(InvalidInput) as refused:
            act("x" * 1_000_000)
        assert refused.value.field == "body"
    with pytest.raises(InvalidInput):
        check(" \r\n\t ")


def test_what_is_kept_has_one_kind_of_line_end():
    assert check("  a\r\nb\rc  ") == "a\nb\nc"


def test_words_alone_are_one_line():
    assert (
        plain("# Racks\n\nWe *move* them & [more](/x).\n\n- one\n- two")
        == "Racks We move them & more. one two"
    )


@given(st.text(alphabet=st.sampled_from("[]()<>!*_`#&;:/\\\"'\n\t -=xjavscriptonerror1."), max_size=200))
def test_no_text_brings_more_than_the_closed_list(typed):
    assert is_harmless(render(typed))


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("# a\n## b\n# c", "232"),
        ("## a\n### b\n## c", "232"),
        ("### a\n##### b\n# c\n## d", "2323"),
        ("####### a", ""),
    ],
)
def test_headings_begin_under_the_title_and_skip_no_level(written, levels):
    """Who listens to a page walks it by its headings; how staff count them is their own affair."""
    assert "".join(re.findall(r"<h(\d)>", str(render(written)))) == levels
