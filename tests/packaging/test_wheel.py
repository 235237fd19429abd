"""What is installed from a wheel is the same house: code, themes, migrations and types."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("ezcore-*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with this wheel and the dependencies, not the ezcore, of the one that runs the tests."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place, with_pip=False, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(place)}))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    # A path in a .pth file is searched, but the .pth files in it are not read: the editable ezcore stays out.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place / "bin/python"


def run(python: Path, code: str, folder: Path) -> str:
    done = subprocess.run([python, "-I", "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_wheel_carries_code_themes_migrations_and_types(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"ezcore/__init__.py", "ezcore/py.typed", "ezcore/kernel/money.py"} <= names
    for tree in ("themes", "migrations", "locale"):
        wanted = {
            f"ezcore/_data/{path.relative_to(ROOT).as_posix()}"
            for path in (ROOT / tree).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert wanted
        assert wanted <= names


def test_an_installed_ezcore_finds_its_own_folders(installed, tmp_path):
    code = (
        "from ezcore.kernel.resources import find_tree; print(find_tree('themes'), find_tree('migrations'))"
    )
    for place in run(installed, code, tmp_path).split():
        assert Path(place).is_relative_to(installed.parents[1])


def test_every_module_of_an_installed_ezcore_can_be_imported(installed, tmp_path):
    code = (
        "import importlib, pkgutil, ezcore, sys\n"
        "found = [m.name for m in pkgutil.walk_packages(ezcore.__path__, 'ezcore.')]\n"
        "apart = ('ezcore.testkit', 'ezcore._data')\n"
        "found = [n for n in found if not n.startswith(apart) and '__main__' not in n]\n"
        "[importlib.import_module(n) for n in found]\n"
        "print(len(found))"
    )
    assert int(run(installed, code, tmp_path)) > 50


PAGE = """
from ezcore.app import build, make_app
from ezcore.settings import load
from webtest import TestApp

ini = {"ez.database.url": "sqlite:///shop.sqlite3", "ez.queue.file": "queue.sqlite3", "ez.state_dir": "."}
shop = build(load(ini, {"EZ_SECRET_KEYS": "k" * 32, "SITE_URL": "http://localhost"}))
shop.migrate()
page = TestApp(make_app(shop)).get("/", status=200)
assert "<h1" in page.text
print("rendered")
"""


def test_an_installed_ezcore_makes_its_tables_and_renders_a_page(installed, tmp_path):
    assert run(installed, PAGE, tmp_path) == "rendered"
