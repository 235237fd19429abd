"""What only staff see above a page: which look they try, and what of it does not work.

It is put into the finished page, right after `<body>`: a theme that replaces every layout cannot lose it, and a page
without such a note pays nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ezcore.themes.queries import Worn
from ezcore.web.shared.theme import Drawn
from ezcore.web.shared.theme_choice import Dress, Wardrobe

TEMPLATE: Final = "base:ui/staff_notes.pt"
MANAGE: Final = "settings.manage"
_BODY: Final = re.compile(r"<body[^>]*>")


def with_notes(request: Any, drawn: Drawn, context: Mapping[str, Any]) -> str:
    """The page, for staff who may change the theme with what they must know about it."""
    dress: Dress = request.dress
    wardrobe: Wardrobe = request.registry["ez.wardrobe"]
    active = wardrobe.last_known()
    differs = _differs(dress.what, active.what)
    if not (drawn.faults or dress.missing or differs) or not request.actor.may(MANAGE):
        return drawn.text
    body = _BODY.search(drawn.text)
    if body is None:
        return drawn.text
    notes = active.theme.draw(
        TEMPLATE,
        {
            **context, "faults": drawn.faults, "missing": dress.missing, "differs": differs,
            "looks_at": dress.name if "theme" in differs else None,
        },
    )  # fmt: skip
    return drawn.text[: body.end()] + notes.text + drawn.text[body.end() :]


def _differs(seen: Worn, active: Worn) -> dict[str, str]:
    """What of this look everybody else sees otherwise, by name."""
    other = active._asdict()
    return {name: value for name, value in seen._asdict().items() if value != other[name]}
