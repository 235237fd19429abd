"""Prints a mail: staff's own text first, then the theme chain.

What cannot be printed is passed over for what stands behind it, for an invoice is issued whatever somebody wrote; a
broken text of staff's becomes a question to staff.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from ezcore.kernel.resources import find_tree
from ezcore.languages import tongue_of
from ezcore.messaging.errors import BadTemplate
from ezcore.messaging.rules import Text, Value, fill_in, fill_parts
from ezcore.messaging.templates import find_templates, tongues
from ezcore.messaging.texts import operations as texts
from ezcore.messaging.texts.models import MailText
from ezcore.messaging.texts.queries import in_use
from ezcore.themes.chain import ThemeChain
from ezcore.themes.queries import chain_in_use
from ezcore.work import UnitOfWork

log = logging.getLogger(__name__)
SENTENCES: Final[Mapping[str, str]] = {
    "domain_changed": "words", "erasure_done": "kept", "payment_failed": "reason", "service_changed": "cycle",
    "service_suspended": "reason", "ticket_mail_refused": "reason",
}  # fmt: skip
"""Mails that carry a sentence of the house as a value: it is stored in English and said in the reader's language."""


def print_mail(
    uow: UnitOfWork, template: str, values: Mapping[str, Value], language: str
) -> tuple[Text, str]:
    """The mail and the language it came out in. Raises: BadTemplate when base has none, or a broken one."""
    chain, asked = chain_in_use(uow), tongues(language)
    written = in_use(uow, template, asked)
    for tongue in asked:
        own = _spoken(template, values, tongue)
        text = _of_staff(uow, written.get(tongue), own) or _of_theme(uow, chain, template, own, tongue)
        if text is not None:
            return text, tongue
    raise BadTemplate(f"there is no mail template {template}.txt in themes/base/mail")


def theme_text(uow: UnitOfWork, template: str, language: str) -> str:
    """The theme's file as it stands, English where the language has none. Raises: BadTemplate."""
    chain = chain_in_use(uow)
    for tongue in tongues(language):
        for source in find_templates(template, chain, tongue):
            return source.text
    raise BadTemplate(f"there is no mail template {template}.txt in themes/base/mail")


def _spoken(template: str, values: Mapping[str, Value], language: str) -> Mapping[str, Value]:
    """The values with their sentence, line by line, in this language; what is no sentence of ours stays."""
    name = SENTENCES.get(template, "")
    sentence = values.get(name)
    if language == "en" or not isinstance(sentence, str):
        return values
    tongue = tongue_of(language, (find_tree("locale"),))
    lines = (line.removeprefix("- ") for line in sentence.split("\n"))
    mark = "- " if sentence.startswith("- ") else ""
    return {**values, name: "\n".join(mark + tongue.say(line) for line in lines)}


def _of_staff(uow: UnitOfWork, row: MailText | None, values: Mapping[str, Value]) -> Text | None:
    if row is None:
        return None
    try:
        source, zone = Text(row.subject, row.body, row.html), uow.settings.shop.time_zone
        return fill_parts(source, values, language=row.language, time_zone=zone)
    except BadTemplate as error:
        log.error("the text of %s.%s is not used: %s", row.template, row.language, error.message)  # noqa: TRY400 - it says all
        texts.ask_about_broken(uow, row.template, row.language, error.message)
        return None


def _of_theme(
    uow: UnitOfWork, chain: ThemeChain, template: str, values: Mapping[str, Value], tongue: str
) -> Text | None:
    for source in find_templates(template, chain, tongue):
        try:
            return fill_in(source.text, values, language=tongue, time_zone=uow.settings.shop.time_zone)
        except BadTemplate as error:
            if source.is_base:
                raise
            log.error("theme %s: mail/%s is not used: %s", chain.names[0], template, error.message)  # noqa: TRY400 - it says all
    return None
