"""Everything that a function may give for a slot."""

from __future__ import annotations

from ezcore.plugin_api.ui.reports import Report
from ezcore.plugin_api.ui.values import (
    Action,
    Column,
    DashboardWidget,
    Filter,
    MenuItem,
    Notice,
    Panel,
    SearchHit,
    StatusLine,
    Tab,
)

Contribution = (
    Action
    | Panel
    | Notice
    | StatusLine
    | DashboardWidget
    | Tab
    | MenuItem
    | Column
    | Filter
    | SearchHit
    | Report
)
