"""The plan and the checklist are honest: what they call built points to a file that proves it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATES = {"built", "partly", "not yet"}
ROW = re.compile(r"^\|([^|\n]+)\|([^|\n]+)\|([^|\n]+)\|([^|\n]*)\|$", re.MULTILINE)


def rows(name: str) -> list[tuple[str, str, str, str]]:
    found = [
        tuple(cell.strip() for cell in row) for row in ROW.findall((ROOT / "docs" / name).read_text("utf-8"))
    ]
    return [row for row in found if row[2] not in {"state", "---"} and not set(row[0]) <= {"-"}]


@pytest.mark.parametrize("name", ["PLAN.md", "SECURITY_CHECKLIST.md"])
def test_every_row_has_a_state_and_what_is_built_has_a_proof(name):
    entries = rows(name)
    assert len(entries) > 20
    for _, what, state, proof in entries:
        assert state in STATES, what
        paths = re.findall(r"`([^`]+)`", proof)
        assert paths or state == "not yet", what
        assert [path for path in paths if not (ROOT / path).exists()] == [], what
