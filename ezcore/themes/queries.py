"""Which theme and which colour the shop wears now: what staff published, unless the ini or the environment decides."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import select

from ezcore.db.models import StoredSetting
from ezcore.settings import Settings
from ezcore.themes.chain import ThemeChain, theme_chain
from ezcore.themes.errors import ThemeError
from ezcore.themes.finding import find_themes
from ezcore.themes.manifest import BASE
from ezcore.work import UnitOfWork

log = logging.getLogger(__name__)

ACTIVE: Final = "themes.active"
BRAND: Final = "themes.brand"
CORNERS: Final = "themes.corners"
FONT: Final = "themes.font"
LOGO: Final = "themes.logo"
KEYS: Final = (ACTIVE, BRAND, CORNERS, FONT, LOGO)
FIXED: Final = ("environment", "ini")


class Worn(NamedTuple):
    """The theme by name, and the shop's own colour, corners, type and logo (empty: the theme's)."""

    theme: str
    brand: str = ""
    corners: str = ""
    font: str = ""
    logo: str = ""


def is_fixed(settings: Settings, key: str) -> bool:
    """Does the ini or the environment decide this setting?"""
    return settings.sources.get(key) in FIXED


def worn(uow: UnitOfWork) -> Worn:
    """What the shop wears, as of this unit of work; no question is asked when the ini decides all."""
    settings = uow.settings
    asked = [key for key in KEYS if not is_fixed(settings, key)]
    stored: dict[str, str] = {}
    if asked:
        rows = uow.session.execute(
            select(StoredSetting.key, StoredSetting.value).where(StoredSetting.key.in_(asked))
        )
        stored = {row.key: row.value for row in rows}
    themes = settings.themes
    return Worn(
        stored.get(ACTIVE, themes.active),
        stored.get(BRAND, themes.brand),
        stored.get(CORNERS, themes.corners),
        stored.get(FONT, themes.font),
        stored.get(LOGO, themes.logo),
    )


def chain_in_use(uow: UnitOfWork) -> ThemeChain:
    """The chain of the shop's theme for mails and documents; base when the theme has gone missing."""
    name, places = worn(uow).theme, uow.settings.themes.places
    try:
        return _chain(name, places)
    except ThemeError as error:
        log.error("the theme %s cannot be used, base is: %s", name, error.message)  # noqa: TRY400 - it says all
        return _chain(BASE, ())


@cache
def _chain(name: str, places: tuple[Path, ...]) -> ThemeChain:
    return theme_chain(name, find_themes(places))
