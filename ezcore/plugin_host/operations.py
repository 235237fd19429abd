"""What staff may do to a plugin: save its settings, pause it, resume it. Listing one is done in the ini."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.jobs.models import StaffTask
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.plugin_api.plugin import PluginBase
from ezcore.plugin_host.configuration import (
    ENVIRONMENT,
    FIXED,
    EffectiveSettings,
    row_of,
    validated,
    variable,
)
from ezcore.plugin_host.errors import WrongSettings
from ezcore.plugin_host.fields import is_blank, is_secret, plain
from ezcore.plugin_host.host import PluginHost
from ezcore.plugin_host.models import PluginSetting, PluginStateRow
from ezcore.work import UnitOfWork

MANAGE = "plugins.manage"


def save_settings(uow: UnitOfWork, host: PluginHost, plugin: str, values: Mapping[str, Any]) -> None:
    """Keep settings in the database. A blank secret stays as it is; fields not in `values` too.

    Raises: NotAllowed; NotFound; InvalidInput for a field that the environment or the ini fixes or nobody
        knows; WrongSettings (an InvalidInput) with a sentence per wrong field.
    """
    uow.actor.require(MANAGE)
    kind = host.plugin_class(plugin)
    now = host.configuration.effective(kind, uow.session)
    changes = _changes(kind, now, values)
    model = kind.settings_model
    if not changes or model is None:
        return
    made, errors = validated(model, {**_given(now), **changes})
    if made is None:
        raise WrongSettings(plugin, errors)
    for name in changes:
        _store(uow, plugin, name, plain(getattr(made, name)), secret=name in now.secrets)
    _record(uow, plugin, now, changes)
    host.configuration.forget(plugin)


def pause(uow: UnitOfWork, host: PluginHost, plugin: str, reason: str) -> None:
    """Let a plugin rest: its ports answer nobody, its hooks are not asked, its jobs and announcements wait.

    Raises: NotAllowed; NotFound; Refused for an essential plugin and without a reason.
    """
    uow.actor.require(MANAGE)
    if host.plugin_class(plugin).essential:
        raise Refused(f"{plugin} is essential: without it invoices would be wrong, so it cannot be paused")
    if not reason.strip():
        raise Refused("say why: the reason is kept in the audit log")
    insert_once(uow.session, PluginStateRow, {"name": plugin, "failures": 0})
    row = update(PluginStateRow).where(PluginStateRow.name == plugin)
    uow.session.execute(row.values(paused_at=uow.now()))
    audit.record(uow, "plugin.pause", "plugin", plugin, reason=reason)
    host.health.forget()


def resume(uow: UnitOfWork, host: PluginHost, plugin: str, reason: str = "") -> None:
    """End a pause or a suspension; what waited is delivered. Raises: NotAllowed, NotFound."""
    uow.actor.require(MANAGE)
    host.plugin_class(plugin)
    row = update(PluginStateRow).where(PluginStateRow.name == plugin)
    uow.session.execute(row.values(paused_at=None, suspended_at=None, failures=0, last_error=None))
    task = update(StaffTask).where(
        StaffTask.key == f"plugin:{plugin}:suspended", StaffTask.closed_at.is_(None)
    )
    uow.session.execute(task.values(closed_at=uow.now(), resolution=reason or "resumed"))
    audit.record(uow, "plugin.resume", "plugin", plugin, reason=reason or None)
    host.health.forget()
    uow.ring()


def _changes(kind: type[PluginBase], now: EffectiveSettings, values: Mapping[str, Any]) -> dict[str, Any]:
    changes = {}
    for name, value in values.items():
        info = kind.settings_model.model_fields.get(name) if kind.settings_model else None
        if info is None:
            raise InvalidInput(f"{kind.name} has no setting {name}", field=name)
        if is_secret(info) and is_blank(value):
            continue
        same = plain(value) == plain(now.values.get(name))
        if now.sources[name] in FIXED and not same:
            source = (
                variable(kind, name) if now.sources[name] == ENVIRONMENT else f"{kind.name}.{name} in the ini"
            )
            raise InvalidInput(f"this is fixed by {source}; change it there", field=name)
        if not same:
            changes[name] = plain(value)
    return changes


def _given(now: EffectiveSettings) -> dict[str, Any]:
    return {name: plain(value) for name, value in now.values.items() if now.sources[name] != "default"}


def _store(uow: UnitOfWork, plugin: str, name: str, value: Any, *, secret: bool) -> None:
    text = json.dumps(value)
    stored = uow.box.seal(row_of(plugin, name), text) if secret else text
    if insert_once(uow.session, PluginSetting, {"plugin": plugin, "field": name, "value": stored}) is None:
        row = update(PluginSetting).where(PluginSetting.plugin == plugin, PluginSetting.field == name)
        uow.session.execute(row.values(value=stored))


def _record(uow: UnitOfWork, plugin: str, now: EffectiveSettings, changes: Mapping[str, Any]) -> None:
    def shown(values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: ("(a secret)" if values.get(name) else None)
            if name in now.secrets
            else plain(values.get(name))
            for name in changes
        }

    audit.record(uow, "plugin.settings", "plugin", plugin, before=shown(now.values), after=shown(changes))
