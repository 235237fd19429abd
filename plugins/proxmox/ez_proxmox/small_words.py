"""Words without a capital letter, which a look or a form shows: they stand here so that `make messages` finds them."""

from __future__ import annotations

from typing import Final


def _said(*, words: str) -> str:
    return words


SMALL: Final = (
    _said(words="in"), _said(words="out"), _said(words="any"), _said(words="all"), _said(words="everybody"),
    _said(words="unknown"),
)  # fmt: skip
