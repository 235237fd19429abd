"""What the shop wears."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import field_validator

from ezcore.settings.section import Section, setting


class Themes(Section):
    """The theme of pages, mails and documents, where themes are looked for, and the shop's one colour."""

    active: str = setting("base", "Theme of pages, mails and PDFs", max_length=60)
    folders: str = setting(
        "",
        "Folders of themes, comma separated: each is a theme itself or holds themes",
        max_length=2000,
    )
    brand: str = setting(
        "",
        "The shop's colour, such as #0f766e; empty: that of the theme. Pairs that can be read are computed",
    )

    corners: Literal["", "square", "soft", "round"] = setting(
        "", "Corners: square, soft or round; empty: those of the theme"
    )
    font: Literal["", "system", "humanist", "geometric", "serif"] = setting(
        "", "Type: system, humanist, geometric or serif; empty: that of the theme"
    )

    logo: str = setting(
        "",
        "The logo: staff put it there under **Themes**; the name that the file got. Empty: the mark of the theme",
    )

    @field_validator("logo")
    @classmethod
    def _picture(cls, value: str) -> str:
        if value and re.fullmatch(r"[0-9a-f]{64}\.(png|jpg|webp)", value) is None:
            raise ValueError("put a logo there in the admin area, under Themes")
        return value

    @field_validator("brand")
    @classmethod
    def _colour(cls, value: str) -> str:
        if value and re.fullmatch(r"#[0-9a-fA-F]{6}", value) is None:
            raise ValueError("write a colour as # and six hexadecimal digits, such as #0f766e")
        return value.lower()

    @property
    def places(self) -> tuple[Path, ...]:
        """The folders as paths."""
        return tuple(Path(one.strip()) for one in self.folders.split(",") if one.strip())
