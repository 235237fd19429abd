"""What `ez theme list` says: every theme, what it inherits, and which one the shop wears."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from ezcore.db.engine import make_engine
from ezcore.db.stored_settings import read_stored
from ezcore.settings import Settings, load
from ezcore.themes.finding import find_themes


@dataclass(frozen=True)
class ThemeRow:
    """One theme; `state` is active, available or broken."""

    name: str
    version: str
    parent: str
    source: str
    folder: str
    state: str
    reason: str = ""


def list_themes(settings: Settings) -> list[ThemeRow]:
    """Every theme under these settings. Raises: ThemeError for a folder of the ini that is not there."""
    active = _worn(settings)
    found = find_themes(settings.themes.places)
    rows = [
        ThemeRow(
            one.name,
            one.manifest.version,
            one.manifest.parent or ("" if one.name == "base" else "base"),
            one.source,
            str(one.folder),
            "active" if one.name == active else "available",
        )
        for _, one in sorted(found.usable.items())
    ]
    broken = [
        ThemeRow(folder.name, "", "", "", str(folder), "broken", why) for folder, why in found.broken.items()
    ]
    return rows + broken


def table(rows: list[ThemeRow]) -> str:
    """The list as people read it."""
    cells = [("theme", "version", "inherits", "state", "folder")]
    cells += [(row.name, row.version, row.parent, row.state, row.reason or row.folder) for row in rows]
    widths = [max(len(cell[column]) for cell in cells) for column in range(4)]
    lines = [
        " ".join([*(one.ljust(width + 1) for one, width in zip(cell[:4], widths, strict=True)), cell[4]])
        for cell in cells
    ]
    return "\n".join(line.rstrip() for line in lines)


def _worn(settings: Settings) -> str:
    """What staff published counts too, where there is a database already."""
    url = make_url(settings.database.url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return settings.themes.active
    engine = make_engine(settings.database.url)
    try:
        return load(settings.ini, settings.environ, read_stored(engine)).themes.active
    finally:
        engine.dispose()
