"""docs/screenshots/CHECKLIST.md: a line per picture with its hash, and what a person saw who looked at it.

Made by the gallery, filled by people: a filled line stays as long as its picture is the same to the byte.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

NAME = "CHECKLIST.md"
MISSING = "Pages without a picture"
NO_PAGES = "Routes that lead on or are files"
FILE = "it is a download"
LEADS_ON = "it leads on to another page"
COLUMNS = ("tokens only", "spacing", "hierarchy", "empty", "long", "error", "busy")
PICTURE = re.compile(r"^(?P<page>.+)-(?P<mode>light|dark)-(?P<width>\d+)\.png$")
_ROW = re.compile(r"^\| \[([^\]]+)\]\(([^)]+)\) \| ([^|]*) \| `([0-9a-f]{64})` \|(.*)\|$")
_HEAD = """# What to look at

Made by `make screenshots`; a line per picture. Whoever looked at it writes `ok`, `-` (does not apply) or words into the
columns: *tokens only* (no colour or size that is not a token), *spacing*, *hierarchy* (what matters is seen first),
*empty*, *long*, *error*, *busy* (that state of the page, where the picture shows it). A line keeps what was written as
long as its picture is the same to the byte. An empty column: nobody looked yet.

"""


def hash_of(picture: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(picture.read_bytes()).hexdigest()


def read(folder: Path) -> dict[str, tuple[str, list[str]]]:
    """File name -> hash and columns, as they stand."""
    path = folder / NAME
    if not path.exists():
        return {}
    rows = (_ROW.match(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {row[2]: (row[4], [cell.strip() for cell in row[5].split("|")]) for row in rows if row}


def not_reached(folder: Path) -> dict[str, str]:
    """Pattern -> why it has no picture, as it stands."""
    path = folder / NAME
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return _listed(text)


def without_picture(folder: Path) -> dict[str, str]:
    """Pages that ought to have a picture and have none, and why; not what only leads on or is a file."""
    path = folder / NAME
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return _listed(text.partition(f"## {MISSING}\n")[2].partition(f"## {NO_PAGES}\n")[0])


def write(
    folder: Path, not_reached: Mapping[str, str] | None = None, only_lead_on: Collection[str] = ()
) -> None:
    """A line per picture of this folder; `not_reached` are pages without one, and why.

    Files, and what may lead on to another page, stand apart: nobody has to look for them.
    """
    before = read(folder)
    lines = [f"| Page | Look | SHA-256 | {' | '.join(COLUMNS)} |", "|---" * (3 + len(COLUMNS)) + "|"]
    lines += [_line(path, before) for path in sorted(folder.glob("*.png"))]
    text = _HEAD + "\n".join(lines) + "\n"
    rest = sorted((not_reached or {}).items())
    apart = [one for one in rest if one[1] == FILE or (one[1] == LEADS_ON and one[0] in only_lead_on)]
    for title, found in ((MISSING, [one for one in rest if one not in apart]), (NO_PAGES, apart)):
        if found:
            text += f"\n## {title}\n\n" + "".join(f"- `{pattern}`: {why}\n" for pattern, why in found)
    (folder / NAME).write_text(text, encoding="utf-8")


def fill(folder: Path, pictures: Sequence[str], cells: Sequence[str]) -> int:
    """Write these columns for these pictures, by file name; says how many lines."""
    path, filled = folder / NAME, 0
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        row = _ROW.match(line)
        if row and row[2] in pictures:
            lines[number] = f"| [{row[1]}]({row[2]}) | {row[3]} | `{row[4]}` | {' | '.join(cells)} |"
            filled += 1
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return filled


def _listed(text: str) -> dict[str, str]:
    return dict(re.findall(r"^- `([^`]+)`: (.+)$", text, re.MULTILINE))


def _line(path: Path, before: Mapping[str, tuple[str, list[str]]]) -> str:
    found, mark = PICTURE.match(path.name), hash_of(path)
    assert found, f"{path.name} is not called <page>-<mode>-<width>.png"
    known, cells = before.get(path.name, ("", []))
    kept = cells if known == mark and len(cells) == len(COLUMNS) else [""] * len(COLUMNS)
    return f"| [{found['page']}]({path.name}) | {found['mode']}, {found['width']} px | `{mark}` | {' | '.join(kept)} |"
