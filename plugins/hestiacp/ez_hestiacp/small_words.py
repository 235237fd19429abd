"""Words without a capital letter, which a look or a form shows: they stand here so that `make messages` finds them."""

from __future__ import annotations

from typing import Final


def _said(*, words: str) -> str:
    return words


SMALL: Final = (_said(words="online"), _said(words="suspended"), _said(words="yes"), _said(words="no"))
