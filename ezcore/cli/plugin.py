"""`ez plugin`: list plugins and how they are doing; write a new one; run the tests of one."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from ezcore.cli.plugin_new import KINDS, write_plugin
from ezcore.db.engine import make_engine
from ezcore.kernel.errors import NotFound
from ezcore.plugin_host import PluginReport, load_plugins
from ezcore.plugin_host.discovery import installed_plugins
from ezcore.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """Three verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    listing = verbs.add_parser("list", help="name, version, distribution, state and why")
    listing.add_argument("--json", action="store_true", help="one line of JSON on standard output")
    listing.add_argument("-c", "--config", metavar="INI", default=argparse.SUPPRESS)
    writing = verbs.add_parser("new", help="write ./NAME, a plugin that passes its conformance suite")
    writing.add_argument("plugin", metavar="NAME")
    writing.add_argument("--kind", choices=KINDS, required=True)
    testing = verbs.add_parser("test", help="run the tests a plugin brings, conformance suite included")
    testing.add_argument("plugin", metavar="NAME", help="a plugin, its distribution, or its folder")
    testing.add_argument("rest", nargs="*", help="handed to pytest")


def run(args: argparse.Namespace) -> int:
    """List, write, or test."""
    if args.verb == "new":
        print(f"wrote {write_plugin(args.plugin, args.kind, Path())}; its README.md says what to do next")
        return 0
    if args.verb == "test":
        return run_tests(args.plugin, args.rest)
    from ezcore.cli.configured import settings_of  # noqa: PLC0415 - it wires the whole shop

    reports = list_plugins(settings_of(args))
    print(json.dumps({"plugins": [asdict(report) for report in reports]}) if args.json else table(reports))
    return 0


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


def run_tests(plugin: str, rest: list[str]) -> int:
    """Run pytest, as a child, over a plugin's folder. Raises: NotFound."""
    command = [sys.executable, "-m", "pytest", str(folder_of(plugin)), *rest]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own interpreter and pytest


def folder_of(plugin: str) -> Path:
    """The source folder of a plugin, by folder, name or distribution. Raises: NotFound."""
    for folder in (Path(plugin), Path("plugins") / re.sub(r"^ez-", "", plugin)):
        if (folder / "pyproject.toml").is_file():
            return folder
    names = {one.name: one.distribution for one in installed_plugins()}
    source = _editable_source(names.get(plugin, plugin))
    if source is None:
        raise NotFound(
            f"no source folder of a plugin called {plugin}: give the folder that holds its pyproject.toml"
        )
    return source


def _editable_source(name: str) -> Path | None:
    try:
        origin = json.loads(distribution(name).read_text("direct_url.json") or "{}")
    except PackageNotFoundError:
        return None
    path = Path(unquote(urlsplit(origin.get("url", "")).path))
    return path if (path / "pyproject.toml").is_file() else None


def _engine(settings: Settings) -> Engine | None:
    url = make_url(settings.database.url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return None  # nobody is paused before the first `ez migrate`, and listing makes no database
    return make_engine(settings.database.url)
