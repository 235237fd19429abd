"""Says at the end of a run how many places there are to die."""

from __future__ import annotations


def pytest_terminal_summary(terminalreporter):
    from tests.faults.deaths import summary

    terminalreporter.write_line(summary())
