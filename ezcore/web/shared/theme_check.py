"""What is wrong with a theme, found without serving it: `ez theme check` prints this."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chameleon import PageTemplateFile

from ezcore.themes.chain import ThemeChain, theme_chain
from ezcore.themes.components import FILE as CONTRACTS
from ezcore.themes.components import Contracts, read_contracts
from ezcore.themes.errors import ThemeError
from ezcore.themes.finding import Themes, find_themes
from ezcore.themes.manifest import FILE
from ezcore.themes.tokens import contrast_failures, declared_in, known_tokens, values_of

FOLDERS: Final = ("layouts", "ui", "client", "admin", "plugin", "mail", "pdf", "static")
PAPERS: Final = re.compile(r"(README|LICENSE|LICENCE|CHANGES|CHANGELOG|NOTICE)[\w.-]*|__init__\.py|py\.typed")
STATIC: Final = (
    ".css", ".js", ".svg", ".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".ico", ".woff2", ".woff", ".txt",
)  # fmt: skip
_INLINE: Final = re.compile(r"<style|\sstyle=|\son[a-z]+=[\"']|javascript:", re.IGNORECASE)
_SCRIPT: Final = re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE)
_ASKED: Final = re.compile(r"theme\('([^'$]+)'\)")
_MACRO: Final = re.compile(r"theme\('([^'$]+)'\)\.macros\['([\w-]+)'\]")
_FILLS: Final = re.compile(r"fill-slot=\"([\w-]+)\"")
_DEFINES: Final = re.compile(r"define-slot=\"([\w-]+)\"")
_TONGUE: Final = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?\.(txt|toml)")
_STATIC: Final = re.compile(r"static\('([^'$]+)'\)")


@dataclass(frozen=True)
class Problem:
    """One thing to mend: its kind, the file below the theme, and a sentence."""

    kind: str
    file: str
    words: str


def check_theme(
    folder: Path, folders: tuple[Path, ...] = (), plugins: Mapping[str, Path] | None = None
) -> list[Problem]:
    """Everything that is wrong with the theme in `folder`, in the order of its files.

    `folders` are those of the ini, where its parents may lie. Raises: ThemeError when one of those is gone.
    """
    try:
        found = _with(folder, folders)
        name = next(one.name for one in found.usable.values() if one.folder.resolve() == folder.resolve())
        chain = theme_chain(name, found, plugins)
    except ThemeError as error:
        return [Problem("theme.toml", FILE, error.message)]
    except StopIteration:
        why = next((words for place, words in find_themes((folder,)).broken.items() if place == folder), "")
        return [Problem("theme.toml", FILE, why or "there is no theme.toml")]
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    problems = [*_of_the_contract(chain), *_of_the_tokens(chain, folder)]
    for file in files:
        problems += _of_a_file(file.relative_to(folder).as_posix(), file, chain)
    return problems


def _with(folder: Path, folders: tuple[Path, ...]) -> Themes:
    if not (folder / FILE).is_file():
        raise ThemeError(f"{folder} has no {FILE}")
    return find_themes((*folders, folder))


def _of_the_contract(chain: ThemeChain) -> Iterator[Problem]:
    ours, own = read_contracts(chain.folders[-1]), chain.manifests[0]
    if own.contract > ours.version:
        yield Problem(
            "contract",
            FILE,
            f"contract: made for version {own.contract} of the components, base has {ours.version}",
        )
    for name, version in own.components.items():
        yield from _of_a_component(ours, name, version)


def _of_a_component(ours: Contracts, name: str, version: int) -> Iterator[Problem]:
    known = ours.macros.get(name)
    if known is None:
        yield Problem("contract", FILE, f"components: base has no component {name}")
    elif version > known.version:
        yield Problem("contract", FILE, f"components: made for {name} {version}, base has {known.version}")
    elif version < known.version:
        yield Problem(
            "contract",
            FILE,
            f"components: {name} {version} is out of date, base has {known.version}: see docs/themes.md",
        )


def _of_the_tokens(chain: ThemeChain, folder: Path) -> Iterator[Problem]:
    known = known_tokens(chain.folders[-1])
    if len(chain.names) > 1:
        for name in chain.manifests[0].tokens:
            if name not in known:
                yield Problem("token", FILE, f"tokens: there is no token {name}; docs/themes.md lists them")
    values = {**known, **values_of(chain)}
    for file in sorted((folder / "static").glob("**/*.css")):
        css, path = file.read_text(encoding="utf-8", errors="replace"), file.relative_to(folder).as_posix()
        declared = declared_in(css)
        for name in declared:
            if len(chain.names) > 1 and name not in known and f"var(--{name}" not in css:
                yield Problem("token", path, f"--{name} is no token of base and nothing here uses it")
        values |= declared if len(chain.names) > 1 else {}
    for words in contrast_failures(values):
        yield Problem("contrast", FILE, words)


def _of_a_file(path: str, file: Path, chain: ThemeChain) -> Iterator[Problem]:
    top, _, rest = path.partition("/")
    if (
        path in (FILE, CONTRACTS)
        or (not rest and PAPERS.fullmatch(path))
        or PAPERS.fullmatch(Path(path).name)
    ):
        return
    if not rest or top not in FOLDERS:
        yield Problem("unknown file", path, f"a theme has {FILE} and the folders {', '.join(FOLDERS)}")
    elif top == "static":
        if file.suffix.lower() not in STATIC:
            yield Problem("unknown file", path, f"{file.suffix or 'a file without ending'} is not served")
    elif file.suffix == ".pt":
        yield from _of_a_template(path, file, chain)
    elif top in ("mail", "pdf"):
        if chain.parent is not None and not _inherited(path, chain) and not _in_another_language(path, chain):
            yield Problem("unknown file", path, "nothing asks for it: its parents have no file of this name")
    else:
        yield Problem("unknown file", path, "a theme has no code, only templates (.pt)")


def _of_a_template(path: str, file: Path, chain: ThemeChain) -> Iterator[Problem]:
    text = file.read_text(encoding="utf-8", errors="replace")
    if _INLINE.search(text) or _SCRIPT.search(text):
        yield Problem("inline", path, "inline script or style: the content security policy refuses it")
    if chain.parent is not None and not _inherited(path, chain) and not _asked_for(path, chain):
        yield Problem(
            "unknown file", path, "nothing asks for it: neither a parent has it nor a template of this theme"
        )
    try:
        template = PageTemplateFile(str(file))
        template.cook_check()
    except Exception as error:  # noqa: BLE001 - Chameleon raises several kinds, and all of them are told
        yield Problem("template", path, " ".join(str(error).split())[:400])
        return
    yield from _of_what_it_asks_for(path, text, chain)


def _of_what_it_asks_for(path: str, text: str, chain: ThemeChain) -> Iterator[Problem]:
    for spec in sorted(set(_ASKED.findall(text))):
        if not _there(spec, chain):
            yield Problem("template", path, f"theme('{spec}') is not in the chain {', '.join(chain.names)}")
    for spec, macro in sorted(set(_MACRO.findall(text))):
        if _there(spec, chain) and f'define-macro="{macro}"' not in _text(spec, chain):
            yield Problem("template", path, f"{spec} has no macro {macro}")
    for name in sorted(set(_STATIC.findall(text))):
        if not name.startswith("plugins/") and not any(
            (one / "static" / name).is_file() for one in chain.folders
        ):
            yield Problem("template", path, f"static('{name}') is not in the chain")
    for slot in sorted(set(_FILLS.findall(text)) - _slots(chain)):
        yield Problem("template", path, f"no layout or component has a slot {slot}")


def _inherited(path: str, chain: ThemeChain) -> bool:
    return chain.parent is not None and _there(path, chain.parent)


def _in_another_language(path: str, chain: ThemeChain) -> bool:
    """A mail, or words of documents, that a parent has in other languages only."""
    stem, _, rest = path.partition(".")
    return _TONGUE.fullmatch(rest) is not None and any(
        _inherited(f"{stem}{one}", chain)
        for one in (".txt", ".en.txt", ".en.toml")
        if path.endswith(one[-4:])
    )


def _asked_for(path: str, chain: ThemeChain) -> bool:
    return any(
        f"'{path}'" in file.read_text(encoding="utf-8", errors="replace")
        or f"'{chain.names[0]}:{path}'" in file.read_text(encoding="utf-8", errors="replace")
        for file in chain.folders[0].rglob("*.pt")
    )


def _there(spec: str, chain: ThemeChain) -> bool:
    try:
        chain.find(spec)
    except LookupError:
        # A plugin's template may be overridden where the plugin is not installed.
        return spec.startswith("plugin/")
    return True


def _text(spec: str, chain: ThemeChain) -> str:
    try:
        folder, path = chain.find(spec)
    except LookupError:
        return ""
    return (folder / path).read_text(encoding="utf-8", errors="replace")


def _slots(chain: ThemeChain) -> set[str]:
    return {
        slot
        for folder in chain.folders
        for file in folder.rglob("*.pt")
        for slot in _DEFINES.findall(file.read_text(encoding="utf-8", errors="replace"))
    }
