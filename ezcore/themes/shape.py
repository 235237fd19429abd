"""Corners and type of a shop: a few sets of tokens that staff choose by name, so that no choice can break a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CORNERS: Final[Mapping[str, Mapping[str, str]]] = {
    "square": {"r0": "1px", "r1": "2px", "r2": "2px", "r3": "3px", "r-pill": "3px"},
    "soft": {"r0": "4px", "r1": "6px", "r2": "9px", "r3": "14px", "r-pill": "99px"},
    "round": {"r0": "6px", "r1": "10px", "r2": "99px", "r3": "22px", "r-pill": "99px"},
}


def _stacks() -> dict[str, str]:
    return {
        "system": 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
        "humanist": 'Seravek, "Gill Sans Nova", Ubuntu, Calibri, "DejaVu Sans", "Noto Sans", sans-serif',
        "geometric": 'Avenir, Montserrat, Corbel, "URW Gothic", "Noto Sans", sans-serif',
        "serif": 'Charter, "Bitstream Charter", "Sitka Text", Cambria, "Noto Serif", serif',
    }


FONTS: Final[Mapping[str, Mapping[str, str]]] = {name: {"font": stack} for name, stack in _stacks().items()}
"""Stacks of fonts that machines have: nothing is loaded from anywhere, and each ends in a generic family."""


def shape_tokens(corners: str, font: str) -> dict[str, str]:
    """The tokens of these choices; an empty one is that of the theme. Raises: KeyError for one that is not offered."""
    return {**(CORNERS[corners] if corners else {}), **(FONTS[font] if font else {})}
