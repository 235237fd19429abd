"""Every template of the base theme compiles, and none brings what the CSP refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chameleon import PageTemplateLoader

from ezcore.kernel.resources import find_tree

BASE = find_tree("themes") / "base"
TEMPLATES = sorted(str(path.relative_to(BASE)) for path in BASE.rglob("*.pt"))
# Chameleon takes a macro parameter of such a name for the Python builtin when the caller does not pass it.
BUILTINS = re.compile(
    r"(?:tal:define|\bdefine)=\"[^\"]*?(?:^|; |\")(type|id|min|max|input|filter|list|format) "
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name):
    PageTemplateLoader(str(BASE))[name].cook_check()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_no_inline_style_and_no_inline_script(name):
    text = (BASE / name).read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", text)
    assert all("src=" in script for script in re.findall(r"<script[^>]*>", text))
    assert not BUILTINS.search(text)


def test_the_base_theme_has_templates():
    assert len(TEMPLATES) > 20
    assert (Path(BASE) / "static" / "app.css").is_file()
