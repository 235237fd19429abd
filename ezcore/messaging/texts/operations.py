"""Verbs on staff's texts: check, save, restore, go back to the theme; each change is a new version."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.jobs import operations as jobs
from ezcore.kernel.errors import InvalidInput
from ezcore.messaging import language as places
from ezcore.messaging.errors import BadTemplate
from ezcore.messaging.rules import LONGEST_SUBJECT, Text, one_line
from ezcore.messaging.templates import is_language
from ezcore.messaging.texts import queries
from ezcore.messaging.texts.contract import MailKind
from ezcore.messaging.texts.models import MailText
from ezcore.work import UnitOfWork

MANAGE = "settings.manage"


@dataclass(frozen=True)
class Where:
    """Which mail in which language."""

    kind: MailKind
    language: str

    @property
    def name(self) -> str:
        """As the audit log and staff tasks call it."""
        return f"{self.kind.name}.{self.language}"


def checked(text: Text, known: frozenset[str]) -> Text:
    """The text with its line ends evened out, if it can be printed with these values.

    Raises: InvalidInput, naming the field, the placeholder and its line.
    """
    clean = Text(one_line(text.subject), _evened(text.body), _evened(text.html))
    if not clean.subject or len(clean.subject) > LONGEST_SUBJECT:
        raise InvalidInput(f"Write a subject of at most {LONGEST_SUBJECT} letters", field="subject")
    if not clean.body.strip():
        raise InvalidInput("Write the text", field="body")
    for field in ("subject", "body", "html"):
        try:
            places.check(places.parse(getattr(clean, field)), known)
        except BadTemplate as error:
            raise InvalidInput(error.message, field=field) from error
    return clean


def save(uow: UnitOfWork, where: Where, text: Text, *, based_on: int, note: str = "") -> MailText:
    """Use this text from now on. `based_on` is the version that the writer saw (0: none).

    Raises: NotAllowed; InvalidInput, also when somebody saved another version meanwhile.
    """
    clean = checked(text, frozenset(where.kind.values))
    return _add(
        uow,
        where,
        based_on,
        {"subject": clean.subject, "body": clean.body, "html": clean.html, "note": note[:200]},
    )


def restore(uow: UnitOfWork, where: Where, old: MailText, *, based_on: int) -> MailText:
    """Use an older version again, as a new one. Raises: NotAllowed; InvalidInput when it does not fit any more."""
    text = Text(old.subject, old.body, old.html)
    if old.from_theme:
        return use_theme(uow, where, based_on=based_on)
    return save(uow, where, text, based_on=based_on, note=f"version {old.version} again")


def use_theme(uow: UnitOfWork, where: Where, *, based_on: int) -> MailText:
    """Use the theme's file again; what was written is kept as a version. Raises: NotAllowed; InvalidInput."""
    return _add(uow, where, based_on, {"from_theme": True, "note": "the theme's text again"})


def ask_about_broken(uow: UnitOfWork, template: str, language: str, cause: str) -> None:
    """A text of staff's could not be printed: the theme's went out instead, and a person should look."""
    title = f"The text of the mail {template} ({language}) cannot be printed; the theme's is sent"
    jobs.ask_staff(uow, _question(f"{template}.{language}"), title, cause)


def _add(uow: UnitOfWork, where: Where, based_on: int, values: dict[str, object]) -> MailText:
    uow.actor.require(MANAGE)
    if not is_language(where.language):
        raise InvalidInput("A language is written as en or pt_BR", field="language")
    newest = queries.newest(uow, where.kind.name, where.language)
    seen = newest.version if newest else 0
    row = {
        "template": where.kind.name,
        "language": where.language,
        "version": based_on + 1,
        "subject": "",
        "body": "",
        "html": "",
        "from_theme": False,
        "note": "",
        "made_at": uow.now(),
        "made_by": uow.actor.name[:200],
        **values,
    }
    made = insert_once(uow.session, MailText, row) if seen == based_on else None
    if made is None:
        raise InvalidInput(
            "Somebody saved another version meanwhile. Look at it, then save yours again", field="version"
        )
    jobs.settle_question(uow, _question(where.name), "another text is in use")
    audit.record(
        uow,
        "mail_text.change",
        "mail_text",
        where.name,
        before={"version": seen},
        after={"version": seen + 1},
    )
    return uow.session.get_one(MailText, made)


def _question(name: str) -> str:
    return f"mail-text:{name}"


def _evened(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + ("\n" if text.strip() else "")
