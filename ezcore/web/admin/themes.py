"""/admin/themes/: what the shop can wear, a look at another theme, publishing it, the shop's colour, what is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.kernel.errors import InvalidInput
from ezcore.settings import SettingsError
from ezcore.themes import operations as themes
from ezcore.themes.chain import theme_chain
from ezcore.themes.colour import Pair, contrast
from ezcore.themes.finding import Theme
from ezcore.themes.queries import ACTIVE, BRAND, CORNERS, FONT, Worn, is_fixed, worn
from ezcore.themes.tokens import colours, known_tokens, values_of
from ezcore.web.shared import theme_preview
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.theme import Fault
from ezcore.web.shared.theme_choice import Dress, Wardrobe
from ezcore.web.shared.views import page

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


class Chosen(BaseModel):
    """A theme by name."""

    theme: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Look(BaseModel):
    """The shop's colour, corners and type; what is empty is the theme's."""

    brand: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    corners: Annotated[str, StringConstraints(max_length=20)] = ""
    font: Annotated[str, StringConstraints(max_length=20)] = ""


@dataclass(frozen=True)
class Row:
    """A theme as the list prints it."""

    theme: Theme
    state: str
    why: str


@page("admin.themes", "/admin/themes/", permission="settings.manage", template="admin/themes.pt")
def themes_list(request: Any) -> dict[str, Any]:
    """Every theme with its state, the colour with its contrast, and what did not work."""
    return _facts(request)


@page(
    "admin.themes.preview", "/admin/themes/preview/", method="POST", permission="settings.manage",
    audit="none: only this browser sees it", template="admin/themes.pt",
)  # fmt: skip
def preview(request: Any) -> Any:
    """See the shop in a theme that nobody else sees."""
    name = read_form(request, Chosen).checked().theme
    wardrobe: Wardrobe = request.registry["ez.wardrobe"]
    try:
        wardrobe.get(wardrobe.worn()._replace(theme=name))
    except SettingsError as error:
        raise InvalidInput(error.message, field="theme") from error
    back = HTTPSeeOther(request.route_path("admin.themes"))
    theme_preview.start(request, back, name)
    return back


@page(
    "admin.themes.stop", "/admin/themes/stop/", method="POST", permission="settings.manage",
    audit="none: only this browser saw it",
)  # fmt: skip
def stop(request: Any) -> Any:
    """Back to what everybody sees."""
    back = HTTPSeeOther(request.route_path("admin.themes"))
    theme_preview.stop(back)
    return back


@page(
    "admin.themes.publish", "/admin/themes/publish/", method="POST", permission="settings.manage",
    audit="theme.publish",
)  # fmt: skip
def publish(request: Any) -> Any:
    """Let everybody see a theme."""
    name = read_form(request, Chosen).checked().theme
    themes.publish(request.uow, name)
    return _changed(request, f"The shop wears {name} now")


@page(
    "admin.themes.brand", "/admin/themes/brand/", method="POST", permission="settings.manage",
    audit="theme.brand", template="admin/themes.pt",
)  # fmt: skip
def brand(request: Any) -> Any:
    """Choose the shop's colour, corners and type; what the ini decides is not asked for and not touched."""
    form = read_form(request, Look)
    if form.is_valid:
        look = form.checked()
        try:
            for key, choose, wanted in (
                (BRAND, themes.choose_brand, look.brand),
                (CORNERS, themes.choose_corners, look.corners),
                (FONT, themes.choose_font, look.font),
            ):
                if not is_fixed(request.settings, key):
                    choose(request.uow, wanted)
        except InvalidInput as error:
            form.refuse(error)
        else:
            return _changed(request, "The appearance is saved")
    request.response.status_code = 422
    typed = {name: form.value(name) for name in ("brand", "corners", "font")}
    return _facts(request) | typed | {"errors": form.errors}


def _changed(request: Any, words: str) -> Any:
    """Say so, end a preview, and look the theme up anew once this is committed."""
    request.add_finished_callback(lambda _request: request.registry["ez.wardrobe"].forget())
    flash(request, "ok", words)
    back = HTTPSeeOther(request.route_path("admin.themes"))
    theme_preview.stop(back)
    return back


def _facts(request: Any) -> dict[str, Any]:
    wardrobe: Wardrobe = request.registry["ez.wardrobe"]
    now, found, dress = worn(request.uow), wardrobe.found(), request.dress
    settings = request.settings
    fixed = {key: is_fixed(settings, key) for key in (ACTIVE, BRAND, CORNERS, FONT)}
    return {
        "rows": [_row(wardrobe, one, now, dress) for _, one in sorted(found.usable.items())],
        "broken": sorted((folder.name, words) for folder, words in found.broken.items()),
        "faults": _faults(wardrobe, now, dress),
        "theme_is_fixed": fixed[ACTIVE],
        "brand_is_fixed": fixed[BRAND],
        "brand": now.brand,
        "corners": now.corners,
        "font": now.font,
        "shapes": [
            (name, title, [("", "As the theme has it"), *choices])
            for name, title, choices in SHAPES
            if not fixed[f"themes.{name}"]
        ],
        "look_is_fixed": all(fixed[key] for key in (BRAND, CORNERS, FONT)),
        "pairs": _pairs(dress, now.brand),
        "errors": {},
    }


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


def _pairs(dress: Dress, brand: str) -> list[tuple[str, Pair, Pair, str, str]]:
    """What the colour became: name, upper and lower colour in both modes, and their contrast."""
    chain = dress.theme.chain
    values = {**known_tokens(chain.folders[-1]), **values_of(chain, brand)}
    found = []
    for words, upper, lower in SHOWN:
        above, below = colours(values, upper), colours(values, lower)
        if above is not None and below is not None:
            light, dark = contrast(above.light, below.light), contrast(above.dark, below.dark)
            found.append((words, above, below, f"{light:.1f}:1", f"{dark:.1f}:1"))
    return found
