"""What a planted defect is, and how a copy of a plugin with one of them is tested."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

REPOSITORY = Path(__file__).parents[2]
LONGEST_SECONDS = 600


@dataclass(frozen=True)
class Defect:
    """One mistake: in `file` of the package every `old` becomes `new`; `also` are further such changes."""

    words: str
    file: str
    old: str
    new: str
    also: tuple[tuple[str, str, str], ...] = ()

    def plant(self, package: Path) -> None:
        """Change the copy. Raises: SystemExit when the plugin was rewritten and the change fits no more."""
        for file, old, new in ((self.file, self.old, self.new), *self.also):
            path = package / file
            text = path.read_text("utf-8")
            if old not in text:
                raise SystemExit(
                    f"{package.name}: the defect {self.words!r} fits no more: {file} lacks {old!r}"
                )
            path.write_text(text.replace(old, new), "utf-8")


@dataclass(frozen=True)
class Planted:
    """A plugin, where its conformance suite stands (pytest arguments below `tests/`), and its defects."""

    plugin: str
    suite: tuple[str, ...]
    defects: tuple[Defect, ...]


def catch(planted: Planted, defect: Defect | None) -> str:
    """Run the conformance suite of a copy with the defect (None: as it is); the test that failed first, or nothing."""
    with TemporaryDirectory(prefix="ez-defect-") as scratch:
        copy = Path(scratch, planted.plugin)
        ignored = shutil.ignore_patterns("__pycache__", "build", "dist")
        shutil.copytree(REPOSITORY / "plugins" / planted.plugin, copy, ignore=ignored)
        if defect is not None:
            defect.plant(copy / f"ez_{planted.plugin}")
        suite = [str(copy / "tests" / part) for part in planted.suite]
        return _first_failure(copy, suite)


def _first_failure(copy: Path, what: list[str]) -> str:
    tally = copy / "tally.json"
    environ = {
        **os.environ,
        "EZ_TALLY_FILE": str(tally),
        # The copy is found before the installed plugin.
        "PYTHONPATH": os.pathsep.join([str(copy), str(REPOSITORY)]),
    }
    options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "ezcore.testkit.tally", "--import-mode=importlib"]
    command = [sys.executable, "-m", "pytest", *options, f"--rootdir={copy}", *what]
    done = subprocess.run(
        command, cwd=copy, env=environ, capture_output=True, text=True, check=False, timeout=LONGEST_SECONDS
    )
    if not tally.is_file():
        raise SystemExit(
            f"{copy.name}: the suite could not be run\n{done.stdout[-3000:]}{done.stderr[-1000:]}"
        )
    counted = json.loads(tally.read_text("utf-8"))
    tally.unlink()
    if not counted["broken"] and not counted["passed"]:
        raise SystemExit(f"{copy.name}: no test ran\n{done.stdout[-3000:]}")
    return str(counted["broken"][0]).partition("::")[2] if counted["broken"] else ""
