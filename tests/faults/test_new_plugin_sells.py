"""A plugin that `ez plugin new` wrote, outside the repository: tested, built, installed, and its product is bought."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from ezcore.cli import walk as way
from tests.faults.ez_process import free_port, until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NAME, DISTRIBUTION = "acme_panel", "ez-acme-panel"


def environ(*folders: Path) -> dict[str, str]:
    """This machine's environment without its shop; these folders are searched first."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("EZ_", "DATABASE", "REDIS"))
    }
    path = [*map(str, folders), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return clean | {"PYTHONPATH": os.pathsep.join(path)}


def ez(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ezcore.cli.main", *arguments]
    return subprocess.run(command, cwd=folder, env=environ(), capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The new plugin's folder, in a folder that was empty."""
    empty = tmp_path_factory.mktemp("empty")
    done = ez(empty, "plugin", "new", NAME, "--kind", "provisioning")
    assert done.returncode == 0, done.stderr
    return empty / NAME


@pytest.fixture(scope="module")
def installed(written, tmp_path_factory):
    """Where its wheel is installed; nothing of its source is searched."""
    wheels, place = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-deps"]
    for step in (
        ["wheel", *offline, "--no-build-isolation", "--wheel-dir", str(wheels), str(written)],
        [
            "install",
            *offline,
            "--no-compile",
            "--target",
            str(place),
            "--find-links",
            str(wheels),
            DISTRIBUTION,
        ],
    ):
        done = subprocess.run([*pip, *step], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (place / f"ez_{NAME}" / "plugin.py").is_file()
    return place


@contextmanager
def demo_with(installed: Path, folder: Path):
    """`ez demo` of a shop that runs the plugin beside the card gateway; stopped as a person stops it."""
    port, ini, log = free_port(), folder / "shop.ini", folder / "demo.log"
    ini.write_text(f"[app:main]\nez.plugins = stripe {NAME}\n", encoding="utf-8")
    command = [sys.executable, "-m", "ezcore.cli.main", "demo", "-c", str(ini), "--fresh", "--no-history"]
    command += ["--port", str(port), "--state", str(folder / "state")]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=folder, env=environ(installed), stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
        try:
            until(
                lambda: process.poll() is not None or "Ctrl-C ends everything" in log.read_text(), "ez demo"
            )
            assert process.poll() is None, log.read_text()[-3000:]
            yield json.loads((folder / "state" / "demo.json").read_text())
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def test_its_own_suite_is_green_at_once(written):
    done = ez(written.parent, "plugin", "test", str(written), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert (said["plugin"], said["failed"]) == (DISTRIBUTION, 0)
    assert said["passed"] > 10


def test_its_product_is_bought_in_the_demo_and_turns_active(installed, tmp_path, monkeypatch):
    monkeypatch.setattr(way, "PLAN", "/pricing/acme-panel-small/")
    with demo_with(installed, tmp_path) as facts:
        vendors = way.Vendors(facts["sandboxes"], facts["ca"])
        assert vendors.documents("machine") == []
        found = way.walk(facts["address"], vendors, facts["logins"], 60)
        machines = vendors.documents("machine")
    wanted = {"service": "active", "invoice": "paid", "payments": 1, "ledger_sum": 0}
    assert {name: found[name] for name in wanted} == wanted
    assert len(machines) == 1, "one account at the vendor"
    assert (machines[0]["size"], machines[0]["state"]) == ("small", "running")
    assert machines[0]["name"].startswith("smoke-")
    assert machines[0]["tag"], "it carries our key, so that a retry finds it"
