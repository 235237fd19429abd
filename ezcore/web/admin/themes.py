"""/admin/themes/: what the shop can wear, a look at another theme or colour, publishing it, what is broken."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.kernel.errors import InvalidInput
from ezcore.themes import operations as themes
from ezcore.themes.queries import Worn, is_fixed, worn
from ezcore.themes.versions import version_by_id
from ezcore.web.admin.theme_answers import changed, only_here
from ezcore.web.admin.theme_facts import facts
from ezcore.web.shared import theme_preview
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

LOOK = ("brand", "corners", "font")


class Chosen(BaseModel):
    """A theme by name."""

    theme: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Look(BaseModel):
    """The shop's colour, corners and type; what is empty is the theme's."""

    brand: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    corners: Annotated[str, StringConstraints(max_length=20)] = ""
    font: Annotated[str, StringConstraints(max_length=20)] = ""


class Whole(Look, Chosen):
    """All of it; what a form does not send stays as it is worn."""

    logo: Annotated[str, StringConstraints(max_length=80)] = ""


@page("admin.themes", "/admin/themes/", permission="settings.manage", template="admin/themes.pt")
def themes_list(request: Any) -> dict[str, Any]:
    """Every theme with its state, the colour with its contrast, and what did not work."""
    return facts(request)


@page(
    "admin.themes.preview", "/admin/themes/preview/", method="POST", permission="settings.manage",
    audit="none: only this browser sees it", template="admin/themes.pt",
)  # fmt: skip
def preview(request: Any) -> Any:
    """See the shop in a theme that nobody else sees; a colour that is tried stays on."""
    name = read_form(request, Chosen).checked().theme
    themes.check_theme(request.settings, name)
    return only_here(request, {"theme": name})


@page(
    "admin.themes.try", "/admin/themes/try/", method="POST", permission="settings.manage",
    audit="none: only this browser sees it", template="admin/themes.pt",
)  # fmt: skip
def try_look(request: Any) -> Any:
    """See the shop in a colour, with corners and a type that nobody else sees; a theme that is tried stays on."""
    form, now = read_form(request, Look), worn(request.uow)
    look = _chosen(request, form)
    try:
        themes.check_look(now._replace(**look))
    except InvalidInput as error:
        form.refuse(error)
    if not form.is_valid:
        return _again(request, form)
    return only_here(request, look)


@page(
    "admin.themes.stop", "/admin/themes/stop/", method="POST", permission="settings.manage",
    audit="none: only this browser saw it",
)  # fmt: skip
def stop(request: Any) -> Any:
    """Back to what everybody sees."""
    back = HTTPSeeOther(request.route_path("admin.themes"))
    theme_preview.stop(back)
    return back


@page(
    "admin.themes.publish", "/admin/themes/publish/", method="POST", permission="settings.manage",
    audit="theme.publish",
)  # fmt: skip
def publish(request: Any) -> Any:
    """Let everybody see a theme or, from the bar of a preview, all that was tried."""
    now = worn(request.uow)
    wanted = Worn(**read_form(request, Whole, standing=now._asdict()).checked().model_dump())
    themes.wear(request.uow, wanted)
    same = wanted.theme == now.theme
    return changed(request, "The appearance is saved" if same else f"The shop wears {wanted.theme} now")


@page(
    "admin.themes.brand", "/admin/themes/brand/", method="POST", permission="settings.manage",
    audit="theme.brand", template="admin/themes.pt",
)  # fmt: skip
def brand(request: Any) -> Any:
    """Publish the shop's colour, corners and type; what the ini decides is not asked for and not touched."""
    form, now = read_form(request, Look), worn(request.uow)
    if form.is_valid:
        try:
            themes.wear(request.uow, now._replace(**_chosen(request, form)))
        except InvalidInput as error:
            form.refuse(error)
        else:
            return changed(request, "The appearance is saved")
    return _again(request, form)


@page(
    "admin.themes.again", "/admin/themes/versions/{id}/", method="POST", permission="settings.manage",
    audit="theme.publish",
)  # fmt: skip
def again(request: Any) -> Any:
    """Let everybody see a former look."""
    themes.wear_again(request.uow, version_by_id(request.uow, path_id(request)))
    return changed(request, "The shop looks as it did then")


def _chosen(request: Any, form: Form[Look]) -> dict[str, str]:
    """What of the look was chosen here."""
    look = form.model.model_dump() if form.model is not None else {}
    return {
        name: value.lower()
        for name, value in look.items()
        if not is_fixed(request.settings, f"themes.{name}")
    }


def _again(request: Any, form: Form[Look]) -> dict[str, Any]:
    request.response.status_code = 422
    return facts(request) | {name: form.value(name) for name in LOOK} | {"errors": form.errors}
