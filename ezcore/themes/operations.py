"""What staff may do: publish a theme, choose the shop's colour, corners and type."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from sqlalchemy import update

from ezcore.audit import operations as audit
from ezcore.db.models import StoredSetting
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.settings import env_name
from ezcore.themes import shape
from ezcore.themes.chain import theme_chain
from ezcore.themes.errors import ThemeError
from ezcore.themes.finding import find_themes
from ezcore.themes.queries import ACTIVE, BRAND, CORNERS, FONT, is_fixed, worn
from ezcore.work import UnitOfWork

MANAGE: Final = "settings.manage"


def publish(uow: UnitOfWork, name: str) -> None:
    """Let everybody see this theme from now on. Safe to repeat.

    Raises: NotAllowed; Refused when the ini or the environment decides the theme; InvalidInput (`theme`) for one
        that is not there or cannot be used.
    """
    uow.actor.require(MANAGE)
    try:
        theme_chain(name, find_themes(uow.settings.themes.places))
    except ThemeError as error:
        raise InvalidInput(error.message, field="theme") from error
    _change(uow, "theme.publish", ACTIVE, worn(uow).theme, name)


def choose_brand(uow: UnitOfWork, colour: str) -> None:
    """Give the shop its colour; an empty one means that of the theme. Safe to repeat.

    Raises: NotAllowed; Refused when the ini or the environment decides it; InvalidInput (`brand`).
    """
    uow.actor.require(MANAGE)
    if colour and re.fullmatch(r"#[0-9a-fA-F]{6}", colour) is None:
        raise InvalidInput("write a colour as # and six hexadecimal digits, such as #0f766e", field="brand")
    _change(uow, "theme.brand", BRAND, worn(uow).brand, colour.lower())


def choose_corners(uow: UnitOfWork, name: str) -> None:
    """How round everything is; empty: as the theme has it. Safe to repeat.

    Raises: NotAllowed; Refused when the ini or the environment decides it; InvalidInput (`corners`).
    """
    uow.actor.require(MANAGE)
    _must_be_offered(name, shape.CORNERS, "corners")
    _change(uow, "theme.corners", CORNERS, worn(uow).corners, name)


def choose_font(uow: UnitOfWork, name: str) -> None:
    """The type of pages; empty: that of the theme. Safe to repeat.

    Raises: NotAllowed; Refused when the ini or the environment decides it; InvalidInput (`font`).
    """
    uow.actor.require(MANAGE)
    _must_be_offered(name, shape.FONTS, "font")
    _change(uow, "theme.font", FONT, worn(uow).font, name)


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
    if before == after:
        return
    if insert_once(uow.session, StoredSetting, {"key": key, "value": after}, returning="key") is None:
        uow.session.execute(update(StoredSetting).where(StoredSetting.key == key).values(value=after))
    audit.record(uow, verb, "setting", key, before={name: before}, after={name: after})
