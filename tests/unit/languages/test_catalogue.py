"""The German catalogue: whole for clients, with the same places on both sides."""

from __future__ import annotations

import re

import pytest

from ezcore.cli.messages import core, extract, read_catalogue
from ezcore.languages import find_catalogue, tongue_of

PLACES = re.compile(r"\$\{\w+\}|%[-\d.]*[sdrf]|\{\w*(?::\w+)?\}")
STAFF = re.compile(
    r"/admin/|ezcore/(kernel|plugin_host|plugin_api|themes|automation|reports|settings)|theme_|staff_notes|/views\.py"
)


@pytest.fixture(scope="module")
def german():
    return read_catalogue(core().locale / "de" / "LC_MESSAGES" / "ezcore.po")


@pytest.fixture(scope="module")
def standing():
    return extract(core())


def _forms(text) -> list[str]:
    return list(text) if isinstance(text, list | tuple) else [text]


def test_whatever_a_client_can_read_is_translated(german, standing):
    left = []
    for message in german:
        source = standing.get(_forms(message.id)[0]) if message.id else None
        places = [file for file, _ in source.locations] if source is not None else []
        if any(not STAFF.search(place) for place in places) and not all(_forms(message.string)):
            left.append(message.id)
    assert left == []


def test_every_place_of_a_sentence_stands_on_both_sides(german):
    wrong = [
        message.id
        for message in german
        if message.id and all(_forms(message.string))
        for english, said in zip(_forms(message.id), _forms(message.string), strict=True)
        if sorted(PLACES.findall(english)) != sorted(PLACES.findall(said)) and not message.pluralizable
    ]
    assert wrong == []


def test_nothing_is_half_translated(german):
    assert [message.id for message in german if message.id and message.fuzzy] == []


def test_no_message_is_of_two_catalogues_by_mistake(tmp_path):
    own = tmp_path / "de" / "LC_MESSAGES"
    own.mkdir(parents=True)
    (own / "reef.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Invoices"\nmsgstr "Faktura"\n\nmsgid "Reef"\nmsgstr "Riff"\n',
        "utf-8",
    )
    words = find_catalogue("de", (core().locale, tmp_path)).words
    assert (words["Invoices"], words["Reef"]) == ("Rechnungen", "Riff")
    assert find_catalogue("de", (tmp_path, core().locale)).words["Invoices"] == "Faktura"


def test_a_sentence_that_a_room_made_is_recognised():
    german = tongue_of("de", (core().locale,))
    assert german.say("kelp.example is sold out").endswith("ausverkauft")
    assert german.say("Due in 3 days") == "Fällig in 3 Tagen"
    assert german.say("Ann's own words") == "Ann's own words"


def test_the_form_of_a_number_is_chosen():
    german = tongue_of("de", (core().locale,))
    assert german.many(1, "${n} month free", "${n} months free") == "1 Monat gratis"
    assert german.many(3, "${n} month free", "${n} months free") == "3 Monate gratis"
    assert german.say("3 months") == "3 Monate"
