"""A plugin whose import fails: `ez check` and `ez plugin list` name it, and the site answers without it."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.ez_process import free_port, until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture
def installed(tmp_path):
    """A folder with an installed plugin that cannot be imported, and an ini that lists it."""
    packages = tmp_path / "packages"
    for name, text in {
        "ez_grumpy/__init__.py": "raise RuntimeError('I do not want to be imported')\n",
        "ez_grumpy-0.2.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: ez-grumpy\nVersion: 0.2.0\n",
        "ez_grumpy-0.2.0.dist-info/entry_points.txt": "[ezcore.plugins]\ngrumpy = ez_grumpy:GrumpyPlugin\n",
    }.items():
        file = packages / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    lines = ["[app:main]", "ez.plugins = grumpy banktransfer", f"ez.state_dir = {tmp_path}/var"]
    lines += [
        f"ez.database.url = sqlite:///{tmp_path}/var/shop.sqlite3",
        f"ez.queue.file = {tmp_path}/var/queue.sqlite3",
    ]
    lines += ["banktransfer.account_holder = EZ", "banktransfer.iban = EE382200221020145685", ""]
    (tmp_path / "shop.ini").write_text("\n".join(lines))
    assert ez(tmp_path, "migrate").returncode == 0
    return tmp_path


def environment(folder):
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(folder / "packages"), str(ROOT)])}


def command(folder, verb, *more):
    return [sys.executable, "-m", "ezcore.cli.main", *verb.split(), "-c", str(folder / "shop.ini"), *more]


def ez(folder, verb, *more):
    return subprocess.run(
        command(folder, verb, *more),
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def serving(folder):
    port = free_port()
    with (folder / "log").open("wb") as log:
        started = command(folder, "serve", "--port", str(port))
        process = subprocess.Popen(started, cwd=folder, env=environment(folder), stdout=log, stderr=log)
    try:
        until(lambda: _status(port, "/api/health/") == 200, "the site answers")
        yield lambda path: _status(port, path)
    finally:
        process.terminate()
        process.wait(20)


def _status(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return answer.status
    except OSError:
        return 0


def test_a_plugin_that_cannot_be_imported_is_named_and_the_site_stays_up(installed):
    checked = ez(installed, "check")
    assert checked.returncode == 1
    assert "the plugin grumpy is broken" in checked.stdout
    assert "I do not want to be imported" in checked.stdout

    listed = ez(installed, "plugin list")
    [line] = [line for line in listed.stdout.splitlines() if line.startswith("grumpy")]
    assert "broken" in line
    [other] = [line for line in listed.stdout.splitlines() if line.startswith("banktransfer")]
    assert "active" in other

    with serving(installed) as status:
        assert [status(path) for path in ("/", "/pricing/", "/api/health/")] == [200, 200, 200]
    assert "grumpy" in (installed / "log").read_text()
