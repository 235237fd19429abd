"""What the demo, the simulation and tests need to start an imitation and to point its plugin at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ezcore.kernel.clock import Clock, SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ezcore.plugin_api.plugin import PluginBase
    from ezcore.plugin_api.sandbox.in_process import InProcess, Pause
    from ezcore.plugin_api.sandbox.wsgi import SandboxApp


@dataclass(frozen=True)
class SandboxOptions:
    """What the starter tells an imitation; `extra` is for what only one vendor knows (documented there)."""

    clock: Clock = field(default_factory=SystemClock)
    webhook_url: str | None = None
    webhook_secret: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SandboxSpec:
    """A plugin's imitation of its vendor.

    `make(folder, options)` builds the application with its state in `folder`; `settings(address, ca_file)`
    gives the plugin's settings, by their names, that make the plugin talk to it.
    With `tls` it is served over HTTPS. `in_process(plugin, app, pause)` leads a loaded plugin to the application
    without a socket, for the simulation; waiting is then done by `pause`.
    """

    name: str
    make: Callable[[Path, SandboxOptions], SandboxApp]
    tls: bool
    settings: Callable[[str, Path | None], dict[str, str]]
    in_process: Callable[[PluginBase, SandboxApp, Pause], InProcess] | None = None
