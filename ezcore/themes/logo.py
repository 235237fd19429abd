"""The shop's logo: kept in the file store under its hash, so that a former one can be worn again."""

from __future__ import annotations

import logging
from base64 import b64encode
from hashlib import sha256
from typing import Final

from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_api.ports.file_store import FileLost
from ezcore.settings import Settings
from ezcore.themes.pictures import FIELD, Picture, read_picture
from ezcore.themes.queries import worn
from ezcore.work import UnitOfWork
from ezcore.work.stored_files import choose_store

log = logging.getLogger(__name__)

MANAGE: Final = "settings.manage"
_TYPES: Final = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


def keep_logo(uow: UnitOfWork, content: bytes) -> str:
    """Put a picture into the store, unseen as yet. Returns its name, to be worn. Safe to repeat.

    Raises: NotAllowed; InvalidInput (`logo`).
    """
    uow.actor.require(MANAGE)
    name = f"{sha256(content).hexdigest()}.{read_picture(content).kind}"
    choose_store(uow.settings).put(_key(name), content)
    return name


def check_logo(settings: Settings, name: str) -> None:
    """Is there this picture? An empty name is the mark of the theme. Raises: InvalidInput (`logo`)."""
    if name and find_logo(settings, name) is None:
        raise InvalidInput("This picture is not here any more; choose it again", field=FIELD)


def find_logo(settings: Settings, name: str) -> bytes | None:
    """The picture of this name; None, with a line in the log, when the store has lost it or it was never there."""
    try:
        content = choose_store(settings).get(_key(name))
    except (FileLost, InvalidInput) as error:
        log.error("the logo %s is not shown: %s", name, error.message)  # noqa: TRY400 - it says all
        return None
    if sha256(content).hexdigest() != name.partition(".")[0]:
        log.error("the logo %s is not shown: it is not what was stored", name)
        return None
    return content


def logo_for_print(uow: UnitOfWork) -> str:
    """The logo as an SVG, the one kind that templates of documents are given; empty: the mark of the theme."""
    name = worn(uow).logo
    content = find_logo(uow.settings, name) if name else None
    return as_svg(content, read_picture(content)) if content else ""


def as_svg(content: bytes, picture: Picture) -> str:
    """A picture wrapped in an SVG of its size."""
    size = f'width="{picture.width}" height="{picture.height}"'
    data = f"data:{_TYPES[picture.kind]};base64,{b64encode(content).decode()}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="{data}"/></svg>'


def _key(name: str) -> str:
    return f"logos/{name[:2]}/{name}"
