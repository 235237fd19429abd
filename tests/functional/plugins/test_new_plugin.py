"""`ez plugin new` writes a plugin that keeps every promise of its kind, and runs under a host."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from ezcore.cli import plugin as command
from ezcore.cli.plugin_new import KINDS, write_plugin
from ezcore.cli.plugin_source import folder_of
from ezcore.db.migrate import upgrade
from ezcore.kernel.errors import InvalidInput, NotFound, Refused


def arguments(*argv: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return parser.parse_args(argv)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_passes_its_own_conformance_suite(tmp_path, monkeypatch, capfd, kind):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    assert command.run(arguments("new", "acme_cloud", "--kind", kind)) == 0
    capfd.readouterr()
    assert command.run(arguments("test", "--json", "acme_cloud", "--", "-q", "-p", "no:cacheprovider")) == 0
    said = json.loads(capfd.readouterr().out)
    assert said.pop("passed") > 10
    assert said == {"plugin": "ez-acme-cloud", "failed": 0, "skipped": said["skipped"]}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["provisioning", "registrar"])
def test_a_plugin_with_a_table_passes_its_suite_at_once_too(tmp_path, monkeypatch, capfd, kind):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    assert command.run(arguments("new", "acme_cloud", "--kind", kind, "--migrations")) == 0
    engine = create_engine(f"sqlite:///{tmp_path / 'shop.sqlite3'}")
    history = {"acme_cloud": tmp_path / "acme_cloud/ez_acme_cloud/migrations"}
    assert upgrade(engine, history)["acme_cloud"] == ["ez_acme_cloud_0001"], "as `ez migrate` applies it"
    assert inspect(engine).has_table("ez_acme_cloud_note")
    assert upgrade(engine, history)["acme_cloud"] == []
    engine.dispose()
    tests = ["-k", "test_tables"] if kind != "provisioning" else []
    capfd.readouterr()
    assert command.run(arguments("test", "--json", "acme_cloud", "--", "-p", "no:cacheprovider", *tests)) == 0
    said = json.loads(capfd.readouterr().out)
    assert said["failed"] == 0
    assert said["passed"] == 3 if tests else said["passed"] > 14, said


def plugin_with_tests(folder: Path, text: str) -> str:
    (folder / "tests").mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[project]\nname = "ez-tiny"\n', "utf-8")
    (folder / "ez_tiny.py").write_text("ANSWER = 42\n", "utf-8")
    (folder / "tests" / "test_tiny.py").write_text(text, "utf-8")
    return str(folder)


def test_a_failed_test_is_counted_and_ends_with_1(tmp_path, capfd):
    text = (
        "import ez_tiny, pytest\n"
        "def test_good(): assert ez_tiny.ANSWER == 42\n"
        "def test_bad(): assert ez_tiny.ANSWER == 41\n"
        "def test_later(): pytest.skip('not yet')\n"
    )
    folder = plugin_with_tests(tmp_path / "tiny", text)
    assert command.run(arguments("test", "--json", folder, "--", "-p", "no:cacheprovider")) == 1
    said = json.loads(capfd.readouterr().out)
    assert said == {"plugin": "ez-tiny", "passed": 1, "failed": 1, "skipped": 1}


def test_a_suite_that_cannot_be_read_has_failed(tmp_path, capfd):
    folder = plugin_with_tests(tmp_path / "tiny", "import nothing_of_this_name\n")
    assert command.run(arguments("test", "--json", folder, "--", "-p", "no:cacheprovider")) == 1
    assert json.loads(capfd.readouterr().out)["failed"] == 1


def test_a_plugin_without_tests_proves_nothing(tmp_path):
    folder = plugin_with_tests(tmp_path / "tiny", "")
    with pytest.raises(Refused, match="could not be run"):
        command.run(arguments("test", "--json", folder, "--", "-p", "no:cacheprovider"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_is_a_whole_distribution_that_a_host_loads(tmp_path, kind):
    folder = write_plugin("acme_cloud", kind, tmp_path)
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["name"] == "ez-acme-cloud"
    code = (
        "from ez_acme_cloud.plugin import AcmeCloudPlugin as kind\n"
        "from ezcore.plugin_host import load_plugins\n"
        "from ezcore.plugin_host.discovery import InstalledPlugin\n"
        "from ezcore.settings import load\n"
        "there = [InstalledPlugin('acme_cloud', 'ez-acme-cloud', '0.1.0', lambda: kind)]\n"
        "host = load_plugins(load({'ez.plugins': 'acme_cloud'}, {}), installed=there)\n"
        "print(host.reports[0].state, list(host.sandboxes()))"
    )
    environ = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(folder), *[path for path in sys.path if path]]),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "active ['acme_cloud']", done.stderr


def test_nothing_is_left_to_fill_in(tmp_path):
    for kind in KINDS:
        for path in write_plugin("acme", kind, tmp_path / kind).rglob("*"):
            assert path.is_dir() or "{{" not in path.read_text("utf-8"), path


@pytest.mark.parametrize("name", ["", "9lives", "Acme", "acme-cloud", "a", "../acme"])
def test_a_name_that_will_not_do_is_refused(tmp_path, name):
    with pytest.raises(InvalidInput, match="small letters"):
        write_plugin(name, "gateway", tmp_path)


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    (tmp_path / "acme").mkdir()
    with pytest.raises(Refused, match="already"):
        write_plugin("acme", "gateway", tmp_path)


def test_a_plugin_that_is_nowhere_is_not_tested(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFound, match="no source folder of a plugin called mars"):
        folder_of("mars")
