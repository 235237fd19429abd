"""The chain of one theme: itself, its parents, plugins' own files, base last. Everything is found by relative path."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ezcore.themes.errors import ThemeError
from ezcore.themes.finding import Theme, Themes
from ezcore.themes.manifest import BASE, Manifest

_PLUGIN_PARTS: Final = 3
File = tuple[Path, str]
"""The folder of a theme or plugin, and a path below it."""


@dataclass(frozen=True)
class ThemeChain:
    """Folders to search, the shop's theme first, base last.

    A plugin's template is asked for as `plugin/<name>/...`; a theme may override it under that same path.
    """

    names: tuple[str, ...]
    folders: tuple[Path, ...]
    plugins: Mapping[str, Path] = field(default_factory=dict)
    manifests: tuple[Manifest, ...] = ()

    def find(self, spec: str, skip: Collection[File] = ()) -> File:
        """Folder and path of a file; `base:layouts/client.pt` looks in one theme. Raises: LookupError."""
        found = next((file for file in self.all_of(spec) if file not in skip), None)
        if found is None:
            raise LookupError(f"no theme of {', '.join(self.names)} has {spec}")
        return found

    def all_of(self, spec: str) -> Iterator[File]:
        """Every file of this name, nearest first. Raises: LookupError for what is no name."""
        name, _, path = spec.rpartition(":")
        parts = path.split("/")
        if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
            raise LookupError(f"{spec!r} is no name of a template")
        if name and name not in self.names:
            raise LookupError(f"{spec}: the chain is {', '.join(self.names)}")
        themes = [self.folders[self.names.index(name)]] if name else self.folders
        yield from ((folder, path) for folder in themes if (folder / path).is_file())
        own = self._of_plugin(parts)
        if own is not None:
            yield own

    def name_of(self, folder: Path) -> str | None:
        """The theme of the chain that this folder is; None for a plugin's."""
        return self.names[self.folders.index(folder)] if folder in self.folders else None

    def is_child(self, folder: Path) -> bool:
        """Is this a theme that has another one to fall back to?"""
        return folder in self.folders[:-1]

    @property
    def parent(self) -> ThemeChain | None:
        """The same chain without its first theme; None for base."""
        if len(self.names) == 1:
            return None
        return ThemeChain(self.names[1:], self.folders[1:], self.plugins, self.manifests[1:])

    def _of_plugin(self, parts: list[str]) -> File | None:
        if parts[0] != "plugin" or len(parts) < _PLUGIN_PARTS or parts[1] not in self.plugins:
            return None
        folder, path = self.plugins[parts[1]], "/".join(parts[2:])
        return (folder, path) if (folder / path).is_file() else None


def theme_chain(name: str, themes: Themes, plugins: Mapping[str, Path] | None = None) -> ThemeChain:
    """The chain of a theme. Raises: ThemeError for an unknown theme or parent, or a circle of parents."""
    chain: dict[str, Theme] = {}
    current: str | None = name
    while current is not None:
        if current in chain:
            raise ThemeError(f"{chain[name].folder / 'theme.toml'}: parent: the parents go in a circle")
        if current in themes.usable or not chain:
            chain[current] = themes.get(current)
        else:
            child = list(chain.values())[-1]
            raise ThemeError(f"{child.folder / 'theme.toml'}: parent: {_why_not(themes, current)}")
        current = chain[current].manifest.parent or (None if current == BASE else BASE)
    found = list(chain.values())
    return ThemeChain(
        tuple(chain), tuple(one.folder for one in found), plugins or {}, tuple(one.manifest for one in found)
    )


def _why_not(themes: Themes, name: str) -> str:
    try:
        themes.get(name)
    except ThemeError as error:
        return error.message
    return ""
