"""Finds, checks, orders and calls plugins; nothing below this floor knows how."""

from ezcore.plugin_host.host import PluginHost, load_plugins
from ezcore.plugin_host.reports import PluginReport, PluginState

__all__ = ["PluginHost", "PluginReport", "PluginState", "load_plugins"]
