"""Plants each defect in a copy of its plugin, runs the conformance suite, writes docs/plugins/conformance.md.

    python -m tests.conformance.defects             # all plugins
    python -m tests.conformance.defects acme        # these only; the table keeps its other sections
    python -m tests.conformance.defects --missing   # only defects that have no row yet

A row that is not made anew stays as it was; one whose defect is no more goes.

Ends with 1 when a defect was not caught by the kit.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.conformance import acme, banktransfer, cloudflare, epp, hestiacp, powerdns, proxmox, stripe
from tests.conformance.planted import REPOSITORY, Planted, catch

ALL = (
    hestiacp.PLANTED,
    acme.PLANTED,
    proxmox.PLANTED,
    stripe.PLANTED,
    banktransfer.PLANTED,
    cloudflare.PLANTED,
    powerdns.PLANTED,
    epp.PLANTED,
)
MISSING = "--missing"
NOTHING = "**nothing**"
PAGE = REPOSITORY / "docs" / "plugins" / "conformance.md"
HEAD = """# What the conformance kit catches

Each line is a mistake that was planted in a copy of a shipped plugin, and the first test of the conformance suite that
failed because of it. Made by `make conformance` (`tests/conformance`); do not edit by hand.
"""


def main(names: list[str]) -> int:
    """Test, write the page, say how it came out."""
    wanted = {name for name in names if name != MISSING}
    missed = 0
    for planted in (one for one in ALL if not wanted or one.plugin in wanted):
        known = _known_rows(planted) if MISSING in names else {}
        todo = [defect for defect in planted.defects if known.get(defect.words, NOTHING) == NOTHING]
        broken = catch(planted, None) if todo else ""
        if broken:
            raise SystemExit(f"{planted.plugin} fails without any defect: {broken}")
        for defect in todo:
            test = catch(planted, defect)
            told = f"`{test}`" if test else NOTHING
            missed += not test
            sys.stdout.write(f"{planted.plugin}: {defect.words} -> {told}\n")
            sys.stdout.flush()
            _write(planted, _known_rows(planted) | {defect.words: told})
    sys.stdout.write(f"not caught: {missed}\n")
    return 1 if missed else 0


def _known_rows(planted: Planted) -> dict[str, str]:
    """What the page says of the defects of a plugin."""
    rows = re.findall(
        r"(?m)^\| (.+?) \| (`.+`|\*\*nothing\*\*) \|$", _known_sections(PAGE).get(planted.plugin, "")
    )
    return {words: told for words, told in rows if words in {one.words for one in planted.defects}}


def _write(planted: Planted, found: dict[str, str]) -> None:
    rows = [f"| {one.words} | {found[one.words]} |" for one in planted.defects if one.words in found]
    sections = _known_sections(PAGE) | {planted.plugin: _section(planted, rows)}
    PAGE.write_text(
        "\n".join([HEAD, *(sections[one.plugin] for one in ALL if one.plugin in sections)]), "utf-8"
    )


def _section(planted: Planted, rows: list[str]) -> str:
    return "\n".join([f"## ez-{planted.plugin}", "", "| defect | caught by |", "|---|---|", *rows, ""])


def _known_sections(page: Path) -> dict[str, str]:
    text = page.read_text("utf-8") if page.is_file() else ""
    parts = re.split(r"(?m)^(?=## ez-)", text)[1:]
    return {re.match(r"## ez-(\w+)", part)[1]: part.rstrip("\n") + "\n" for part in parts}  # type: ignore[index]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
