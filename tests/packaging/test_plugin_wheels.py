"""A plugin that is installed from its wheel speaks the languages that it speaks in this repository."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_the_wheel_carries_its_catalogues(name, tmp_path):
    folder = ROOT / "plugins" / name
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=folder, check=True, capture_output=True)
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    wanted = {path.relative_to(folder).as_posix() for path in folder.glob("ez_*/locale/*/LC_MESSAGES/*.po")}
    assert f"ez_{name}/locale/de/LC_MESSAGES/{name}.po" in wanted
    assert wanted <= names
