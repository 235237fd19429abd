"""Plants each defect in a copy of its plugin, runs the conformance suite, writes docs/plugins/conformance.md.

    python -m tests.conformance.defects             # all plugins
    python -m tests.conformance.defects acme        # these only; the table keeps its other sections

Ends with 1 when a defect was not caught by the kit.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.conformance import acme, banktransfer, cloudflare, hestiacp, powerdns, proxmox, stripe
from tests.conformance.planted import REPOSITORY, Planted, catch

ALL = (
    hestiacp.PLANTED,
    acme.PLANTED,
    proxmox.PLANTED,
    stripe.PLANTED,
    banktransfer.PLANTED,
    cloudflare.PLANTED,
    powerdns.PLANTED,
)
PAGE = REPOSITORY / "docs" / "plugins" / "conformance.md"
HEAD = """# What the conformance kit catches

Each line is a mistake that was planted in a copy of a shipped plugin, and the first test of the conformance suite that
failed because of it. Made by `make conformance` (`tests/conformance`); do not edit by hand.
"""


def main(names: list[str]) -> int:
    """Test, write the page, say how it came out."""
    missed = 0
    for planted in (one for one in ALL if not names or one.plugin in names):
        broken = catch(planted, None)
        if broken:
            raise SystemExit(f"{planted.plugin} fails without any defect: {broken}")
        rows = []
        for defect in planted.defects:
            test = catch(planted, defect)
            told = f"`{test}`" if test else "**nothing**"
            missed += not test
            rows.append(f"| {defect.words} | {told} |")
            sys.stdout.write(f"{planted.plugin}: {defect.words} -> {told}\n")
            sys.stdout.flush()
            _write(planted, rows)
    sys.stdout.write(f"not caught: {missed}\n")
    return 1 if missed else 0


def _write(planted: Planted, rows: list[str]) -> None:
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
