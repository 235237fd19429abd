"""What `ez plugin test` does: finds a plugin's source folder and runs the tests in it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from ezcore.kernel.errors import NotFound, Refused
from ezcore.plugin_host.discovery import installed_plugins


@dataclass(frozen=True)
class Outcome:
    """How the tests of a plugin came out; `broken` names those that failed."""

    plugin: str
    passed: int
    failed: int
    skipped: int
    broken: tuple[str, ...] = ()

    def as_json(self) -> str:
        """One line."""
        figures = {"passed": self.passed, "failed": self.failed, "skipped": self.skipped}
        return json.dumps({"plugin": self.plugin, **figures})


def run_tests(plugin: str, rest: list[str]) -> int:
    """Run pytest, as a child, over a plugin's folder. Raises: NotFound."""
    folder = folder_of(plugin).resolve()
    return subprocess.run(_command(folder, rest), check=False, env=_environ(folder)).returncode  # noqa: S603


def count_tests(plugin: str, rest: list[str]) -> Outcome:
    """Run them and count; what pytest says goes to standard error. Raises: NotFound, Refused."""
    folder = folder_of(plugin).resolve()
    with TemporaryDirectory(prefix="ez-plugin-test-") as scratch:
        tally = Path(scratch, "tally.json")
        command = _command(folder, ["-p", "ezcore.testkit.tally", *rest])
        environ = _environ(folder) | {"EZ_TALLY_FILE": str(tally)}
        done = subprocess.run(command, check=False, env=environ, stdout=sys.stderr)  # noqa: S603
        counted = json.loads(tally.read_text("utf-8")) if tally.is_file() else None
    if counted is None or done.returncode not in (0, 1, 2):
        raise Refused(f"the tests of {plugin} could not be run (pytest ended with {done.returncode})")
    if counted["passed"] + counted["failed"] == 0:
        raise Refused(f"{plugin} proves nothing: no test of it ran")
    broken = tuple(counted.pop("broken"))
    return Outcome(plugin=_distribution_of(folder), broken=broken, **counted)


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


def _command(folder: Path, rest: list[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", str(folder), *rest]


def _environ(folder: Path) -> dict[str, str]:
    """A folder that nobody installed is tested all the same: its package is found beside its tests."""
    path = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}


def _distribution_of(folder: Path) -> str:
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8")).get("project", {})
    return str(project.get("name", folder.name))


def _editable_source(name: str) -> Path | None:
    try:
        origin = json.loads(distribution(name).read_text("direct_url.json") or "{}")
    except PackageNotFoundError:
        return None
    path = Path(unquote(urlsplit(origin.get("url", "")).path))
    return path if (path / "pyproject.toml").is_file() else None
