"""Renders templates from the theme chain: child theme, its parents, plugins, base."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from chameleon import PageTemplate

from ezcore.languages import tongue
from ezcore.themes.chain import File, ThemeChain
from ezcore.web.shared.template_words import WordsLoader

log = logging.getLogger(__name__)
_LONGEST: Final = 300
Load = Callable[[str], PageTemplate]


@cache
def _loader(folder: Path, reload: bool) -> Any:  # noqa: FBT001 - private, and cached by position
    """One per folder and process: applications that share a theme share its compiled templates."""
    return WordsLoader(str(folder), auto_reload=reload)


@dataclass(frozen=True)
class Fault:
    """A template of a child theme that was passed over for its parent's, and why."""

    theme: str
    file: str
    why: str


@dataclass(frozen=True)
class Drawn:
    """A page, and what had to be passed over to draw it."""

    text: str
    faults: tuple[Fault, ...] = ()


class Theme:
    """Compiled templates of one chain.

    `base:layouts/client.pt` names one theme of the chain: a child extends its parent that way, for a macro
    runs in its caller's context and does not know its own file.
    """

    def __init__(self, chain: ThemeChain, *, reload: bool = False) -> None:
        self.chain = chain
        self.faults: dict[tuple[str, str], Fault] = {}
        self._reload = reload
        self.locales = tuple(folder / "locale" for folder in chain.folders if (folder / "locale").is_dir())
        self._found: dict[str, PageTemplate] = {}

    def load(self, spec: str) -> PageTemplate:
        """The template of this name. Raises: LookupError."""
        if spec not in self._found or self._reload:
            folder, path = self.chain.find(spec)
            self._found[spec] = _loader(folder, self._reload)[path]
        return self._found[spec]

    def render(self, spec: str, **context: Any) -> str:
        """The page as text."""
        return self.draw(spec, context).text

    def draw(self, spec: str, context: Mapping[str, Any]) -> Drawn:
        """The page. What a child theme broke is drawn with its parent's templates.

        Nothing is done beforehand for that: only a page that failed is drawn again.
        """
        try:
            return Drawn(_print(self.load, spec, context))
        except Exception as error:
            if len(self.chain.names) == 1:
                raise
            return self._mended(spec, context, error)

    def _mended(self, spec: str, context: Mapping[str, Any], error: Exception) -> Drawn:
        """Leave out files of child themes, the one that was loaded last first, until the page can be drawn.

        Then put back those that were not to blame. Raises: the page's own error when base cannot draw it either.
        """
        skip: list[File] = []
        while (text := self._try(spec, context, skip)) is None:
            used = self._used(spec, context, skip)
            suspects = [file for file in used if file not in skip]
            if not suspects:
                raise error
            skip.append(suspects[-1])
        for file in tuple(skip[:-1]):
            rest = [one for one in skip if one != file]
            if (again := self._try(spec, context, rest)) is not None:
                skip, text = rest, again
        return Drawn(text, tuple(self._blame(file, error, spec) for file in skip))

    def _try(self, spec: str, context: Mapping[str, Any], skip: Collection[File]) -> str | None:
        try:
            return _print(self._loading(skip, []), spec, context)
        except Exception:  # noqa: BLE001 - whatever a template raises; the first error is the one that is told
            return None

    def _used(self, spec: str, context: Mapping[str, Any], skip: Collection[File]) -> list[File]:
        used: list[File] = []
        try:
            _print(self._loading(skip, used), spec, context)
        except Exception:  # noqa: BLE001 - it is known to fail: asked is which files it came to
            return used
        return used

    def _loading(self, skip: Collection[File], used: list[File]) -> Load:
        def load(spec: str) -> PageTemplate:
            folder, path = self.chain.find(spec, skip)
            if self.chain.is_child(folder) and (folder, path) not in used:
                used.append((folder, path))
            template: PageTemplate = _loader(folder, self._reload)[path]
            return template

        return load

    def _blame(self, file: File, error: Exception, page: str) -> Fault:
        folder, path = file
        words = " ".join(str(error).split("\n\n", 1)[0].split())[:_LONGEST]
        fault = Fault(self.chain.name_of(folder) or "", path, f"{_kind(error)}: {words}")
        if self.faults.get((fault.theme, path)) != fault:
            log.error("theme %s: %s is not used on %s: %s", fault.theme, path, page, fault.why)
            self.faults[fault.theme, path] = fault
        return fault


def _print(load: Load, spec: str, context: Mapping[str, Any]) -> str:
    now = tongue()
    text: str = load(spec).render(
        theme=load, say=now.say, said=now.said, many=now.many, tongue=now, **context
    )
    # A frame is a macro that begins at <html>: what stands before it in the file is not part of it.
    return f"<!DOCTYPE html>\n{text}" if text.startswith("<html") else text


def _kind(error: Exception) -> str:
    """The name of the error; Chameleon wraps what a template raised into a class of the same name."""
    return type(error).__name__
