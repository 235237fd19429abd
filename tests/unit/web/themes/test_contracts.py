"""Every component of base is written down with its parameters, slots and version, in the code and in docs/themes.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ezcore.kernel.resources import find_tree
from ezcore.themes.components import as_table, read_contracts
from ezcore.themes.tokens import known_tokens

BASE = find_tree("themes") / "base"
GUIDE = Path(__file__).parents[4] / "docs" / "themes.md"
CONTRACTS = read_contracts(BASE)


def macros():
    """(file, macro) to the text of the macro, of every component there really is."""
    found = {}
    for file in sorted([*BASE.glob("ui/*.pt"), *BASE.glob("layouts/*.pt")]):
        for part in re.split(r"(?=<[\w:]+ [^>]*define-macro=)", file.read_text(encoding="utf-8")):
            name = re.search(r'define-macro="(\w+)"', part)
            if name:
                found[file.relative_to(BASE).as_posix(), name[1]] = part
    return found


TEXTS = macros()
NAMED = {(one.file, name.rpartition(".")[2]): one for name, one in CONTRACTS.macros.items()}


def test_every_component_has_a_contract_and_every_contract_a_component():
    assert sorted(NAMED) == sorted(TEXTS), f"mend {BASE.name}/ui/contracts.toml"


@pytest.mark.parametrize("key", sorted(TEXTS), ids="/".join)
def test_slots_and_parameters_are_as_written_down(key):
    text, one = TEXTS[key], NAMED[key]
    assert sorted(one.slots) == sorted(set(re.findall(r'define-slot="([\w-]+)"', text)))
    optional = {name.removesuffix("?") for name in one.params if name.endswith("?")}
    # `tal:define="hint hint|nothing"` is how a macro says that it does without.
    assert optional == {a for a, b in re.findall(r"[\"; ](\w+) (\w+)\|", text) if a == b}
    unknown = [name for name in one.params if not re.search(rf"\b{name.removesuffix('?')}\b", text)]
    assert unknown == []


def test_the_guide_carries_the_table_of_components():
    table = as_table(CONTRACTS)
    assert table in GUIDE.read_text("utf-8"), "docs/themes.md needs this table:\n" + table


def test_the_guide_names_every_token():
    guide = GUIDE.read_text("utf-8")
    assert [name for name in known_tokens(BASE) if f"`{name}`" not in guide] == []


def test_the_guide_names_every_field_of_a_theme_toml():
    from ezcore.themes.manifest import Manifest

    guide = GUIDE.read_text("utf-8")
    assert [name for name in Manifest.model_fields if f"`{name}`" not in guide] == []
