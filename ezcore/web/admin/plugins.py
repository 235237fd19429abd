"""/admin/plugins/: what is installed and how it does; settings as a form made from the plugin's own model."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.kernel.errors import InvalidInput
from ezcore.plugin_host.errors import WrongSettings
from ezcore.plugin_host.operations import pause, resume, save_settings
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import fields_of
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.views import page


class Why(BaseModel):
    """Why a plugin is paused or resumed."""

    reason: str = Field(min_length=3, max_length=400)


@page("admin.plugins", "/admin/plugins/", permission="staff.read", template="admin/plugins.pt")
def plugins_list(request: Any) -> dict[str, Any]:
    """Installed plugins in the order of `ez.plugins`."""
    return {"reports": request.host_of_plugins.reports}


@page("admin.plugin", "/admin/plugins/{name}/", permission="plugins.manage", template="admin/plugin.pt")
def plugin(request: Any) -> dict[str, Any]:
    """One plugin with its settings form."""
    now = request.host_of_plugins.effective_settings(request.matchdict["name"])
    return _facts(request, now.shown, now.errors)


@page(
    "admin.plugin",
    "/admin/plugins/{name}/",
    method="POST",
    permission="plugins.manage",
    audit="plugin.settings",
    template="admin/plugin.pt",
)
def save(request: Any) -> Any:
    """Keep settings; a blank secret stays as it is."""
    host, name = request.host_of_plugins, request.matchdict["name"]
    now, model = host.effective_settings(name), host.plugin_class(name).settings_model
    if model is None:
        raise InvalidInput("this plugin has no settings")
    fixed = _fixed(now)
    given: dict[str, str] = {}
    for field, info in model.model_fields.items():
        if field in fixed:
            continue
        if info.annotation is bool:
            given[field] = "true" if request.POST.get(field) else "false"
        elif field in request.POST:
            given[field] = "\n".join(request.POST.getall(field))
    try:
        save_settings(request.uow, host, name, given)
    except WrongSettings as error:
        request.response.status_code = 422
        return _facts(request, {**now.shown, **given}, error.errors)
    flash(request, "ok", f"Settings of {name} are saved")
    return HTTPSeeOther(request.route_path("admin.plugin", name=name))


@page(
    "admin.plugin.rest",
    "/admin/plugins/{name}/{verb}/",
    method="POST",
    permission="plugins.manage",
    audit="plugin.<verb>",
)
def rest(request: Any) -> Any:
    """Pause or resume."""
    verbs = {"pause": pause, "resume": resume}
    name, verb = request.matchdict["name"], request.matchdict["verb"]
    if verb not in verbs:
        raise InvalidInput("pause or resume", field="verb")
    verbs[verb](request.uow, request.host_of_plugins, name, read_form(request, Why).checked().reason)
    flash(request, "ok", f"{name}: {verb}d")
    return HTTPSeeOther(request.route_path("admin.plugins"))


def _facts(request: Any, values: Any, errors: dict[str, str]) -> dict[str, Any]:
    host, name = request.host_of_plugins, request.matchdict["name"]
    now, model = host.effective_settings(name), host.plugin_class(name).settings_model
    return {
        "report": next(report for report in host.reports if report.name == name),
        "fields": fields_of(model, values, errors, _fixed(now)) if model else [],
        "errors": errors,
        "sources": now.sources,
    }


def _fixed(now: Any) -> dict[str, str]:
    """Fields that the environment or the ini decides; a form cannot change them."""
    return {field: source for field, source in now.sources.items() if source in ("environment", "ini")}
