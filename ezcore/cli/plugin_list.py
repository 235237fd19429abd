"""What `ez plugin list` says: every installed plugin, its state, and why."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from ezcore.db.engine import make_engine
from ezcore.plugin_host import PluginReport, load_plugins
from ezcore.settings import Settings


def list_plugins(settings: Settings) -> list[PluginReport]:
    """How every installed plugin is doing under these settings. Raises: SettingsError."""
    engine = _engine(settings)
    try:
        return load_plugins(settings, engine=engine).reports
    finally:
        if engine is not None:
            engine.dispose()


def table(reports: list[PluginReport]) -> str:
    """The list as people read it."""
    rows = [("plugin", "version", "distribution", "state", "")]
    rows += [(one.name, one.version, one.distribution, str(one.state), one.reason) for one in reports]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        " ".join([*(cell.ljust(width + 1) for cell, width in zip(row[:4], widths, strict=True)), row[4]])
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def _engine(settings: Settings) -> Engine | None:
    url = make_url(settings.database.url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return None  # nobody is paused before the first `ez migrate`, and listing makes no database
    return make_engine(settings.database.url)
