"""What staff may do: change settings of the shop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import delete, update

from ezcore.audit import operations as audit
from ezcore.configuration.rules import CHANGEABLE, default_of, is_fixed, text_of, what_is_wrong
from ezcore.db.models import StoredSetting
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.messaging.rules import check_address
from ezcore.settings import env_name
from ezcore.work import UnitOfWork

MANAGE: Final = "settings.manage"


def change(uow: UnitOfWork, wanted: Mapping[str, str]) -> list[str]:
    """Let these values hold from now on, by `section.field`; returns those that are different now. Safe to repeat.

    What is the default again is stored no more. Each change has its row in the trail.
    Raises: NotAllowed; Refused for what staff cannot change, or the ini or the environment decides; InvalidInput,
        naming the setting (`dunning.suspend_after_days`).
    """
    uow.actor.require(MANAGE)
    for key in wanted:
        if key not in CHANGEABLE:
            raise Refused(f"{key} is no setting that can be changed here")
        if is_fixed(uow.settings, key):
            section, _, name = key.partition(".")
            here = (
                env_name(section, name)
                if uow.settings.sources[key] == "environment"
                else f"ez.{key} in the ini"
            )
            raise Refused(f"{key} is fixed by {here}; change it there")
    clean = {key: " ".join(text.split()) for key, text in wanted.items()}
    for key, words in what_is_wrong(uow.settings, clean).items():
        raise InvalidInput(words, field=key)
    if "mail.sender" in clean:
        try:
            check_address(clean["mail.sender"])
        except InvalidInput as error:
            raise InvalidInput(error.message, field="mail.sender") from error
    changed = [key for key, text in clean.items() if text != text_of(uow.settings, key)]
    for key in changed:
        _store(uow, key, clean[key])
    return changed


def _store(uow: UnitOfWork, key: str, text: str) -> None:
    if text == default_of(key):
        uow.session.execute(delete(StoredSetting).where(StoredSetting.key == key))
    elif insert_once(uow.session, StoredSetting, {"key": key, "value": text}, returning="key") is None:
        uow.session.execute(update(StoredSetting).where(StoredSetting.key == key).values(value=text))
    name = key.partition(".")[2]
    audit.record(
        uow, "settings.change", "setting", key, before={name: text_of(uow.settings, key)}, after={name: text}
    )
