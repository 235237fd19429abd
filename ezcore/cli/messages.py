"""`make messages`: read every message of the code and the templates anew, and say what is new or not translated.

A project is ezcore itself or a plugin or theme: a folder with templates and Python, and its `locale` folder.
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from chameleon.exc import TemplateError

from ezcore.languages.python_words import Found, errors_in, messages_of_python
from ezcore.web.shared.template_words import messages_of_template

ROOT = Path(__file__).resolve().parents[2]
NOT_FOR_PEOPLE = ("cli", "simulation", "testkit", "languages", "db")
MACHINES = ("web/api", "web/webhooks", "web/shared/api_door.py")
NO_WORDS = (
    "sandbox.py",
    "theme_check_prints.py",
    "slots.py",
    "contract.py",
    "guards.py",
    "faults.py",
    "resources.py",
)
"""Files whose sentences are examples, SQL, or for those who write code."""
SPEAKING = ("reports/health/rules.py",)
"""Files below the web whose every text is for people: they name what they found in words."""
WIDTH = 110


@dataclass(frozen=True)
class Project:
    """Whose words they are: the domain, where they stand, and the folder of catalogues."""

    domain: str
    sources: tuple[Path, ...]
    locale: Path
    base: Path


def core() -> Project:
    """The house itself and its themes."""
    return Project("ezcore", (ROOT / "ezcore", ROOT / "themes"), ROOT / "locale", ROOT)


def plugins() -> Iterator[Project]:
    """The plugins of this repository that have a `locale` folder."""
    for folder in sorted(ROOT.glob("plugins/*/ez_*/locale")):
        package = folder.parent
        yield Project(package.name.removeprefix("ez_"), (package,), folder, ROOT)


def extract(project: Project) -> Catalog:
    """Every message that stands in the source today, with the files that say it."""
    catalogue = Catalog(domain=project.domain, project=project.domain, charset="utf-8")
    trees = {file: ast.parse(file.read_text("utf-8")) for file in _files(project, ".py")}
    is_plugin = project.domain != "ezcore"
    errors = errors_in([*trees.values()]) | {"Refused", "InvalidInput", "NotFound", "NotAllowed"}
    for file in _files(project, ".pt"):
        try:
            words = messages_of_template(file.read_text("utf-8"), str(file))
        except TemplateError as error:
            print(f"left out, it is no template: {error}", file=sys.stderr)
            continue
        _add(catalogue, file.relative_to(project.base), (Found(line, text) for line, text in words))
    for file, tree in trees.items():
        where = file.relative_to(project.base)
        is_web = "web" in where.parts or is_plugin or where.as_posix().endswith(SPEAKING)
        _add(catalogue, where, messages_of_python(tree, errors, is_web=is_web, is_plugin=is_plugin))
    return catalogue


def update(project: Project, *, write: bool = True) -> list[str]:
    """Bring the template and each language up to date; gives lines about what is new and what is not translated."""
    found = extract(project)
    told = [f"{project.domain}: {len(found)} messages"]
    old = read_catalogue(project.locale / f"{project.domain}.pot")
    new = [one.id for one in found if one.id and (old is None or one.id not in old)]
    told += [f"  new: {_first(text)}" for text in new]
    if write:
        _write(project.locale / f"{project.domain}.pot", found)
    for file in sorted(project.locale.glob(f"*/LC_MESSAGES/{project.domain}.po")):
        known = read_catalogue(file) or Catalog()
        known.update(found, no_fuzzy_matching=True)
        known.obsolete.clear()
        missing = [one for one in known if one.id and not _is_translated(one.string)]
        language = file.parent.parent.name
        told.append(f"  {language}: {len(known) - len(missing)} translated, {len(missing)} not")
        if write:
            _write(file, known)
    return told


def main(argv: Sequence[str] | None = None) -> int:
    """Print what changed; with `--check` nothing is written."""
    parser = argparse.ArgumentParser(prog="make messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    asked = parser.parse_args(argv)
    for project in (core(), *plugins()):
        print("\n".join(update(project, write=not asked.check)))
    return 0


def _files(project: Project, ending: str) -> Iterator[Path]:
    for source in project.sources:
        for file in sorted(source.rglob(f"*{ending}")):
            parts = file.relative_to(source).parts
            if file.relative_to(source).as_posix().startswith(MACHINES) or file.name in NO_WORDS:
                continue
            if not {"sandbox", "tests"} & {*parts[:-1]} and not (
                source == ROOT / "ezcore" and parts[0] in NOT_FOR_PEOPLE
            ):
                yield file


def _add(catalogue: Catalog, where: Path, words: Iterable[Found]) -> None:
    for one in words:
        text = (one.message, one.other) if one.other else one.message
        known = catalogue.get(one.message)
        if known is not None and known.pluralizable and not one.other:
            continue
        places = (
            []
            if known is not None and any(where.as_posix() == file for file, _ in known.locations)
            else [where]
        )
        # Without line numbers: a line that moved is no change to a translation.
        catalogue.add(text, locations=[(place.as_posix(), 0) for place in places])


def _is_translated(text: object) -> bool:
    return all(text) if isinstance(text, list | tuple) else bool(text)


def _first(text: object) -> str:
    return str(text[0] if isinstance(text, list | tuple) else text)


def read_catalogue(file: Path) -> Catalog | None:
    """A catalogue file; None where there is none."""
    if not file.is_file():
        return None
    with file.open("rb") as handle:
        return read_po(
            handle, domain=file.stem, locale=None if file.suffix == ".pot" else file.parent.parent.name
        )


def _write(file: Path, catalogue: Catalog) -> None:
    made = io.BytesIO()
    is_template = file.suffix == ".pot"
    write_po(
        made, catalogue, width=WIDTH, sort_output=True, no_location=not is_template, include_lineno=False
    )
    # The header's dates would change with every run.
    kept = [
        line
        for line in made.getvalue().splitlines()
        if not line.startswith((b'"POT-Creation', b'"PO-Revision'))
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"\n".join(kept) + b"\n")


if __name__ == "__main__":
    raise SystemExit(main())
