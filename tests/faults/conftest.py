"""Says at the end of a run how many places there are to die, and lets a killed scene leave its connections behind."""

from __future__ import annotations

import pytest

LEFT_BEHIND = "ignore:.*was deleted while still open:ResourceWarning"


def pytest_collection_modifyitems(items):
    # A scene whose processes were killed may leave a connection to the collector, which comes by in whatever test is
    # running then: seen once in CI, in a test that does not even use PostgreSQL.
    for item in items:
        item.add_marker(pytest.mark.filterwarnings(LEFT_BEHIND))


def pytest_terminal_summary(terminalreporter):
    from tests.faults.deaths import summary

    terminalreporter.write_line(summary())
