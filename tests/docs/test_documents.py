"""The documents speak of what exists: their links lead somewhere, their commands can be given."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")
COMMAND = re.compile(r"make ([a-z][a-z-]*)")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_link_leads_to_a_file(document):
    targets = LINK.findall(document.read_text("utf-8"))
    missing = [target for target in targets if not (document.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_every_make_command_that_is_quoted_exists(document):
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    quoted = {
        name
        for code in re.findall(r"`([^`\n]+)`", document.read_text("utf-8"))
        for name in COMMAND.findall(code)
    }
    assert quoted - targets == set()


@pytest.mark.parametrize("document", sorted((ROOT / "docs/adr").glob("*.md")), ids=_name)
def test_a_decision_says_context_decision_and_consequences(document):
    text = document.read_text("utf-8")
    assert re.match(r"# \d+\. ", text)
    assert document.name.startswith(f"{int(text[2:].split('.')[0]):04d}-")
    assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_decisions_are_numbered_without_gaps():
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs/adr").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_glossary_is_sorted_and_has_each_word_once():
    rows = re.findall(r"^\| ([^|]+) \| ", (ROOT / "docs/glossary.md").read_text("utf-8"), re.MULTILINE)
    words = [row.strip() for row in rows if row.strip() != "word"]
    assert words == sorted(set(words))
