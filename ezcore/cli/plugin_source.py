"""What `ez plugin test` does: finds a plugin's source folder and runs the tests in it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ezcore.kernel.errors import NotFound
from ezcore.plugin_host.discovery import installed_plugins


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
