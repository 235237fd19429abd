"""Every mail of the house is in German too, with the sentences that it carries."""

from __future__ import annotations

import re

import pytest

from ezcore.domain_names.names.mails import WORDS
from ezcore.kernel.resources import find_tree
from ezcore.languages import tongue_of
from ezcore.messaging.printing import print_mail
from ezcore.messaging.texts.contract import mail_kind, mail_kinds
from ezcore.privacy.erasing import KEPT

FOLDER = find_tree("themes") / "base" / "mail"


def _places(name: str) -> set[str]:
    return set(re.findall(r"\{\{ *(?:#if )?(\w+) *\}\}", (FOLDER / name).read_text("utf-8")))


@pytest.mark.parametrize("mail", mail_kinds())
def test_every_mail_is_in_german_with_the_values_of_the_english_one(mail):
    assert _places(f"{mail}.de.txt") == _places(f"{mail}.txt")


@pytest.mark.parametrize(
    ("mail", "value", "english", "german"),
    [
        (
            "domain_changed",
            "words",
            "was moved to another registrar.",
            "ist zu einem anderen Registrar umgezogen",
        ),
        ("service_suspended", "reason", "overdue invoice", "überfällige Rechnung"),
        ("ticket_mail_refused", "reason", "it is larger than 25 MB.", "sie ist größer als 25 MB."),
        (
            "erasure_done",
            "kept",
            f"- {KEPT[1]}\n- {KEPT[2]}",
            "- Zahlungen und die Bücher dahinter\n- Das Prüf",
        ),
        ("service_suspended", "reason", "Anna bat darum", "Anna bat darum"),
    ],
)
def test_the_sentence_in_a_mail_is_in_the_readers_language(shop, mail, value, english, german):
    values = mail_kind(mail).samples("EZ", "https://shop.example") | {value: english}
    with shop.work.read() as uow:
        text, language = print_mail(uow, mail, values, "de")
        assert (language, german in text.body) == ("de", True)
        assert english in print_mail(uow, mail, values, "en")[0].body


def test_whatever_becomes_of_a_domain_name_has_german_words():
    said = tongue_of("de", (find_tree("locale"),)).say
    assert [words for words in WORDS.values() if said(words) == words] == []
