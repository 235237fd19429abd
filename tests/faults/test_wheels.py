"""The core's wheel and the plugins' wheels, installed in an empty environment: an empty folder becomes a shop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import urllib.error
import urllib.request
import venv
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.ez_process import free_port, until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PLUGINS = tuple(sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml")))
WHERE = """
import importlib, json, sys
from ezcore.plugin_host.discovery import installed_plugins
print(json.dumps({
    "files": [importlib.import_module(name).__file__ for name in sys.argv[1:]],
    "plugins": [plugin.name for plugin in installed_plugins()],
}))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """An environment with our wheels, and the dependencies, not the ezcore, of the one that runs the tests."""
    wheels, place = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("empty")
    for folder in (ROOT, *(ROOT / "plugins" / name for name in PLUGINS)):
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
        subprocess.run(build, cwd=folder, check=True, capture_output=True)
    venv.create(place, with_pip=False, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(place)}))
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(packages)
    # A path in a .pth file is searched, but the .pth files in it are not read: what is editable there stays out.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place / "bin/python"


def ez(python, folder, *arguments, **environ):
    """Run a command of the installed shop in a folder; nothing of this machine's configuration is seen."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("EZ_", "DATABASE", "REDIS"))
    }
    return subprocess.run(
        [python, "-I", "-m", "ezcore.cli.main", *arguments],
        cwd=folder, env=clean | environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


@contextmanager
def serving(python, folder):
    """`ez serve` of the installed shop; gives a function that reads a page."""
    port = free_port()
    command = [python, "-I", "-m", "ezcore.cli.main", "serve", "--port", str(port)]
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        until(lambda: _read(port, "/robots.txt")[0] == 200, "ez serve")
        yield lambda path: _read(port, path)
    finally:
        process.terminate()
        assert process.wait(20) == 0


def _read(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""
    except OSError:
        return 0, ""


def test_everything_comes_from_the_wheels(python, tmp_path):
    done = subprocess.run(
        [python, "-I", "-c", WHERE, "ezcore", *(f"ez_{name}" for name in PLUGINS)],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert all(Path(file).is_relative_to(python.parents[1]) for file in found["files"])
    assert found["plugins"] == list(PLUGINS)


def test_an_empty_folder_without_an_ini_becomes_a_shop(python, tmp_path):
    done = ez(python, tmp_path, "migrate")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "var/ezcore.sqlite3").is_file()
    assert ez(python, tmp_path, "check").returncode == 0
    with serving(python, tmp_path) as read:
        status, page = read("/pricing/")
        assert status == 200
        assert "<h1" in page
        assert read("/api/health/")[0] == 200
        assert read("/nothing-here/")[0] == 404


def test_the_plugins_wheels_bring_their_tables_and_doors(python, tmp_path):
    lines = ["[app:main]", "ez.plugins = stripe proxmox banktransfer", "stripe.secret_key = sk_test_sandbox"]
    lines += ["stripe.webhook_secret = whsec_0123456789abcdef", "banktransfer.account_holder = EZ"]
    lines += ["banktransfer.iban = EE382200221020145685", ""]
    (tmp_path / "development.ini").write_text("\n".join(lines))
    done = ez(python, tmp_path, "migrate")
    assert done.returncode == 0, done.stderr
    listed = ez(python, tmp_path, "plugin", "list")
    states = {line.split()[0]: line.split()[3] for line in listed.stdout.splitlines()[1:]}
    active = ("stripe", "proxmox", "banktransfer")
    assert states == {name: "active" if name in active else "available" for name in PLUGINS}, listed.stdout
    assert ez(python, tmp_path, "check").returncode == 0
