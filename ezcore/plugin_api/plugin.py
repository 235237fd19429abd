"""What a plugin is: a class named by the entry point group `ezcore.plugins`, made once per process."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from pydantic import BaseModel
from sqlalchemy.orm import Session

from ezcore.kernel.clock import Clock
from ezcore.plugin_api.protocols import Core

if TYPE_CHECKING:
    from ezcore.plugin_api.sandbox.spec import SandboxSpec


class PluginContext(Protocol):
    """What the host hands to a plugin."""

    @property
    def name(self) -> str:
        """The plugin's name."""
        ...

    @property
    def clock(self) -> Clock:
        """Where its time comes from."""
        ...

    @property
    def time_zone(self) -> str:
        """The zone of the shop's business dates (IANA name): a vendor's moment becomes a day in it."""
        ...

    @property
    def core(self) -> Core:
        """What it may ask of the core."""
        ...

    def settings(self) -> BaseModel:
        """The plugin's settings now: environment > ini (`<plugin>.<field>`) > database. Raises: InvalidInput."""
        ...

    def tables(self) -> AbstractContextManager[Session]:
        """A unit of work limited to the plugin's own tables; commits when the block ends well."""
        ...

    def reading(self) -> AbstractContextManager[Session]:
        """The plugin's own tables, for reading only: it waits for nobody who writes (pages, see ui.md)."""
        ...

    def seal(self, row: str, text: str) -> str:
        """Encrypt a secret that the plugin keeps in its own tables; `row` names what it belongs to."""
        ...

    def unseal(self, row: str, sealed: str) -> str:
        """Decrypt what `seal` gave for the same `row`. Raises: an error when no key opens it."""
        ...


class PluginBase:
    """Parent of every plugin. Hook implementations are methods marked with `hookimpl`.

    `essential = True` means: when this plugin is broken, start-up stops (tax, veto and contribute hooks).
    `environment` names the settings that have a well-known variable, e.g. {"secret_key": "STRIPE_SECRET_KEY"}.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    api: ClassVar[str] = "1"
    essential: ClassVar[bool] = False
    settings_model: ClassVar[type[BaseModel] | None] = None
    environment: ClassVar[dict[str, str]] = {}

    def __init__(self, context: PluginContext) -> None:
        self.context = context

    @classmethod
    def templates(cls) -> Path | None:
        """Folder of page templates (overridable by a theme under plugin/<name>/...)."""
        return None

    @classmethod
    def locale(cls) -> Path | None:
        """Folder of catalogues, `<language>/LC_MESSAGES/<plugin>.po`: `locale` beside the plugin's module."""
        module = sys.modules.get(cls.__module__)
        file = getattr(module, "__file__", None)
        folder = Path(file).parent / "locale" if file else None
        return folder if folder is not None and folder.is_dir() else None

    @classmethod
    def static(cls) -> Path | None:
        """Folder served from /static/plugins/<name>/."""
        return None

    @classmethod
    def migrations(cls) -> Path | None:
        """Folder of the plugin's own linear Alembic history (version table ez_<name>_version)."""
        return None

    @classmethod
    def web_module(cls) -> str | None:
        """Dotted name of the module with the plugin's pages (its `web.py`)."""
        return None

    @classmethod
    def sandbox(cls) -> SandboxSpec | None:
        """A stateful imitation of the vendor, for the demo, tests and the simulation."""
        return None
