"""What a change of the look answers: back to the page of themes, seen by everybody or by this browser only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.themes.queries import worn
from ezcore.web.shared import theme_preview
from ezcore.web.shared.flash import flash
from ezcore.web.shared.theme_choice import tried


def only_here(request: Any, changes: Mapping[str, str]) -> Any:
    """Let only this browser see it, together with what it tries already."""
    now = worn(request.uow)._asdict()
    seen = {**tried(request), **changes}
    back = HTTPSeeOther(request.route_path("admin.themes"))
    different = {name: value for name, value in seen.items() if value != now[name]}
    if different:
        theme_preview.start(request, back, different)
    else:
        theme_preview.stop(back)
    return back


def changed(request: Any, words: str) -> Any:
    """Say so, end a preview, and look the theme up anew once this is committed."""
    request.add_finished_callback(lambda _request: request.registry["ez.wardrobe"].forget())
    flash(request, "ok", words)
    back = HTTPSeeOther(request.route_path("admin.themes"))
    theme_preview.stop(back)
    return back
