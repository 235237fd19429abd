"""The word that stands for a text in its address: small letters, digits and hyphens."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ezcore.kernel.errors import InvalidInput

LONGEST: Final = 80
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TRIES: Final = 50


def check_slug(slug: str) -> str:
    """The slug, if it is one. Raises: InvalidInput at `slug`."""
    if len(slug) > LONGEST or _SLUG.fullmatch(slug) is None:
        raise InvalidInput("Small letters, digits and single hyphens", field="slug")
    return slug


def slug_from(title: str) -> str:
    """A slug made from a title: `Õhtune hooldus!` is `ohtune-hooldus`; `text` when nothing of it can stand there."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: LONGEST - 4].strip("-") or "text"


def free_slug(session: Session, model: Any, wanted: str, title: str, own_id: int | None = None) -> str:
    """What was typed, or one made from the title that nobody has. Raises: InvalidInput at `slug`."""
    if wanted:
        if _taken(session, model, check_slug(wanted), own_id):
            raise InvalidInput("Another text has this address already", field="slug")
        return wanted
    made = slug_from(title)
    for number in range(1, _TRIES):
        tried = made if number == 1 else f"{made}-{number}"
        if not _taken(session, model, tried, own_id):
            return tried
    raise InvalidInput("Many texts have this title; write an address", field="slug")


def _taken(session: Session, model: Any, slug: str, own_id: int | None) -> bool:
    found = session.scalar(select(model.id).where(model.slug == slug))
    return found is not None and found != own_id
