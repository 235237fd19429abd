"""Finds themes: ours, those that distributions bring, those in folders that the ini names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

from ezcore.kernel.resources import find_tree
from ezcore.themes.errors import ThemeError
from ezcore.themes.manifest import BASE, FILE, Manifest, read_manifest

GROUP: Final = "ezcore.themes"
Source = Literal["shipped", "distribution", "folder"]


@dataclass(frozen=True)
class Theme:
    """A theme that can be used."""

    name: str
    folder: Path
    source: Source
    manifest: Manifest


@dataclass(frozen=True)
class Themes:
    """Everything that was found. `broken` says why a folder with a `theme.toml` cannot be used."""

    usable: Mapping[str, Theme]
    broken: Mapping[Path, str]

    def get(self, name: str) -> Theme:
        """Raises: ThemeError for a theme that is not there, or is there and broken."""
        if name in self.usable:
            return self.usable[name]
        why = next((words for folder, words in self.broken.items() if folder.name == name), None)
        raise ThemeError(why or f"there is no theme {name!r}; there are {', '.join(sorted(self.usable))}")


def find_themes(folders: Sequence[Path] = ()) -> Themes:
    """All themes. Raises: ThemeError for a folder of the ini that is not there, and for two of one name."""
    usable: dict[str, Theme] = {}
    broken: dict[Path, str] = {}
    for folder, source in (*_shipped(), *_distributed(), *_of_the_ini(folders)):
        try:
            manifest = read_manifest(folder)
        except ThemeError as error:
            broken[folder] = error.message
            continue
        other = usable.get(manifest.name)
        if other is not None and other.folder.resolve() != folder.resolve():
            raise ThemeError(
                f"{folder / FILE}: name: {manifest.name} is taken by the theme in {other.folder}; rename one"
            )
        usable.setdefault(manifest.name, Theme(manifest.name, folder, source, manifest))
    return Themes(usable, broken)


def _shipped() -> Iterator[tuple[Path, Source]]:
    for file in sorted(find_tree("themes").glob(f"*/{FILE}")):
        yield file.parent, "shipped"


def _distributed() -> Iterator[tuple[Path, Source]]:
    """A distribution's entry point names the package whose folder is the theme."""
    for entry in entry_points(group=GROUP):
        if entry.name == BASE:
            raise ThemeError(
                f"a distribution brings a theme called {BASE}, which is ezcore's own; uninstall it"
            )
        yield Path(str(files(entry.value))), "distribution"


def _of_the_ini(folders: Sequence[Path]) -> Iterator[tuple[Path, Source]]:
    for folder in folders:
        if not folder.is_dir():
            raise ThemeError(f"ez.themes.folders names {folder}, which is no folder")
        if (folder / FILE).is_file():
            yield folder, "folder"
            continue
        for file in sorted(folder.glob(f"*/{FILE}")):
            yield file.parent, "folder"
