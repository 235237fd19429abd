"""Which templates a theme replaces, how they differ from those, and which were made for older components."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Final, NamedTuple

from ezcore.themes.chain import ThemeChain
from ezcore.themes.components import FILE, read_contracts

TEMPLATES: Final = (".pt", ".txt", ".html", ".typ")
LONGEST: Final = 20_000


class Newer(NamedTuple):
    """A component of this file that was changed: the version the theme names in its `theme.toml`, and that of base."""

    component: str
    made_for: int
    now: int


@dataclass(frozen=True)
class Override:
    """A template of the theme that stands in for one of `parent`."""

    path: str
    parent: str
    own: Path
    replaced: Path
    newer: tuple[Newer, ...] = ()


@dataclass(frozen=True)
class Difference:
    """Lines of a unified diff; `cut` when it was too long to show all of it."""

    lines: tuple[str, ...]
    cut: bool


def overrides(chain: ThemeChain) -> list[Override]:
    """All of them, by path; what the theme adds on its own is none. Empty for base."""
    parent = chain.parent
    if parent is None:
        return []
    own = chain.folders[0]
    found = []
    for file in sorted(own.rglob("*")):
        path = file.relative_to(own).as_posix()
        if file.suffix not in TEMPLATES or not file.is_file():
            continue
        folder, below = next(parent.all_of(path), (None, ""))
        if folder is not None:
            whose = parent.name_of(folder) or path.split("/")[1]
            found.append(Override(path, whose, file, folder / below, tuple(_newer(chain, path))))
    return found


def difference(one: Override) -> Difference:
    """From what is replaced to what the theme has, at most `LONGEST` letters. Bytes that are no text are marked."""
    before, after = (
        file.read_text("utf-8", errors="replace").splitlines() for file in (one.replaced, one.own)
    )
    names = (f"{one.parent}/{one.path}", f"{one.own.name} of the theme")
    kept: list[str] = []
    room = LONGEST
    for line in unified_diff(before, after, *names, lineterm="", n=2):
        if len(line) > room:
            return Difference((*kept, line[:room]), cut=True)
        kept.append(line)
        room -= len(line)
    return Difference(tuple(kept), cut=False)


def _newer(chain: ThemeChain, path: str) -> Iterator[Newer]:
    """Components of this file that base has in a later version than the theme says it was made for."""
    base = chain.folders[-1]
    stated = chain.manifests[0].components
    if not (base / FILE).is_file():
        return
    for name, component in read_contracts(base).macros.items():
        made_for = stated.get(name)
        if component.file == path and made_for is not None and made_for < component.version:
            yield Newer(name, made_for, component.version)
