"""A plugin written by a stranger from our own guide: built as a wheel, installed, switched on by one line.

The files are cut out of docs/plugins/README.md, so the guide works as printed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
PRINTED = re.compile(r"^`([\w./]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)

BROKEN = {
    "pyproject.toml": """
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"
[project]
name = "ez-grumpy"
version = "0.2.0"
[project.entry-points."ezcore.plugins"]
grumpy = "ez_grumpy:GrumpyPlugin"
[tool.hatch.build.targets.wheel]
packages = ["ez_grumpy"]
""",
    "ez_grumpy/__init__.py": "raise RuntimeError('I do not want to be imported')\n",
}

HOST = """
import dataclasses, datetime, json, sys
from pathlib import Path
from ezcore.kernel.money import Money
from ezcore.plugin_api.values import ClientFacts, InvoiceDraft
from ezcore.plugin_host import load_plugins
from ezcore.settings import load, read_ini
host = load_plugins(load(read_ini(Path(sys.argv[1])), {}))
client = ClientFacts(id=1, name="Ana", email="ana@example.test")
draft = InvoiceDraft(client=client, currency="EUR", total=Money(100, "EUR"), due_on=datetime.date(2026, 1, 1))
notes = [note.text for note in host.hooks.adjust_invoice_notes(invoices=[draft])[0]]
imported = [name for name in ("ez_hello", "ez_grumpy") if name in sys.modules]
reports = [dataclasses.asdict(one) for one in host.reports]
print(json.dumps({"reports": reports, "notes": notes, "imported": imported}))
"""


def build_wheel(files: dict[str, str], folder: Path) -> Path:
    """Write a distribution into a folder and build its wheel, without an index."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    pip(
        "wheel",
        "--no-index",
        "--no-build-isolation",
        "--no-deps",
        "--wheel-dir",
        str(folder / "dist"),
        str(folder),
    )
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel


def pip(*args: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *args]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def printed():
    """The files of the guide."""
    return dict(PRINTED.findall((ROOT / "docs/plugins/README.md").read_text("utf-8")))


@pytest.fixture(scope="module")
def environment(printed, tmp_path_factory):
    """An environment variable block under which both strangers' plugins are installed."""
    target = tmp_path_factory.mktemp("installed")
    for name, files in (("hello", printed), ("grumpy", BROKEN)):
        wheel = build_wheel(files, tmp_path_factory.mktemp(name))
        pip("install", "--no-index", "--no-deps", "--target", str(target), str(wheel))
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(target), str(ROOT)])}


def python(environment, folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *args], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def host(environment, folder: Path, *lines: str):
    """What a process says that starts with this ini; its log is returned too."""
    ini = folder / "shop.ini"
    ini.write_text("\n".join(["[app:main]", *lines, ""]), encoding="utf-8")
    done = python(environment, folder, "-c", HOST, str(ini))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def states(said) -> dict[str, str]:
    strangers = ("hello", "grumpy")
    return {one["name"]: one["state"] for one in said["reports"] if one["name"] in strangers}


def test_the_guide_prints_a_whole_plugin(printed):
    assert set(printed) == {
        "pyproject.toml",
        "README.md",
        "ez_hello/__init__.py",
        "ez_hello/plugin.py",
        "tests/test_hello.py",
    }


def test_what_pip_installed_is_found_and_not_imported(environment, tmp_path):
    said, _ = host(environment, tmp_path)
    assert states(said) == {"grumpy": "available", "hello": "available"}
    assert said["imported"] == []
    assert said["notes"] == []


def test_one_line_of_the_ini_switches_it_on(environment, tmp_path):
    said, _ = host(environment, tmp_path, "ez.plugins = hello")
    assert states(said)["hello"] == "active"
    report = next(one for one in said["reports"] if one["name"] == "hello")
    assert (report["distribution"], report["version"]) == ("ez-hello", "0.1.0")
    assert said["notes"] == ["Thank you for your business."]


def test_a_second_line_sets_it(environment, tmp_path):
    said, _ = host(environment, tmp_path, "ez.plugins = hello", "hello.sentence = See you soon!")
    assert said["notes"] == ["See you soon!"]


def test_one_that_cannot_be_imported_is_named_and_the_other_runs(environment, tmp_path):
    said, log = host(environment, tmp_path, "ez.plugins = grumpy hello")
    assert states(said) == {"grumpy": "broken", "hello": "active"}
    reason = next(one["reason"] for one in said["reports"] if one["name"] == "grumpy")
    assert reason == "its import failed: RuntimeError: I do not want to be imported"
    assert "the plugin grumpy is broken" in log
    assert said["notes"] == ["Thank you for your business."]


def test_one_that_is_not_installed_stops_start_up_with_a_sentence(environment, tmp_path):
    ini = tmp_path / "shop.ini"
    ini.write_text("[app:main]\nez.plugins = hello mars\n", encoding="utf-8")
    done = python(environment, tmp_path, "-c", HOST, str(ini))
    assert done.returncode != 0
    assert "ez.plugins names mars, which is not installed" in done.stderr


def test_the_list_of_the_command_line_names_both(environment, tmp_path):
    ini = tmp_path / "shop.ini"
    ini.write_text("[app:main]\nez.plugins = grumpy hello\n", encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from ezcore.cli.plugin_list import list_plugins, table; "
        "from ezcore.settings import load, read_ini; "
        "print(table(list_plugins(load(read_ini(Path(sys.argv[1])), {}))))"
    )
    done = python(environment, tmp_path, "-c", code, str(ini))
    assert done.returncode == 0, done.stderr
    lines = [line.split(maxsplit=4) for line in done.stdout.splitlines()]
    assert ["hello", "0.1.0", "ez-hello", "active"] in lines
    assert ["grumpy", "0.2.0", "ez-grumpy", "broken"] in [line[:4] for line in lines]
    assert not (tmp_path / "var").exists(), "listing makes no database"


def test_the_tests_that_the_guide_prints_pass(environment, printed, tmp_path):
    for name in ("tests/test_hello.py",):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(printed[name], encoding="utf-8")
    done = python(environment, tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")
    assert done.returncode == 0, done.stdout
