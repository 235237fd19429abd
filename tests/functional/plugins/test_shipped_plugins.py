"""The plugins that ship with ezcore load together, set up as `ez demo` does it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ezcore.cli.plugin_list import list_plugins, table
from ezcore.plugin_api.ports.gateway import Gateway
from ezcore.plugin_host import PluginState, load_plugins
from ezcore.plugin_host.discovery import installed_plugins
from ezcore.settings import load

ROOT = Path(__file__).parents[3]
SHIPPED = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))


@pytest.fixture
def ini(tmp_path):
    """The ini of a demo: every shipped plugin, pointed at its sandbox."""
    there = {plugin.name: plugin for plugin in installed_plugins() if plugin.name in SHIPPED}
    if missing := set(SHIPPED) - set(there):
        pytest.skip(f"left out: {', '.join(sorted(missing))} not installed here (make setup)")
    values = {
        "ez.plugins": " ".join(SHIPPED),
        "ez.database.url": f"sqlite:///{tmp_path / 'shop.sqlite3'}",
    }
    for name, plugin in there.items():
        spec = plugin.load().sandbox()
        ca = tmp_path / "ca.pem"
        settings = spec.settings("https://127.0.0.1:1", ca) if spec else {}
        values |= {f"{name}.{key}": value for key, value in settings.items()}
    return values


def test_all_are_active_without_a_database_and_with_their_sandboxes_settings(ini):
    host = load_plugins(load(ini, {}))
    found = {one.name: (one.state, one.reason) for one in host.reports if one.name in SHIPPED}
    assert found == dict.fromkeys(SHIPPED, (PluginState.ACTIVE, ""))
    for name, spec in host.sandboxes().items():
        assert spec.settings("https://127.0.0.1:1", None) is not None
        assert host.effective_settings(name).errors == {}, name


def test_every_listed_distribution_has_the_version_of_its_folder(ini):
    for one in list_plugins(load(ini, {})):
        if one.name in SHIPPED:
            project = tomllib.loads((ROOT / "plugins" / one.name / "pyproject.toml").read_text("utf-8"))[
                "project"
            ]
            assert one.distribution == project["name"]


def test_the_list_is_read_by_people(ini):
    reports = list_plugins(load(ini, {}))
    lines = table(reports).splitlines()
    assert lines[0].split() == ["plugin", "version", "distribution", "state"]
    assert len(lines) == len(reports) + 1


def test_bank_transfer_can_be_chosen_by_name(ini):
    host = load_plugins(load(ini, {}))
    assert host.ports.get(Gateway, "banktransfer").label == "Bank transfer"
    assert host.ports.owner(Gateway, "banktransfer") == "banktransfer"
