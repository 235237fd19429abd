"""The public, versioned surface that plugins are written against.

A plugin imports from here, from ``ezcore.testkit`` in its tests, and from nothing else of ezcore.
"""

from __future__ import annotations

from ezcore.kernel.clock import Clock
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money, Rate
from ezcore.plugin_api.errors import (
    Asked,
    BadSignature,
    Malformed,
    NeedsInfo,
    OutcomeUnknown,
    PermanentFailure,
    RetryAfter,
    StillRunning,
)
from ezcore.plugin_api.hookspecs import hookimpl
from ezcore.plugin_api.jobs import JobKind, Ladder, Step
from ezcore.plugin_api.pages import UndeclaredView, page
from ezcore.plugin_api.plugin import PluginBase, PluginContext

API_VERSION = "1"

__all__ = [
    "API_VERSION",
    "Asked",
    "BadSignature",
    "Clock",
    "InvalidInput",
    "JobKind",
    "Ladder",
    "Malformed",
    "Money",
    "NeedsInfo",
    "OutcomeUnknown",
    "PermanentFailure",
    "PluginBase",
    "PluginContext",
    "Rate",
    "Refused",
    "RetryAfter",
    "Step",
    "StillRunning",
    "UndeclaredView",
    "hookimpl",
    "page",
]
