"""What a request wears: the shop's theme or, for staff who try another look, that one."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pyramid.httpexceptions import HTTPNotFound
from sqlalchemy.exc import SQLAlchemyError

from ezcore.settings import SettingsError
from ezcore.themes.chain import ThemeChain, theme_chain
from ezcore.themes.errors import ThemeError
from ezcore.themes.finding import Themes, find_themes
from ezcore.themes.logo import find_logo
from ezcore.themes.manifest import BASE
from ezcore.themes.queries import ACTIVE, KEYS, Worn, is_fixed, worn
from ezcore.themes.shape import shape_tokens
from ezcore.themes.tokens import stylesheet
from ezcore.web.shared.icon_sheet import SHEET, sheet
from ezcore.web.shared.static import StaticFiles
from ezcore.web.shared.theme import Theme
from ezcore.web.shared.theme_preview import previewed
from ezcore.work import Work

log = logging.getLogger(__name__)

KEPT_SECONDS: Final = 10.0
MOST_KEPT: Final = 32
"""So many looks are kept made: trying out colours must not fill the memory."""
TOKENS: Final = "theme/tokens.css"


@dataclass(frozen=True)
class Dress:
    """A look ready to be worn: its templates, its files, its stylesheets. `missing`: why base is worn instead."""

    what: Worn
    theme: Theme
    static: StaticFiles
    sheets: tuple[tuple[str, tuple[str, ...]], ...]
    missing: str | None = None
    picture: str | None = None

    @property
    def name(self) -> str:
        """The theme that is worn."""
        return BASE if self.missing else self.what.theme

    @property
    def logo(self) -> str | None:
        """Address of the shop's logo; None when it has none, and the mark of the theme is shown."""
        return self.static.url(self.picture) if self.picture else None

    def styles(self, area: str) -> list[str]:
        """Addresses of the stylesheets that a layout of this area links after base's own."""
        return [self.static.url(name) for name, areas in self.sheets if area in areas]


class Wardrobe:
    """Every theme that was worn in this process. What the shop wears is a row, looked up every few seconds."""

    def __init__(
        self,
        work: Work,
        templates: Mapping[str, Path],
        statics: Mapping[str, Path],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._work, self._templates, self._statics = work, templates, statics
        self._monotonic = monotonic
        self._reload = work.settings.security.debug
        self._made: dict[Worn, Dress] = {}
        first = work.settings.themes
        self._now = Worn(first.active, first.brand, first.corners, first.font, first.logo)
        self._read_at = float("-inf")
        self._fixed = all(is_fixed(work.settings, key) for key in KEYS)
        self.found()
        if is_fixed(work.settings, ACTIVE):
            self.get(self._now)

    def get(self, what: Worn) -> Dress:
        """This theme in this colour, made once. Raises: ThemeError."""
        known = self._made.get(what)
        if known is not None:
            return known
        made = self._make(theme_chain(what.theme, self.found(), self._templates), what)
        others = [one for one in self._made if one != self._now]
        for oldest in others[: max(0, len(self._made) + 1 - MOST_KEPT)]:
            self._made.pop(oldest, None)
        self._made[what] = made
        return made

    def found(self) -> Themes:
        """All themes there are. Raises: ThemeError when a folder of the ini is gone."""
        return find_themes(self._work.settings.themes.places)

    def active(self) -> Dress:
        """What everybody sees."""
        return self._or_base(self.worn())

    def worn(self) -> Worn:
        """What the shop wears, at most a few seconds old."""
        if not self._fixed and self._monotonic() - self._read_at > KEPT_SECONDS:
            try:
                with self._work.read() as uow:
                    self._now = worn(uow)
            except SQLAlchemyError:
                log.warning("the theme could not be looked up; the one known last is worn")
            self._read_at = self._monotonic()
        return self._now

    def last_known(self) -> Dress:
        """What everybody saw last: for error pages, which need no database."""
        return self._or_base(self._now)

    def forget(self) -> None:
        """Look again at the next page."""
        self._read_at = float("-inf")

    def _or_base(self, what: Worn) -> Dress:
        try:
            return self.get(what)
        except ThemeError as error:
            log.error("the theme %s cannot be worn, base is: %s", what.theme, error.message)  # noqa: TRY400 - it says all
            plain = self.get(what._replace(theme=BASE))
            self._made[what] = dress = Dress(
                what,
                plain.theme,
                plain.static,
                plain.sheets,
                f"{what.theme} cannot be used: {error.message}",
                plain.picture,
            )
            return dress

    def _make(self, chain: ThemeChain, what: Worn) -> Dress:
        tokens = stylesheet(chain, what.brand, shape_tokens(what.corners, what.font))
        made = {SHEET: sheet()} | ({TOKENS: tokens} if tokens else {})
        logo = find_logo(self._work.settings, what.logo) if what.logo else None
        picture = f"theme/logo.{what.logo.partition('.')[2]}" if logo else None
        if logo and picture:
            made[picture] = logo
        static = StaticFiles(chain, self._statics, reload=self._reload, made=made)
        sheets: list[tuple[str, tuple[str, ...]]] = [(TOKENS, ("client", "admin"))] if tokens else []
        for manifest, folder in reversed(list(zip(chain.manifests, chain.folders, strict=True))[:-1]):
            own = f"{manifest.name}.css"
            default = (own,) if (folder / "static" / own).is_file() else ()
            sheets += [(name, manifest.areas) for name in (manifest.styles or default) if static.has(name)]
        return Dress(what, Theme(chain, reload=self._reload), static, tuple(sheets), picture=picture)


def tried(request: Any) -> Mapping[str, str]:
    """What the actor tries without anybody else seeing it, by name of `Worn`; empty for everybody else."""
    looks = previewed(request)
    if looks and looks.user_id == request.actor.user_id and request.actor.may("settings.manage"):
        return looks.changes
    return {}


def dress_of(request: Any) -> Dress:
    """What this request wears."""
    wardrobe: Wardrobe = request.registry["ez.wardrobe"]
    changes = tried(request)
    if changes:
        try:
            return wardrobe.get(wardrobe.worn()._replace(**changes))
        except (SettingsError, KeyError):
            log.info("what somebody looks at is gone: %s", changes)
    return wardrobe.active()


def static_answer(request: Any) -> Any:
    """Serve /static/<hash>/<name>: the look that the address was made for, found by the hash.

    The cookie of a preview is enough here: files of a theme are no secret, and nobody is looked up for a picture.
    """
    wardrobe: Wardrobe = request.registry["ez.wardrobe"]
    name, digest = "/".join(request.matchdict["name"]), request.matchdict["digest"]
    offered = [wardrobe.active().static]
    other = previewed(request)
    if other is not None:
        try:
            offered.insert(0, wardrobe.get(other.over(wardrobe.worn())).static)
        except (SettingsError, KeyError):
            log.info("what somebody looks at is gone: %s", other.changes)
    having = [one for one in offered if one.has(name)]
    if not having:
        raise HTTPNotFound
    return next((one for one in having if one.has(name, digest)), having[0]).answer(name, digest)
