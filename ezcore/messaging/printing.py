"""Prints a mail from the theme chain: a broken text of a child theme is passed over for its parent's."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from ezcore.messaging.errors import BadTemplate
from ezcore.messaging.rules import Text, Value, fill_in
from ezcore.messaging.templates import find_templates
from ezcore.themes.queries import chain_in_use
from ezcore.work import UnitOfWork

log = logging.getLogger(__name__)


def print_mail(
    uow: UnitOfWork, template: str, values: Mapping[str, Value], language: str
) -> tuple[Text, str]:
    """The mail and the language it came out in. Raises: BadTemplate when base has none, or a broken one."""
    chain, zone = chain_in_use(uow), uow.settings.shop.time_zone
    for source in find_templates(template, chain, language):
        try:
            return fill_in(source.text, values, language=source.language, time_zone=zone), source.language
        except BadTemplate as error:
            if source.is_base:
                raise
            # An invoice is issued whatever somebody wrote into a theme.
            log.error("theme %s: mail/%s is not used: %s", chain.names[0], template, error.message)  # noqa: TRY400 - it says all
    raise BadTemplate(f"there is no mail template {template}.txt in themes/base/mail")
