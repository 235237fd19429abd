"""/admin/keyboard/: which keys do something in the admin area, and the switch for them."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts import operations as accounts
from ezcore.accounts.queries import user_of
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.navigation import admin_menu
from ezcore.web.shared.views import page

KEYS: Final = (
    (("/",), "Search"),
    (("j",), "Next row of a list"),
    (("k",), "Row before"),
    (("o", "Enter"), "Open the row"),
    (("x",), "Tick the row"),
    (("?",), "Show these keys"),
)


class Switch(BaseModel):
    """Do single keys do something?"""

    shortcuts: bool = False


@page("admin.keyboard", "/admin/keyboard/", permission="staff.read", template="admin/keyboard.pt")
def show(request: Any) -> dict[str, Any]:
    """The keys, and where `g` goes for whoever asks."""
    goes = [entry for _, entries in admin_menu(request) for entry in entries if entry.key]
    return {"keys": KEYS, "goes": goes, "shortcuts": user_of(request.uow, request.actor).shortcuts}


@page(
    "admin.keyboard", "/admin/keyboard/", method="POST", permission="staff.read",
    audit="none: concerns the reader only",
)  # fmt: skip
def switch(request: Any) -> Any:
    """On or off, for this member of staff wherever they log in."""
    wanted = read_form(request, Switch).checked().shortcuts
    accounts.use_shortcuts(request.uow, wanted)
    flash(request, "ok", "Single keys work" if wanted else "Single keys are switched off")
    return HTTPSeeOther(request.route_path("admin.keyboard"))
