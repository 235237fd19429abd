"""Whose wish counts, and what fits it."""

from __future__ import annotations

import pytest

from ezcore.languages.choice import choose

OFFERED = ("en", "de", "pt-BR", "en-XA")


@pytest.mark.parametrize(
    ("stored", "cookie", "accept", "chosen"),
    [
        (None, None, "", "en"),
        ("de", "en", "en", "de"),
        (None, "de", "en", "de"),
        ("fr", None, "de-AT, en;q=0.5", "de"),
        (None, None, "en;q=0.3, de;q=0.9", "de"),
        (None, None, "pt", "pt-BR"),
        (None, None, "de;q=0", "en"),
        (None, None, "*, ;;,x=1", "en"),
        (None, "xx", "fr", "en"),
    ],
)
def test_the_profile_then_the_browser_then_the_shop(stored, cookie, accept, chosen):
    assert choose(OFFERED, "en", stored=stored, cookie=cookie, accept=accept) == chosen
