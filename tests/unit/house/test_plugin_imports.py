"""A plugin is built as a third party would build it: on the public surface only."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.unit.house.source_files import PLUGINS, ROOMS, files, imported, is_test, shown

SHARED = {"pydantic", "sqlalchemy", "alembic"}
PLUGIN_FOLDERS = sorted(path.parent for path in PLUGINS.glob("*/pyproject.toml"))


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def vendor_packages(plugin: Path) -> set[str]:
    """The import names of the libraries that the plugin declares as its own."""
    project = tomllib.loads((plugin / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {
        _normal(re.split(r"[\s\[<>=!~;]", line, maxsplit=1)[0]) for line in project.get("dependencies", [])
    }
    declared -= {"ezcore", "pyramid", "webob", "huey", "redis", "pluggy", "chameleon"}
    return {name for name, owners in packages_distributions().items() if declared & set(map(_normal, owners))}


def may_import(path: Path, name: str, own: set[str]) -> bool:
    """The one place that says what a plugin's file may import."""
    top = name.partition(".")[0]
    if top == "ezcore":
        public = f"{name}.".startswith("ezcore.plugin_api.")
        return public or (is_test(path) and f"{name}.".startswith("ezcore.testkit."))
    if top == "pyramid":
        return path.name == "web.py" or is_test(path)
    return is_test(path) or top in own | SHARED or top in sys.stdlib_module_names


@pytest.mark.parametrize("plugin", PLUGIN_FOLDERS, ids=lambda plugin: plugin.name)
def test_a_plugin_imports_the_public_surface_only(plugin):
    own = {f"ez_{plugin.name}"} | vendor_packages(plugin)
    reaching_in = [
        f"{shown(path)}:{line} {name}"
        for path in files(".py", below=plugin)
        for line, name in imported(path)
        if not may_import(path, name, own)
    ]
    assert not reaching_in, "\n".join(reaching_in)


@pytest.mark.parametrize("plugin", PLUGIN_FOLDERS, ids=lambda plugin: plugin.name)
def test_a_plugin_is_a_whole_distribution_with_one_name(plugin):
    project = tomllib.loads((plugin / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["name"] == f"ez-{plugin.name}"
    entry_points = project["entry-points"]["ezcore.plugins"]
    assert list(entry_points) == [plugin.name]
    assert entry_points[plugin.name].startswith(f"ez_{plugin.name}")
    assert (plugin / "README.md").is_file()
    assert (plugin / f"ez_{plugin.name}" / "py.typed").is_file()


def test_ezcore_imports_no_plugin():
    reaching_out = [
        f"{shown(path)}:{line} {name}"
        for path in files(".py", below=ROOMS)
        for line, name in imported(path)
        if name.startswith("ez_")
    ]
    assert not reaching_out, "\n".join(reaching_out)
