"""/admin/themes/<name>/overrides/: the templates that a theme replaces, and how each differs from what it replaces."""

from __future__ import annotations

from typing import Any

from ezcore.kernel.errors import NotFound
from ezcore.themes.chain import theme_chain
from ezcore.themes.errors import ThemeError
from ezcore.themes.overrides import difference, overrides
from ezcore.web.shared.theme_choice import Wardrobe
from ezcore.web.shared.views import page


@page(
    "admin.themes.overrides", "/admin/themes/{name}/overrides/", permission="settings.manage",
    template="admin/theme_overrides.pt",
)  # fmt: skip
def show(request: Any) -> dict[str, Any]:
    """All of one theme; `?file=layouts/client.pt` shows the difference of that one. Raises: NotFound."""
    wardrobe: Wardrobe = request.registry["ez.wardrobe"]
    try:
        chain = theme_chain(request.matchdict["name"], wardrobe.found())
    except ThemeError as error:
        raise NotFound(error.message) from error
    found = overrides(chain)
    asked = request.GET.get("file", "")
    chosen = next((one for one in found if one.path == asked), None)
    if asked and chosen is None:
        raise NotFound("The theme does not replace this file")
    return {
        "manifest": chain.manifests[0],
        "rows": found,
        "chosen": chosen,
        "difference": difference(chosen) if chosen else None,
    }
