"""A plugin is found when it is installed, and runs only when the ini lists it."""

from __future__ import annotations

import pytest

from ezcore.plugin_host.discovery import installed_plugins
from ezcore.plugin_host.reports import PluginState
from ezcore.settings import SettingsError
from tests.unit.plugin_host.made_plugins import installed, plugin_class


def test_what_is_installed_but_not_listed_is_available_and_not_imported(shop):
    trap = installed(AssertionError("it was imported"), name="trap")
    host = shop.host(plugin_class("one"), trap, listed=["one"])
    assert [(report.name, report.state) for report in host.reports] == [
        ("one", PluginState.ACTIVE),
        ("trap", PluginState.AVAILABLE),
    ]


def test_the_list_names_distribution_and_version(shop):
    (report,) = shop.host(plugin_class("one")).reports
    assert (report.distribution, report.version, report.title) == ("ez-one", "1.2.3", "One")


def test_a_listed_plugin_that_is_not_installed_stops_start_up_with_a_sentence(shop):
    with pytest.raises(
        SettingsError, match=r"names mars, which is not installed \(installed: one\).*ez-mars"
    ):
        shop.host(plugin_class("one"), listed=["one", "mars"])


def test_a_plugin_listed_twice_stops_start_up(shop):
    with pytest.raises(SettingsError, match="names one more than once"):
        shop.host(plugin_class("one"), listed=["one", "one"])


def test_two_distributions_with_one_plugin_name_stop_start_up(shop):
    with pytest.raises(SettingsError, match="two distributions bring a plugin called one"):
        shop.host(plugin_class("one"), plugin_class("one"), listed=["one"])


@pytest.mark.parametrize("api", ["2", "0", "2.1"])
def test_a_plugin_for_another_api_stops_start_up(shop, api):
    with pytest.raises(SettingsError, match=f"written for plugin API {api}"):
        shop.host(plugin_class("old", api=api))


def test_a_plugin_for_a_minor_version_of_this_api_runs(shop):
    assert shop.host(plugin_class("newer", api="1.4")).active == ["newer"]


def test_bank_transfer_is_found_where_it_is_installed():
    if not (found := [one for one in installed_plugins() if one.name == "banktransfer"]):
        pytest.skip("ez-banktransfer is not installed in this environment")
    assert found[0].distribution == "ez-banktransfer"
    assert found[0].load().name == "banktransfer"
