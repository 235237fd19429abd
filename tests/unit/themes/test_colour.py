"""Any brand colour becomes pairs that can be read, in light and in dark, with WCAG's own arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ezcore.kernel.resources import find_tree
from ezcore.themes.colour import CONTROL, TEXT, WHITE, contrast, palette, relative_luminance
from ezcore.themes.tokens import SURFACES, colours, contrast_failures, known_tokens

BASE = known_tokens(find_tree("themes") / "base")
LIGHT = [colours(BASE, name).light for name in SURFACES]
DARK = [colours(BASE, name).dark for name in SURFACES]
ANY = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),  # the well known grey that just fails, and the one that just passes
        ("#767676", "#ffffff", 4.54),
        ("#ffffff", "#ffffff", 1.0),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_what_wcag_says(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.006)
    assert contrast(other, one) == contrast(one, other)


def test_luminance_runs_from_black_to_white():
    assert (relative_luminance("#000000"), relative_luminance("#ffffff")) == (0.0, pytest.approx(1.0))


@given(ANY)
def test_text_in_the_brand_colour_can_be_read_on_every_surface(brand):
    made = palette(brand, LIGHT, DARK)
    for surfaces, mode in ((LIGHT, "light"), (DARK, "dark")):
        text, soft = getattr(made["brand"], mode), getattr(made["brand-soft"], mode)
        assert min(contrast(text, one) for one in (*surfaces, soft)) >= TEXT


@given(ANY)
def test_a_button_carries_white_words_and_stands_out_hovered_or_not(brand):
    made = palette(brand, LIGHT, DARK)
    assert (made["on-brand"].light, made["on-brand"].dark) == (WHITE, WHITE)
    for name in ("brand-solid", "brand-solid-hover"):
        for surfaces, mode in ((LIGHT, "light"), (DARK, "dark")):
            solid = getattr(made[name], mode)
            assert contrast(solid, WHITE) >= TEXT
            assert min(contrast(solid, one) for one in surfaces) >= CONTROL


@given(ANY)
def test_focus_and_charts_can_be_seen(brand):
    made = palette(brand, LIGHT, DARK)
    for name in ("focus", "series-1"):
        for surfaces, mode in ((LIGHT, "light"), (DARK, "dark")):
            assert min(contrast(getattr(made[name], mode), one) for one in surfaces) >= CONTROL


@given(ANY)
def test_the_same_colour_gives_the_same_pairs_whatever_its_spelling(brand):
    assert palette(brand, LIGHT, DARK) == palette(brand.upper(), LIGHT, DARK)


def test_a_colour_that_is_good_already_stays_as_it_is():
    made = palette("#1f4fd8", LIGHT, DARK)
    assert (made["brand"].light, made["brand-solid"].light) == ("#1f4fd8", "#1f4fd8")


def test_a_bright_yellow_is_darkened_for_white_pages_and_kept_for_dark_ones():
    made = palette("#ffcc00", LIGHT, DARK)
    assert made["brand"].dark == "#ffcc00"
    red, green, blue = (int(made["brand"].light[at : at + 2], 16) for at in (1, 3, 5))
    assert red > green > blue
    assert blue <= 2


def test_the_base_theme_itself_can_be_read():
    assert list(contrast_failures(BASE)) == []


def test_a_pair_that_is_too_pale_is_named_with_its_figures():
    pale = {**BASE, "muted": "light-dark(#b0b8c4, #9ba8ba)"}
    first = next(iter(contrast_failures(pale)))
    assert first.startswith("--muted on --surface has 2.0")
    assert "in light mode and needs 4.5:1" in first
