"""What the page of themes shows: the themes and their states, the look as it is seen, its contrast, what is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ezcore.languages import say
from ezcore.settings import SettingsError
from ezcore.themes.chain import theme_chain
from ezcore.themes.colour import Pair, contrast
from ezcore.themes.finding import Theme
from ezcore.themes.models import ThemeVersion
from ezcore.themes.pictures import LARGEST_KB
from ezcore.themes.queries import ACTIVE, BRAND, CORNERS, FONT, KEYS, LOGO, Worn, is_fixed, worn
from ezcore.themes.tokens import colours, known_tokens, values_of
from ezcore.themes.versions import look_of, recent_versions
from ezcore.web.shared.theme import Fault
from ezcore.web.shared.theme_choice import Dress, Wardrobe, tried

SHOWN = (
    ("Text and links", "brand", "surface"),
    ("Buttons", "on-brand", "brand-solid"),
    ("Tinted", "brand", "brand-soft"),
)

SHAPES = (
    ("corners", "Corners", [("square", "Square"), ("soft", "Soft"), ("round", "Round")]),
    (
        "font", "Typeface",
        [("system", "System"), ("humanist", "Humanist"), ("geometric", "Geometric"), ("serif", "Serif")],
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A theme as the list prints it."""

    theme: Theme
    state: str
    why: str


def facts(request: Any) -> dict[str, Any]:
    """Everything that the template asks for; the form holds what this person tries, else what everybody sees."""
    wardrobe: Wardrobe = request.registry["ez.wardrobe"]
    now, found, dress = worn(request.uow), wardrobe.found(), request.dress
    seen = now._replace(**tried(request))
    fixed = {key: is_fixed(request.settings, key) for key in KEYS}
    return {
        "rows": [_row(wardrobe, one, now, dress) for _, one in sorted(found.usable.items())],
        "broken": sorted((folder.name, words) for folder, words in found.broken.items()),
        "faults": _faults(wardrobe, now, dress),
        "theme_is_fixed": fixed[ACTIVE],
        "brand_is_fixed": fixed[BRAND],
        "brand": seen.brand,
        "corners": seen.corners,
        "font": seen.font,
        "shapes": [
            (name, title, [("", "As the theme has it"), *choices])
            for name, title, choices in SHAPES
            if not fixed[f"themes.{name}"]
        ],
        "look_is_fixed": all(fixed[key] for key in (BRAND, CORNERS, FONT)),
        "logo_is_fixed": fixed[LOGO],
        "has_logo": bool(seen.logo),
        "logo_hint": say("PNG, JPEG or WebP, up to ${size} kB, such as reads on white", size=LARGEST_KB),
        "versions": [(one, look_of(one) == now, _words_of(one)) for one in recent_versions(request.uow)],
        "pairs": _pairs(dress),
        "errors": {},
    }


def _words_of(version: ThemeVersion) -> str:
    """The look of then in a line."""
    named = {name: dict(choices) for name, _, choices in SHAPES}
    found = [version.theme, version.brand]
    found += [say(named["corners"][version.corners])] if version.corners else []
    found += [say(named["font"][version.font])] if version.font else []
    found += [say("with a logo")] if version.logo else []
    return ", ".join(one for one in found if one)


def _row(wardrobe: Wardrobe, theme: Theme, now: Worn, dress: Dress) -> Row:
    try:
        theme_chain(theme.name, wardrobe.found())
    except SettingsError as error:
        return Row(theme, "broken", error.message)
    if theme.name == now.theme:
        return Row(theme, "active", "")
    return Row(theme, "preview" if theme.name == dress.name else "available", "")


def _faults(wardrobe: Wardrobe, now: Worn, dress: Dress) -> list[Fault]:
    try:
        worn_now = wardrobe.get(now)
    except SettingsError:
        worn_now = dress
    return list({**worn_now.theme.faults, **dress.theme.faults}.values())


def _pairs(dress: Dress) -> list[tuple[str, Pair, Pair, str, str]]:
    """What the colour became: name, upper and lower colour in both modes, and their contrast."""
    chain = dress.theme.chain
    values = {**known_tokens(chain.folders[-1]), **values_of(chain, dress.what.brand)}
    found = []
    for words, upper, lower in SHOWN:
        above, below = colours(values, upper), colours(values, lower)
        if above is not None and below is not None:
            light, dark = contrast(above.light, below.light), contrast(above.dark, below.dark)
            found.append((words, above, below, f"{light:.1f}:1", f"{dark:.1f}:1"))
    return found
