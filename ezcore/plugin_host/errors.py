"""What the host says when a plugin fails where its failure may not be passed over."""

from __future__ import annotations

from ezcore.kernel.errors import InvalidInput


class PluginFailed(Exception):
    """A plugin raised, or answered with something else than its hook promises; the operation fails too."""

    def __init__(self, plugin: str, hook: str, cause: str) -> None:
        super().__init__(f"plugin {plugin} failed in {hook}: {cause}")
        self.plugin = plugin
        self.hook = hook


class PluginBroken(Exception):
    """This plugin cannot be used; `reason` is a sentence for staff."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PluginAsleep(Exception):
    """The plugin is suspended or paused; what was to be told waits in the outbox until it is resumed."""


class WrongSettings(InvalidInput):
    """A plugin's settings are wrong or not complete; `errors` has a sentence per field."""

    def __init__(self, plugin: str, errors: dict[str, str]) -> None:
        first = next(iter(errors))
        super().__init__(f"{plugin}.{first}: {errors[first]}", field=first)
        self.errors = errors
