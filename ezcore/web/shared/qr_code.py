"""A QR code as an SVG picture inside the page: no inline style, no file, nothing that a script draws."""

from __future__ import annotations

import segno
from markupsafe import Markup

SCALE = 4
QUIET = 4
"""White modules around the code, which readers need (ISO/IEC 18004)."""


def qr_code(text: str, words: str) -> Markup:
    """The picture of a text, black on white in every theme; `words` is what those hear who cannot see it."""
    made = segno.make(text, error="m", micro=False)
    drawn = made.svg_inline(
        scale=SCALE, border=QUIET, dark="#000", light="#fff", title=words, svgclass=None, lineclass=None
    )
    return Markup(drawn.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704  # nosec B704 - segno draws it, the title is escaped
