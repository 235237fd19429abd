"""What staff may do: publish a theme, and the shop's colour, corners, type and logo."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from sqlalchemy import update

from ezcore.audit import operations as audit
from ezcore.db.models import StoredSetting
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.settings import Settings, env_name
from ezcore.themes import shape
from ezcore.themes.chain import theme_chain
from ezcore.themes.errors import ThemeError
from ezcore.themes.finding import find_themes
from ezcore.themes.logo import check_logo
from ezcore.themes.models import ThemeVersion
from ezcore.themes.queries import ACTIVE, BRAND, CORNERS, FONT, LOGO, Worn, is_fixed, worn
from ezcore.themes.versions import keep_version, look_of
from ezcore.work import UnitOfWork

MANAGE: Final = "settings.manage"


def publish(uow: UnitOfWork, name: str) -> None:
    """Let everybody see this theme from now on; the rest of the look stays. Safe to repeat.

    Raises: as `wear`.
    """
    wear(uow, worn(uow)._replace(theme=name))


def wear(uow: UnitOfWork, wanted: Worn) -> bool:
    """Let everybody see this look; False when nothing of it is new. Safe to repeat.

    Raises: NotAllowed; InvalidInput (`theme`, `brand`, `corners`, `font`, `logo`); Refused when the ini or the
        environment decides something that would change.
    """
    uow.actor.require(MANAGE)
    wanted = wanted._replace(brand=wanted.brand.lower())
    check_look(wanted)
    before, changed = worn(uow), False
    # A theme that has gone missing is worn as base; the colour can be changed all the same.
    if wanted.theme != before.theme:
        check_theme(uow.settings, wanted.theme)
    if wanted.logo != before.logo:
        check_logo(uow.settings, wanted.logo)
    for verb, key, old, new in (
        ("theme.publish", ACTIVE, before.theme, wanted.theme),
        ("theme.brand", BRAND, before.brand, wanted.brand),
        ("theme.corners", CORNERS, before.corners, wanted.corners),
        ("theme.font", FONT, before.font, wanted.font),
        ("theme.logo", LOGO, before.logo, wanted.logo),
    ):
        if old != new:
            _change(uow, verb, key, old, new)
            changed = True
    if changed:
        keep_version(uow, before, wanted)
    return changed


def wear_again(uow: UnitOfWork, version: ThemeVersion) -> bool:
    """Let everybody see a former look; what the ini or the environment decides by now stays. Safe to repeat.

    Raises: as `wear`, also when the theme or the logo of then is not there any more.
    """
    now, then = worn(uow)._asdict(), look_of(version)._asdict()
    free = {name: then[name] for name in Worn._fields if not is_fixed(uow.settings, _key(name))}
    return wear(uow, Worn(**{**now, **free}))


def _key(name: str) -> str:
    return ACTIVE if name == "theme" else f"themes.{name}"


def check_theme(settings: Settings, name: str) -> None:
    """Is there such a theme, and can it be used? Raises: InvalidInput (`theme`)."""
    try:
        theme_chain(name, find_themes(settings.themes.places))
    except ThemeError as error:
        raise InvalidInput(error.message, field="theme") from error


def check_look(wanted: Worn) -> None:
    """Are colour, corners and type such as are offered? Raises: InvalidInput (`brand`, `corners`, `font`)."""
    if wanted.brand and re.fullmatch(r"#[0-9a-fA-F]{6}", wanted.brand) is None:
        raise InvalidInput("write a colour as # and six hexadecimal digits, such as #0f766e", field="brand")
    _must_be_offered(wanted.corners, shape.CORNERS, "corners")
    _must_be_offered(wanted.font, shape.FONTS, "font")


def _must_be_offered(name: str, offered: Collection[str], field: str) -> None:
    if name and name not in offered:
        raise InvalidInput("choose one of those that are offered", field=field)


def _change(uow: UnitOfWork, verb: str, key: str, before: str, after: str) -> None:
    section, _, name = key.partition(".")
    if is_fixed(uow.settings, key):
        where = (
            env_name(section, name) if uow.settings.sources[key] == "environment" else f"ez.{key} in the ini"
        )
        raise Refused(f"this is fixed by {where}; change it there")
    if insert_once(uow.session, StoredSetting, {"key": key, "value": after}, returning="key") is None:
        uow.session.execute(update(StoredSetting).where(StoredSetting.key == key).values(value=after))
    audit.record(uow, verb, "setting", key, before={name: before}, after={name: after})
