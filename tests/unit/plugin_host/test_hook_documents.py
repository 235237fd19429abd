"""Every hook is documented where its author looks, and proved under its name."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from tests.unit.plugin_host.test_hooks import specs

ROOT = Path(__file__).parents[3]
HEADINGS = ("Called:", "Order:", "Args:", "Returns:", "Errors:", "Result:", "Since:")
GROUPS = ["Products", "Gateways", "Provisioning", "Registrars", "Support"]
PAGE = (ROOT / "docs/hooks.md").read_text("utf-8")


def signature(spec) -> str:
    return f"def {spec.__name__}{inspect.signature(spec)}".replace("'", "")


@pytest.mark.parametrize("name", specs())
def test_every_hook_says_when_in_which_order_with_what_and_what_if(name):
    text = inspect.getdoc(specs()[name])
    assert text.splitlines()[0].endswith(".")
    assert [heading for heading in HEADINGS if heading not in text] == []
    assert all(argument in text for argument in inspect.signature(specs()[name]).parameters)


@pytest.mark.parametrize("name", specs())
def test_the_exact_signature_of_every_hook_is_on_the_page(name):
    assert f"```python\n{signature(specs()[name])}\n```" in PAGE


def test_the_page_describes_no_hook_that_is_not_there():
    assert set(re.findall(r"^### (ez_\w+)$", PAGE, re.MULTILINE)) == set(specs())


def test_the_page_is_grouped_as_the_trade_groups_it():
    assert [
        heading for heading in re.findall(r"^## (.+)$", PAGE, re.MULTILINE) if heading in GROUPS
    ] == GROUPS


@pytest.mark.parametrize("name", specs())
def test_every_hook_has_a_test_of_its_own_name(name):
    tests = [*ROOT.glob("tests/**/test_*.py"), *ROOT.glob("plugins/*/tests/**/test_*.py")]
    assert any(f"def test_hook_{name}(" in path.read_text("utf-8") for path in tests)


@pytest.mark.parametrize("name", specs())
def test_every_hook_has_one_of_the_four_prefixes(name):
    assert name.startswith(("ez_register_", "ez_before_", "ez_adjust_", "ez_on_"))
