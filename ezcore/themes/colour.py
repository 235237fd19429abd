"""One brand colour in, pairs that can be read out. Pure arithmetic.

Contrast is that of WCAG 2.2: relative luminance L = 0.2126 R + 0.7152 G + 0.0722 B with each channel linearised
(c / 12.92 up to 0.04045, else ((c + 0.055) / 1.055) ^ 2.4), ratio (L1 + 0.05) / (L2 + 0.05), the lighter one above.
Source: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance and #dfn-contrast-ratio.
Text needs 4.5:1 (1.4.3), parts of controls 3:1 (1.4.11).
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

TEXT: Final = 4.5
CONTROL: Final = 3.0
WHITE: Final = "#ffffff"
_STEPS: Final = 500
_LINEAR: Final = 0.04045
_HOVER: Final = 0.06
_SOFT: Final = {"light": 0.10, "dark": 0.22}
Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class Pair:
    """A colour for light pages and one for dark ones, as `#rrggbb`."""

    light: str
    dark: str


def relative_luminance(colour: str) -> float:
    """0 for black to 1 for white, of `#rrggbb` (the formula stands above)."""
    red, green, blue = (c / 12.92 if c <= _LINEAR else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """1 (the same) to 21 (black on white)."""
    dark, light = sorted((relative_luminance(one), relative_luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def palette(brand: str, light: Sequence[str], dark: Sequence[str]) -> Mapping[str, Pair]:
    """The tokens that a brand colour decides; `light` and `dark` are the surfaces they lie on, the main one first.

    Hue and saturation are kept and only lightness moves, by as little as it takes. On every surface `brand` (text) has
    4.5:1, also on `brand-soft`; `brand-solid` carries white text at 4.5:1 and stands out at 3:1, hovered too;
    `focus` and `series-1` have 3:1.
    """
    found = {mode: _one_mode(brand, surfaces, mode) for mode, surfaces in (("light", light), ("dark", dark))}
    return {name: Pair(found["light"][name], found["dark"][name]) for name in found["light"]}


def _one_mode(brand: str, surfaces: Sequence[str], mode: str) -> dict[str, str]:
    soft = _mixed(brand, surfaces[0], _SOFT[mode])
    text = _nearest(brand, [(TEXT, one) for one in (*surfaces, soft)])
    solid = _nearest(brand, _solid_wants(surfaces))
    return {
        "brand": text,
        "brand-solid": solid,
        "brand-solid-hover": _hovered(solid, surfaces),
        "on-brand": WHITE,
        "brand-soft": soft,
        "focus": text,
        "series-1": _nearest(brand, [(CONTROL, one) for one in surfaces]),
    }


def _solid_wants(surfaces: Sequence[str]) -> list[tuple[float, str]]:
    return [(TEXT, WHITE), *((CONTROL, one) for one in surfaces)]


def _hovered(solid: str, surfaces: Sequence[str]) -> str:
    """A step darker or, where that would vanish into the page, lighter; the same where there is no room at all."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(solid))
    for step in (-_HOVER, _HOVER, -_HOVER / 3, _HOVER / 3):
        found = _hex(colorsys.hls_to_rgb(hue, min(1.0, max(0.0, lightness + step)), saturation))
        if _has(found, _solid_wants(surfaces)):
            return found
    return solid


def _nearest(brand: str, wants: Sequence[tuple[float, str]]) -> str:
    """The colour of this hue that is nearest in lightness and has each contrast asked for.

    Where no lightness has (surfaces of a middling grey), the one whose worst contrast is best.
    """
    candidates = list(_by_distance(brand))
    good = next((one for one in candidates if _has(one, wants)), None)
    return good or max(candidates, key=lambda one: min(contrast(one, other) / need for need, other in wants))


def _by_distance(brand: str) -> Iterator[str]:
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(brand))
    levels = sorted((step / _STEPS for step in range(_STEPS + 1)), key=lambda level: abs(level - lightness))
    yield brand.lower()
    for level in levels:
        yield _hex(colorsys.hls_to_rgb(hue, level, saturation))


def _has(colour: str, wants: Sequence[tuple[float, str]]) -> bool:
    return all(contrast(colour, other) >= need for need, other in wants)


def _mixed(colour: str, with_: str, share: float) -> str:
    red, green, blue = (a * share + b * (1 - share) for a, b in zip(_rgb(colour), _rgb(with_), strict=True))
    return _hex((red, green, blue))


def _rgb(colour: str) -> Rgb:
    digits = colour.removeprefix("#")
    return int(digits[0:2], 16) / 255, int(digits[2:4], 16) / 255, int(digits[4:6], 16) / 255


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in colour)
