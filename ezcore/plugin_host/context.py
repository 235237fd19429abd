"""What a plugin is handed when it is made: its name, the clock, its settings, its tables, the core."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import BaseModel
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ezcore.kernel.clock import Clock
from ezcore.plugin_api.plugin import PluginBase
from ezcore.plugin_host.configuration import Configuration
from ezcore.plugin_host.core_door import CoreDoor
from ezcore.plugin_host.own_tables import own_tables


@dataclass(frozen=True)
class HostContext:
    """Implements `plugin_api.PluginContext` for one plugin."""

    plugin: type[PluginBase]
    clock: Clock
    core: CoreDoor
    configuration: Configuration
    engine: Engine | None

    @property
    def name(self) -> str:
        """The plugin's one name."""
        return self.plugin.name

    @property
    def time_zone(self) -> str:
        """The zone of the shop's business dates (IANA name)."""
        return self.configuration.time_zone

    def settings(self) -> BaseModel:
        """The plugin's settings, at most a few seconds old. Raises: InvalidInput."""
        return self.configuration.settings_of(self.plugin)

    @contextmanager
    def tables(self) -> Iterator[Session]:
        """A transaction on the plugin's own tables; commits on a good end. Raises: NotYourTable."""
        if self.engine is None:
            raise RuntimeError("this host was made without a database")
        with own_tables(self.engine, self.name) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """The plugin's own tables, for reading only. Raises: NotYourTable; an error for a write."""
        if self.engine is None:
            raise RuntimeError("this host was made without a database")
        with own_tables(self.engine, self.name, "read") as session:
            yield session

    def seal(self, row: str, text: str) -> str:
        """Encrypt a secret for a row of the plugin's own tables."""
        return self.configuration.box.seal(f"plugin:{self.name}:{row}", text)

    def unseal(self, row: str, sealed: str) -> str:
        """Decrypt what `seal` gave for the same row. Raises: CannotOpen."""
        return self.configuration.box.open(f"plugin:{self.name}:{row}", sealed)
