"""The page about slots names each of them as the code does."""

from __future__ import annotations

from pathlib import Path

from ezcore.plugin_api.ui import SLOTS

PAGE = Path(__file__).parents[2] / "docs/plugins/ui.md"


def table() -> str:
    rows = (
        f"| `{name}` | {' '.join(f'`{one.__name__}`' for one in slot.takes)} | {', '.join(slot.about)} | {slot.where} |"
        for name, slot in SLOTS.items()
    )
    return "\n".join(rows)


def test_the_page_carries_the_table_of_slots():
    assert table() in PAGE.read_text("utf-8"), "docs/plugins/ui.md needs this table:\n" + table()
