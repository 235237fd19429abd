"""What people type is text: links lead out, everything else stays what it is."""

from __future__ import annotations

import pytest

from ezcore.web.shared.prose import prose


def test_paragraphs_lines_and_links():
    html = prose("Hello\nyou\n\nsee https://a.example/x?a=1&b=2.")
    assert html == (
        "<p>Hello<br/>you</p><p>see "
        '<a href="https://a.example/x?a=1&amp;b=2" rel="nofollow noopener noreferrer ugc">'
        "https://a.example/x?a=1&amp;b=2</a>.</p>"
    )


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", "javascript:alert(1)", 'https://a.example/"onmouseover=x', "<img src=x onerror=y>",
     "data:text/html,<b>", "https://a.example/'><svg/onload=x>"],
)  # fmt: skip
def test_B067_nothing_that_is_typed_becomes_markup(hostile):
    html = str(prose(hostile))
    assert "<script" not in html
    assert "<img" not in html
    assert "<svg" not in html
    assert '"onmouseover' not in html
    assert 'href="javascript' not in html
