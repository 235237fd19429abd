"""Counts the tests of one run into a file; `ez plugin test --json` and the table of defects load it (`-p`)."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FILE = "EZ_TALLY_FILE"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Write what came out; a test that could not be collected or set up has failed."""
    path = os.environ.get(FILE)
    if not path:
        return
    stats = terminalreporter.stats
    broken = [report.nodeid for kind in ("failed", "error") for report in stats.get(kind, ())]
    counted = {
        "passed": len(stats.get("passed", ())) + len(stats.get("xpassed", ())),
        "failed": len(broken),
        "skipped": len(stats.get("skipped", ())) + len(stats.get("xfailed", ())),
        "broken": broken,
    }
    Path(path).write_text(json.dumps(counted), encoding="utf-8")
