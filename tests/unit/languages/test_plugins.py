"""Each shipped plugin speaks German: whatever stands in its source today has a word, with the same places."""

from __future__ import annotations

import ast
import re

import pytest

from ezcore.cli.messages import ROOT, extract, plugins, read_catalogue
from ezcore.languages.python_words import messages_of_python

PLACES = re.compile(r"\$\{\w+\}|\{\w*(?::\w+)?\}")
SHIPPED = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))
PROJECTS = {one.domain: one for one in plugins()}


@pytest.fixture(params=SHIPPED)
def project(request):
    assert request.param in PROJECTS, f"plugins/{request.param} has no folder locale beside its plugin.py"
    return PROJECTS[request.param]


@pytest.fixture
def german(project):
    found = read_catalogue(project.locale / "de" / "LC_MESSAGES" / f"{project.domain}.po")
    assert found is not None, f"{project.domain} has no German catalogue"
    return found


def _forms(text) -> list[str]:
    return list(text) if isinstance(text, list | tuple) else [text]


def test_whatever_a_plugin_says_has_a_german_word(project, german):
    said = {_forms(one.id)[0]: one for one in german if one.id}
    wanted = [_forms(one.id)[0] for one in extract(project) if one.id]
    assert wanted, "nothing was found in its source"
    assert [text for text in wanted if text not in said or not all(_forms(said[text].string))] == []
    assert [one.id for one in german if one.id and one.fuzzy] == []


def test_its_catalogue_says_nothing_that_its_source_does_not(project, german):
    assert {one.id for one in german if one.id} == {one.id for one in extract(project) if one.id}


def test_every_place_stands_on_both_sides(german):
    wrong = [
        one.id
        for one in german
        if one.id
        for english, said in zip(_forms(one.id), _forms(one.string), strict=True)
        if sorted(PLACES.findall(english)) != sorted(PLACES.findall(said))
    ]
    assert wrong == []


def test_every_sentence_of_a_plugin_is_a_message_but_no_code_and_no_log():
    source = """
def run(call, reef):
    log.info("the reef is asked")
    names = "kelp weed".split()
    rights = {"VM.Audit": "see the reef"}
    if reef.full:
        raise ReefError(Kind.BUSY, f"the reef {reef.name} is full")
    why = "no reason" if reef.odd else "reef:kelp weed"
    return Look(notes=(why, "Tide"))
"""
    found = {one.message for one in messages_of_python(ast.parse(source), (), is_web=True, is_plugin=True)}
    assert found == {"see the reef", "the reef ${name} is full", "no reason", "Tide"}
