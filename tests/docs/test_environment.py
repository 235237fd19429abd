"""`.env.example` knows every variable and no value."""

from __future__ import annotations

import re
from pathlib import Path

from ezcore.settings import SECTIONS, env_name

TEXT = (Path(__file__).parents[2] / ".env.example").read_text("utf-8")


def test_the_example_holds_names_only():
    lines = [line for line in TEXT.splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[A-Z][A-Z0-9_]*=", line)] == []
    assert len(lines) == len(set(lines))


def test_every_variable_with_a_name_of_its_own_stands_in_the_example():
    names = {env_name(section, field) for section, model in SECTIONS.items() for field in model.model_fields}
    ruled = {
        f"EZ_{section}_{field}".upper() for section, model in SECTIONS.items() for field in model.model_fields
    }
    assert {name for name in names - ruled if f"\n{name}=\n" not in TEXT} == set()
