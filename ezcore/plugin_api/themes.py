"""Theme chain lookup: child theme, its parents, plugins' own templates, base last.

A theme is a folder with a `theme.toml`: one of ours under `themes/`, or one that a distribution brings by
the entry point group `ezcore.themes` (name of the theme = the package whose folder it is).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import Final

from ezcore.kernel.resources import find_tree
from ezcore.settings import SettingsError

LAST: Final = "base"
GROUP: Final = "ezcore.themes"
_PLUGIN_PARTS: Final = 3


@dataclass(frozen=True)
class ThemeChain:
    """Folders to search, the shop's theme first, base last.

    A plugin's template is asked for as `plugin/<name>/...`; a theme may override it under that same path.
    """

    names: tuple[str, ...]
    folders: tuple[Path, ...]
    plugins: Mapping[str, Path]

    def find(self, spec: str) -> tuple[Path, str]:
        """Folder and path of a template; `base:layouts/client.pt` looks in one theme. Raises: LookupError."""
        name, _, path = spec.rpartition(":")
        parts = path.split("/")
        if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
            raise LookupError(f"{spec!r} is no name of a template")
        if name and name not in self.names:
            raise LookupError(f"{spec}: the chain is {', '.join(self.names)}")
        themes = [self.folders[self.names.index(name)]] if name else self.folders
        found = next(((folder, path) for folder in themes if (folder / path).is_file()), None)
        found = found or self._of_plugin(parts)
        if found is None:
            raise LookupError(f"no theme of {', '.join(self.names)} has {spec}")
        return found

    def _of_plugin(self, parts: list[str]) -> tuple[Path, str] | None:
        if parts[0] != "plugin" or len(parts) < _PLUGIN_PARTS or parts[1] not in self.plugins:
            return None
        folder, path = self.plugins[parts[1]], "/".join(parts[2:])
        return (folder, path) if (folder / path).is_file() else None


def theme_chain(
    name: str, plugins: Mapping[str, Path], themes: Mapping[str, Path] | None = None
) -> ThemeChain:
    """The chain of a theme, read from each `theme.toml`. `themes` are installed ones (default: entry points).

    Raises: SettingsError for an unknown theme or a circle of parents.
    """
    installed = installed_themes() if themes is None else themes
    chain: dict[str, Path] = {}
    current: str | None = name
    while current is not None:
        folder = installed.get(current) or find_tree("themes") / current
        if current in chain:
            raise SettingsError(f"ez.theme: the parents of the theme {name!r} go in a circle")
        if "/" in current or not (folder / "theme.toml").is_file():
            raise SettingsError(f"ez.theme: there is no theme {current!r} (wanted by {name!r})")
        chain[current] = folder
        current = _parent(current, folder)
    return ThemeChain(tuple(chain), tuple(chain.values()), plugins)


def installed_themes() -> dict[str, Path]:
    """Themes that distributions bring. Raises: SettingsError for one that calls itself base."""
    found = {entry.name: Path(str(files(entry.value))) for entry in entry_points(group=GROUP)}
    if LAST in found:
        raise SettingsError(
            f"a distribution brings a theme called {LAST}, which is ezcore's own; uninstall it"
        )
    return found


def _parent(name: str, folder: Path) -> str | None:
    try:
        facts = tomllib.loads((folder / "theme.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"ez.theme: the theme.toml of {name!r} cannot be read: {error}") from error
    parent = facts.get("parent")
    return str(parent) if parent else (None if name == LAST else LAST)
