"""The settings of plugins: environment (or NAME_FILE) > ini > database, with the source of every field."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ezcore.db.sealed import CannotOpen, SecretBox
from ezcore.plugin_api.plugin import PluginBase
from ezcore.plugin_host.errors import WrongSettings
from ezcore.plugin_host.fields import from_text, is_secret
from ezcore.plugin_host.models import PluginSetting
from ezcore.plugin_host.sessions import session
from ezcore.settings import Settings, SettingsError, lookup

log = logging.getLogger(__name__)

KEPT_SECONDS: Final = 3.0
ENVIRONMENT, INI, DATABASE, DEFAULT, MISSING = "environment", "ini", "database", "default", "missing"
FIXED: Final = frozenset({ENVIRONMENT, INI})
"""Sources that win over the database, so that a form may not change the field."""


class NothingToSet(BaseModel):
    """The settings of a plugin that has none."""


@dataclass(frozen=True)
class EffectiveSettings:
    """Settings as they are now. `model` is None when `errors` (by field) has anything.

    `values` are the raw values by field, secrets included: show `shown`, never these.
    """

    model: BaseModel | None
    values: Mapping[str, Any] = field(repr=False)
    sources: Mapping[str, str]
    errors: Mapping[str, str]
    secrets: frozenset[str] = frozenset()

    @property
    def shown(self) -> dict[str, Any]:
        """The values for a form: of a secret only whether there is one."""
        return {name: bool(value) if name in self.secrets else value for name, value in self.values.items()}


class Configuration:
    """Reads the settings of plugins; keeps what it read for a few seconds."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine | None,
        box: SecretBox | None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._box = box
        self._monotonic = monotonic
        self._kept: dict[str, tuple[float, EffectiveSettings]] = {}

    @property
    def time_zone(self) -> str:
        """The zone of the shop's business dates (IANA name)."""
        return self._settings.shop.time_zone

    @property
    def box(self) -> SecretBox:
        """What seals the plugins' own secrets. Raises: RuntimeError without secret keys."""
        if self._box is None:
            raise RuntimeError("this host was made without secret keys")
        return self._box

    def settings_of(self, plugin: type[PluginBase]) -> BaseModel:
        """The plugin's settings, at most a few seconds old. Raises: WrongSettings (an InvalidInput)."""
        read_at, found = self._kept.get(plugin.name, (float("-inf"), None))
        if found is None or self._monotonic() - read_at > KEPT_SECONDS:
            found = self.effective(plugin)
            self._kept[plugin.name] = (self._monotonic(), found)
        if found.model is None:
            raise WrongSettings(plugin.name, dict(found.errors))
        return found.model

    def forget(self, plugin: str) -> None:
        """Read again at the next question."""
        self._kept.pop(plugin, None)

    def effective(self, plugin: type[PluginBase], opened: Session | None = None) -> EffectiveSettings:
        """Values, sources and errors by field, as they are this moment; for the admin form."""
        model = plugin.settings_model
        if model is None:
            return EffectiveSettings(NothingToSet(), {}, {}, {})
        values, sources = self._fixed(plugin, model)
        for name, value in self._stored(plugin, model, opened).items():
            if sources.get(name) not in FIXED:
                values[name], sources[name] = value, DATABASE
        for name, info in model.model_fields.items():
            sources.setdefault(name, MISSING if info.is_required() else DEFAULT)
            if name not in values and not info.is_required():
                values[name] = info.get_default(call_default_factory=True, validated_data=values)
        secrets = frozenset(name for name, info in model.model_fields.items() if is_secret(info))
        made, errors = validated(model, values)
        return EffectiveSettings(made, values, sources, errors, secrets)

    def check_fixed(self, plugin: type[PluginBase]) -> None:
        """Stop start-up when the environment or the ini says something wrong. Raises: SettingsError."""
        model = plugin.settings_model
        known = set(model.model_fields) if model else set()
        for key in self._settings.ini:
            section, dot, name = key.partition(".")
            if dot and section == plugin.name and name not in known:
                there = ", ".join(sorted(known)) or "none"
                raise SettingsError(
                    f"the ini names {key}, which is no setting of that plugin (settings: {there})"
                )
        if model is None:
            return
        values, sources = self._fixed(plugin, model)
        errors = validated(model, values)[1]
        for name, sentence in errors.items():
            if name in sources:
                where = variable(plugin, name) if sources[name] == ENVIRONMENT else f"{plugin.name}.{name}"
                raise SettingsError(f"the setting {where} (from {sources[name]}) is wrong: {sentence}")

    def _fixed(
        self, plugin: type[PluginBase], model: type[BaseModel]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        values: dict[str, Any] = {}
        sources: dict[str, str] = {}
        for name, info in model.model_fields.items():
            found = (
                (ENVIRONMENT, lookup(self._settings.environ, variable(plugin, name))),
                (INI, self._settings.ini.get(f"{plugin.name}.{name}")),
            )
            for source, text in found:
                if text is not None:
                    values[name], sources[name] = from_text(info, text), source
                    break
        return values, sources

    def _stored(
        self, plugin: type[PluginBase], model: type[BaseModel], opened: Session | None
    ) -> dict[str, Any]:
        if opened is not None:
            return self._read(opened, plugin.name, model)
        if self._engine is None:
            return {}
        try:
            with session(self._engine, "read") as own:
                return self._read(own, plugin.name, model)
        except SQLAlchemyError:
            # Before the first `ez migrate` there is no table.
            log.debug("the settings of plugin %s cannot be read", plugin.name, exc_info=True)
            return {}

    def _read(self, opened: Session, plugin: str, model: type[BaseModel]) -> dict[str, Any]:
        rows = opened.execute(
            select(PluginSetting.field, PluginSetting.value).where(PluginSetting.plugin == plugin)
        )
        return {
            name: json.loads(
                self._opened(plugin, name, text) if is_secret(model.model_fields[name]) else text
            )
            for name, text in rows
            if name in model.model_fields
        }

    def _opened(self, plugin: str, name: str, sealed: str) -> str:
        try:
            return self._box.open(row_of(plugin, name), sealed) if self._box else '""'
        except CannotOpen:
            # A lost key shows as a missing secret in the form, not as a site that is down.
            log.exception("no key of EZ_SECRET_KEYS opens the setting %s.%s", plugin, name)
            return '""'


def variable(plugin: type[PluginBase], name: str) -> str:
    """The environment variable of a field: its well-known name, or EZ_<PLUGIN>_<FIELD>."""
    return plugin.environment.get(name) or f"EZ_{plugin.name}_{name}".upper()


def row_of(plugin: str, name: str) -> str:
    """What a sealed setting is bound to."""
    return f"plugin_setting:{plugin}:{name}"


def validated(model: type[BaseModel], values: Mapping[str, Any]) -> tuple[BaseModel | None, dict[str, str]]:
    """The settings, or a sentence per field."""
    try:
        return model.model_validate(dict(values)), {}
    except ValidationError as error:
        errors: dict[str, str] = {}
        for line in error.errors(include_input=False, include_url=False):
            name = str(line["loc"][0]) if line["loc"] else next(iter(model.model_fields), "?")
            errors.setdefault(name, line["msg"].removeprefix("Value error, "))
        return None, errors
