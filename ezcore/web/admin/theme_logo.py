"""/admin/themes/logo/: the shop's logo, tried in this browser only, published, taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ezcore.kernel.errors import InvalidInput
from ezcore.themes import logo as logos
from ezcore.themes import operations as themes
from ezcore.themes.queries import worn
from ezcore.web.admin.theme_answers import changed, only_here
from ezcore.web.admin.theme_facts import facts
from ezcore.web.shared.form_words import sentence
from ezcore.web.shared.readable import MAX_UPLOAD
from ezcore.web.shared.views import page

FIELD = "logo"


@page(
    "admin.themes.logo", "/admin/themes/logo/", method="POST", permission="settings.manage",
    audit="theme.logo", template="admin/themes.pt",
)  # fmt: skip
def publish(request: Any) -> Any:
    """Let everybody see this logo."""

    def act(name: str) -> Any:
        themes.wear(request.uow, worn(request.uow)._replace(logo=name))
        return changed(request, "The logo is saved")

    return _with_file(request, act)


@page(
    "admin.themes.logo.try", "/admin/themes/logo/try/", method="POST", permission="settings.manage",
    audit="none: only this browser sees it", template="admin/themes.pt",
)  # fmt: skip
def try_logo(request: Any) -> Any:
    """See the shop with this logo, which nobody else sees."""
    return _with_file(request, lambda name: only_here(request, {FIELD: name}))


@page(
    "admin.themes.logo.remove", "/admin/themes/logo/remove/", method="POST", permission="settings.manage",
    audit="theme.logo",
)  # fmt: skip
def remove(request: Any) -> Any:
    """Show the mark of the theme again."""
    themes.wear(request.uow, worn(request.uow)._replace(logo=""))
    return changed(request, "The logo is removed")


def _with_file(request: Any, act: Callable[[str], Any]) -> Any:
    sent = [one for one in request.POST.getall(FIELD) if not isinstance(one, str | bytes) and one.filename]
    content = sent[0].file.read(MAX_UPLOAD) if sent else b""
    try:
        return act(logos.keep_logo(request.uow, content))
    except InvalidInput as error:
        request.response.status_code = 422
        return facts(request) | {"errors": {FIELD: sentence(error.message)}}
