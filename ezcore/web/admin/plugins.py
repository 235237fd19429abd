"""/admin/plugins/: what is installed and how it does; settings as a form made from the plugin's own model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.languages import say
from ezcore.plugin_api.plugin import PluginBase
from ezcore.plugin_host.configuration import ENVIRONMENT, FIXED, EffectiveSettings, variable
from ezcore.plugin_host.errors import WrongSettings
from ezcore.plugin_host.operations import pause, resume, save_settings
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import Field, fields_of
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.views import page

RESTING = ("paused", "suspended")
SOURCES = {"database": "Source: database", "default": "Source: default", "missing": "Not set"}
VERBS = {"pause": pause, "resume": resume}


class Why(BaseModel):
    """Why a plugin is paused or resumed."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=400)]


@page("admin.plugins", "/admin/plugins/", permission="staff.read", template="admin/plugins.pt")
def plugins_list(request: Any) -> dict[str, Any]:
    """Listed plugins in the order of `ez.plugins`, then what else is installed."""
    reports = request.host_of_plugins.reports
    return {"reports": [(one, _has_page(request, one.name)) for one in reports]}


@page("admin.plugin", "/admin/plugins/{name}/", permission="plugins.manage", template="admin/plugin.pt")
def plugin(request: Any) -> dict[str, Any]:
    """One plugin with its settings form and where each value comes from."""
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
    """Keep settings; a blank secret stays as it is, and what the environment or the ini fixes is not touched."""
    host, name = request.host_of_plugins, request.matchdict["name"]
    kind = host.plugin_class(name)
    now = host.configuration.effective(kind, request.uow.session)
    if kind.settings_model is None:
        raise InvalidInput("this plugin has no settings")
    fixed = _fixed(kind, now)
    standing = {field: now.values[field] for field in (*fixed, *now.secrets) if field in now.values}
    form = read_form(request, kind.settings_model, standing=standing)
    errors = {field: words for field, words in form.errors.items() if field not in fixed}
    if form.model is not None:
        ours = [field for field in type(form.model).model_fields if field not in fixed]
        try:
            save_settings(request.uow, host, name, {field: getattr(form.model, field) for field in ours})
        except WrongSettings as error:
            errors = error.errors
        else:
            flash(request, "ok", f"Settings of {name} are saved")
            return HTTPSeeOther(request.route_path("admin.plugin", name=name))
    request.response.status_code = 422
    return _facts(request, {**now.shown, **form.values}, errors or form.errors)


@page(
    "admin.plugin.rest",
    "/admin/plugins/{name}/{verb:pause|resume}/",
    method="POST",
    permission="plugins.manage",
    audit="plugin.<verb>",
    template="admin/plugin.pt",
)
def rest(request: Any) -> Any:
    """Pause or resume."""
    name, verb = request.matchdict["name"], request.matchdict["verb"]
    if verb not in VERBS:
        raise NotFound("there is no such action")
    form = read_form(request, Why)
    if not form.is_valid:
        now = request.host_of_plugins.effective_settings(name)
        request.response.status_code = 422
        return _facts(request, now.shown, {}) | {"rest_errors": form.errors, "reason": form.value("reason")}
    VERBS[verb](request.uow, request.host_of_plugins, name, form.checked().reason)
    flash(
        request,
        "ok",
        say("${name} is paused", name=name) if verb == "pause" else say("${name} is resumed", name=name),
    )
    return HTTPSeeOther(request.route_path("admin.plugin", name=name))


def _has_page(request: Any, name: str) -> bool:
    """A broken plugin has one as long as its class could be imported: wrong settings are mended there."""
    try:
        request.host_of_plugins.plugin_class(name)
    except NotFound:
        return False
    return bool(request.actor.may("plugins.manage"))


def _facts(request: Any, values: Mapping[str, Any], errors: Mapping[str, str]) -> dict[str, Any]:
    host, name = request.host_of_plugins, request.matchdict["name"]
    kind, now = host.plugin_class(name), host.effective_settings(name)
    model, report = kind.settings_model, next(one for one in host.reports if one.name == name)
    fields = fields_of(model, values, errors, _fixed(kind, now)) if model else []
    return {
        "report": report,
        "rests": str(report.state) in RESTING,
        "fields": [_with_source(one, now) for one in fields],
        "errors": dict(errors),
        "labels": {one.name: one.label for one in fields},
        "rest_errors": {},
        "reason": "",
    }


def _with_source(field: Field, now: EffectiveSettings) -> Field:
    """Say where the value comes from; of a secret also whether there is one."""
    source = now.sources.get(field.name, "")
    words = SOURCES.get(source)
    if field.kind == "secret":
        stored = bool(now.shown.get(field.name))
        words = "A secret is stored; leave blank to keep it" if stored else "No secret is stored"
    if field.fixed_by is not None or words is None:
        return field
    hint = None if field.kind == "secret" else field.hint
    return replace(field, hint=f"{say(hint).rstrip('.')}. {say(words)}" if hint else words)


def _fixed(kind: type[PluginBase], now: EffectiveSettings) -> dict[str, str]:
    """Fields that the environment or the ini decides, with the name to change there."""
    return {
        field: f"the variable {variable(kind, field)}"
        if source == ENVIRONMENT
        else f"{kind.name}.{field} in the ini"
        for field, source in now.sources.items()
        if source in FIXED
    }
