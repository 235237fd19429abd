"""/admin/settings/: every setting with its value and source, a search, and a form for those that staff change."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.configuration import operations as configuration
from ezcore.configuration.rules import CHANGEABLE, every_setting, is_fixed, label_of, text_of
from ezcore.kernel.errors import InvalidInput
from ezcore.languages import say
from ezcore.settings import SECTIONS, env_name
from ezcore.web.admin.settings.places import FOLDED, GROUPS, places
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import Field
from ezcore.web.shared.readable import storable
from ezcore.web.shared.views import page

LONGEST = 400


@page("admin.settings", "/admin/settings/", permission="settings.manage", template="admin/settings.pt")
def settings_list(request: Any) -> dict[str, Any]:
    """Every setting in groups; with `?q=` those that have all its words, with `?group=` one group."""
    words, only = request.GET.get("q", "").strip()[:100], request.GET.get("group", "")
    known = [one for one in every_setting(request.settings) if one.has(words)]
    groups = [
        (say(title), sections[0], [one for one in known if one.section in sections])
        for title, sections in GROUPS
        if sections[0] == only or not only
    ]
    folded = () if words or only else FOLDED
    elsewhere = [] if only else [one for one in places(request, searched=bool(words)) if one.has(words)]
    return {
        "q": words,
        "only": only,
        "groups": [(title, rows) for title, name, rows in groups if rows and name not in folded],
        "folded": [group for group in groups if group[1] in folded],
        "places": elsewhere,
        "found": sum(len(rows) for _, _, rows in groups) + len(elsewhere),
    }


@page(
    "admin.settings.change", "/admin/settings/change/", permission="settings.manage",
    template="admin/settings_change.pt",
)  # fmt: skip
def change_form(request: Any) -> dict[str, Any]:
    """The form, with the values in force."""
    return _facts(request, {}, {})


@page(
    "admin.settings.change", "/admin/settings/change/", method="POST", permission="settings.manage",
    audit="settings.change", template="admin/settings_change.pt",
)  # fmt: skip
def change(request: Any) -> Any:
    """Let other values hold. They do at once here, and within seconds in every other process."""
    typed, errors = _typed(request)
    if not errors:
        try:
            changed = configuration.change(request.uow, typed)
        except InvalidInput as error:
            errors[_field_name(error.field or CHANGEABLE[0])] = error.message
        else:
            request.add_finished_callback(lambda _request: request.registry["ez.live"].forget())
            flash(
                request,
                "ok",
                say("Saved. It holds everywhere within seconds") if changed else say("Nothing is different"),
            )
            return HTTPSeeOther(request.route_path("admin.settings"))
    request.response.status_code = 422
    return _facts(request, typed, errors)


def _typed(request: Any) -> tuple[dict[str, str], dict[str, str]]:
    """What was sent for the settings that can be changed, and what of it cannot be read."""
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    for key in CHANGEABLE:
        given = request.POST.getall(_field_name(key))
        if not given or is_fixed(request.settings, key):
            continue
        if (
            len(given) > 1
            or not isinstance(given[0], str)
            or len(given[0]) > LONGEST
            or not storable(given[0])
        ):
            errors[_field_name(key)] = say("This text cannot be stored")
            continue
        typed[key] = given[0]
    return typed, errors


def _facts(request: Any, typed: dict[str, str], errors: dict[str, str]) -> dict[str, Any]:
    groups = []
    for title, sections in GROUPS:
        keys = [key for key in CHANGEABLE if key.partition(".")[0] in sections]
        if keys:
            groups.append((say(title), [_field(request, key, typed, errors) for key in keys]))
    labels = {_field_name(key): say(label_of(key.partition(".")[2])) for key in CHANGEABLE}
    return {"groups": groups, "errors": errors, "labels": labels}


def _field(request: Any, key: str, typed: dict[str, str], errors: dict[str, str]) -> Field:
    section, _, name = key.partition(".")
    info, fixed = SECTIONS[section].model_fields[name], None
    if is_fixed(request.settings, key):
        fixed = env_name(section, name) if request.settings.sources[key] == "environment" else f"ez.{key}"
    return Field(
        name=_field_name(key),
        label=say(label_of(name)),
        kind="number" if info.annotation is int else "text",
        value=typed.get(key, text_of(request.settings, key)),
        hint=say(info.description or ""),
        error=errors.get(_field_name(key)),
        required=info.annotation is int or key in ("shop.name", "shop.company", "mail.sender"),
        fixed_by=fixed,
    )


def _field_name(key: str) -> str:
    """A dot is no good in an id."""
    return key.replace(".", "-")
