"""The tokens of a chain: what base knows, what each theme sets, and the stylesheet that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from ezcore.themes.chain import ThemeChain
from ezcore.themes.colour import CONTROL, TEXT, Pair, contrast, palette

SURFACES: Final = ("surface", "bg", "surface-2", "surface-3")
PAIRS: Final = (
    *((text, on, TEXT) for text in ("text", "muted", "brand") for on in SURFACES),
    ("brand", "brand-soft", TEXT),
    ("on-brand", "brand-solid", TEXT),
    ("on-brand", "brand-solid-hover", TEXT),
    ("on-ink", "ink", TEXT),
    ("on-ink-muted", "ink", TEXT),
    ("on-ink-faint", "ink", TEXT),
    ("on-ink", "ink-2", TEXT),
    ("on-ink", "ink-3", TEXT),
    ("on-bad", "bad-solid", TEXT),
    ("on-ink-mark", "ink-2", CONTROL),
    ("on-ink-focus", "ink", CONTROL),
    *((state, f"{state}-soft", TEXT) for state in ("ok", "warn", "bad", "info")),
    *((state, "surface", TEXT) for state in ("ok", "warn", "bad", "info")),
    *((part, on, CONTROL) for part in ("line-strong", "focus", "brand-solid") for on in ("surface", "bg")),
)
"""(what lies, on what, the contrast it needs)."""
_DECLARED: Final = re.compile(r"--([a-z][a-z0-9-]*)\s*:\s*([^;}]+)")
_TWO: Final = re.compile(r"light-dark\(\s*(#[0-9a-fA-F]{3,8})\s*,\s*(#[0-9a-fA-F]{3,8})\s*\)")
_HEX: Final = re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_VAR: Final = re.compile(r"var\(--([a-z0-9-]+)\)")
_SHORT: Final = 4


@cache
def known_tokens(base: Path) -> Mapping[str, str]:
    """Every token of base with its value, read from its stylesheet: first declaration wins, later ones are modes."""
    text = (base / "static/app.css").read_text(encoding="utf-8")
    layer = text[text.index("@layer tokens {") :].split(":root[data-theme", 1)[0]
    found: dict[str, str] = {}
    for name, value in _DECLARED.findall(re.sub(r"/\*.*?\*/", "", layer, flags=re.DOTALL)):
        found.setdefault(name, value.strip())
    return found


def values_of(chain: ThemeChain, brand: str = "") -> dict[str, str]:
    """What differs from base: colours computed from the brand, then tokens that themes set, the nearest winning."""
    base = known_tokens(chain.folders[-1])
    found: dict[str, str] = {}
    for manifest in reversed(chain.manifests[:-1]):
        found |= {name: _css(value) for name, value in manifest.tokens.items() if name in base}
    own = brand or next((one.brand for one in chain.manifests[:-1] if one.brand), None)
    if own:
        surfaces = [pair for name in SURFACES if (pair := colours({**base, **found}, name)) is not None]
        made = palette(own, [one.light for one in surfaces], [one.dark for one in surfaces])
        # The shop's own colour is chosen last, so it wins over what the theme fixed for its own.
        computed = {name: _css((pair.light, pair.dark)) for name, pair in made.items()}
        found = found | computed if brand else computed | found
    return found


def stylesheet(chain: ThemeChain, brand: str = "", shape: Mapping[str, str] | None = None) -> bytes | None:
    """The tokens as a stylesheet of layer `theme`; None when the chain is base as it was made.

    `shape`: corners and type that the shop chose (`ezcore.themes.shape`); they win over those of the theme.
    """
    values = values_of(chain, brand) | dict(shape or {})
    if not values:
        return None
    lines = "".join(f"--{name}:{value};" for name, value in sorted(values.items()))
    return f"@layer theme{{:root{{{lines}}}}}\n".encode()


def contrast_failures(values: Mapping[str, str]) -> Iterator[str]:
    """A sentence per pair that is harder to read than WCAG 2.2 AA allows; what is no plain hex is passed by."""
    for upper, lower, need in PAIRS:
        above, below = colours(values, upper), colours(values, lower)
        if above is None or below is None:
            continue
        for mode in ("light", "dark"):
            ratio = contrast(getattr(above, mode), getattr(below, mode))
            if ratio < need:
                yield f"--{upper} on --{lower} has {ratio:.2f}:1 in {mode} mode and needs {need}:1"


def declared_in(css: str) -> dict[str, str]:
    """The custom properties that a stylesheet sets, last one winning."""
    return {name: value.strip() for name, value in _DECLARED.findall(css)}


def colours(values: Mapping[str, str], name: str, depth: int = 4) -> Pair | None:
    """Both colours of a token; None when it is not there or no plain colour."""
    value = values.get(name, "").strip()
    two, through = _TWO.fullmatch(value), _VAR.fullmatch(value)
    if two:
        return Pair(_six(two[1]), _six(two[2]))
    if _HEX.fullmatch(value):
        return Pair(_six(value), _six(value))
    return colours(values, through[1], depth - 1) if through and depth else None


def _six(colour: str) -> str:
    digits = colour[1:]
    return "#" + ("".join(digit * 2 for digit in digits[:3]) if len(digits) <= _SHORT else digits[:6]).lower()


def _css(value: str | tuple[str, str]) -> str:
    return value if isinstance(value, str) else f"light-dark({value[0]}, {value[1]})"
