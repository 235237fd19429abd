"""Verbs on notices: write a rule, hear an event, try a rule, read a note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import select

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.jobs import operations as jobs
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.events import Event
from ezcore.messaging import language as places
from ezcore.messaging.errors import BadTemplate
from ezcore.messaging.notices import queries
from ezcore.messaging.notices import rules as pure
from ezcore.messaging.notices.jobs import SAY
from ezcore.messaging.notices.models import (
    NoticeAction,
    NoticeOutcome,
    NoticeRule,
    NoticeState,
    StaffNote,
    StaffNoteRead,
)
from ezcore.messaging.notices.posting import check_url
from ezcore.messaging.operations import Envelope, queue_text
from ezcore.messaging.rules import Text, check_address, fill_parts, one_line
from ezcore.messaging.templates import DEFAULT_LANGUAGE
from ezcore.work import UnitOfWork, Work

MANAGE: Final = "settings.manage"
MOST_ADDRESSES: Final = 10
_CARRIERS: Final = frozenset({"messaging.send", "messaging.notice"})
"""Jobs that carry notices: what is told of them stays in the house, or one failure would tell of the next for ever."""


@dataclass(frozen=True)
class Wanted:
    """A rule as it is typed. An empty `url` keeps the one that is there."""

    name: str
    event: str
    action: str
    conditions: Sequence[pure.Condition] = ()
    addresses: Sequence[str] = ()
    url: str = ""
    words: str = ""


def add(uow: UnitOfWork, wanted: Wanted) -> NoticeRule:
    """A new rule; it hears what happens from now on. Raises: NotAllowed; InvalidInput, naming the field."""
    uow.actor.require(MANAGE)
    rule = NoticeRule(reference=uow.ids.key("rule"), created_at=uow.now(), event=wanted.event)
    _write(uow, rule, wanted)
    uow.session.add(rule)
    uow.session.flush()
    audit.record(uow, "notice_rule.add", "notice_rule", rule.id, after=_facts(rule))
    return rule


def change(uow: UnitOfWork, rule: NoticeRule, wanted: Wanted) -> None:
    """Other conditions, words or receivers; the event stays. Raises: NotAllowed; InvalidInput."""
    uow.actor.require(MANAGE)
    before = _facts(rule)
    _write(uow, rule, wanted)
    audit.record(uow, "notice_rule.change", "notice_rule", rule.id, before=before, after=_facts(rule))


def pause(uow: UnitOfWork, rule: NoticeRule, *, paused: bool) -> None:
    """Stop hearing, or hear again. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    rule.paused = paused
    audit.record(uow, "notice_rule.pause", "notice_rule", rule.id, after={"paused": paused})


def remove(uow: UnitOfWork, rule: NoticeRule) -> None:
    """Delete it: it hears nothing any more and forgets its addresses; what came of it stays. Safe to repeat.

    Raises: NotAllowed.
    """
    uow.actor.require(MANAGE)
    if rule.removed_at is not None:
        return
    audit.record(uow, "notice_rule.remove", "notice_rule", rule.id, before=_facts(rule))
    rule.removed_at = uow.now()
    rule.addresses, rule.url, rule.secret = [], None, None


def try_now(uow: UnitOfWork, rule: NoticeRule) -> NoticeOutcome:
    """Do the rule's action with a sample of its event, whatever its conditions. Raises: NotAllowed; InvalidInput."""
    uow.actor.require(MANAGE)
    event = pure.sample(pure.event_class(rule.event))
    made = _tell(uow, rule, event, None)
    audit.record(uow, "notice_rule.try", "notice_rule", rule.id, after={"outcome": made})
    return uow.session.get_one(NoticeOutcome, made)


def hear(work: Work, event: Event, event_id: int) -> None:
    """Subscriber of the outbox: every rule that wants this event tells of it, once per rule and event."""
    with work.read() as uow:
        fitting = [
            rule.id
            for rule in queries.rules_for(uow, event.event_name())
            if pure.holds(event, rule.conditions) and not _circles(rule, event)
        ]
    for rule_id in fitting:
        with work.write() as uow:
            rule = uow.session.get_one(NoticeRule, rule_id)
            if rule.removed_at is None:  # deleted since it was read
                _tell(uow, rule, event, event_id)


def mark_read(uow: UnitOfWork, user_id: int, note_ids: Sequence[int] | None = None) -> None:
    """This user has read these notes; None: all there are."""
    known = select(StaffNote.id)
    if note_ids is not None:
        known = known.where(StaffNote.id.in_(note_ids))
    seen = select(StaffNoteRead.note_id).where(StaffNoteRead.user_id == user_id)
    for note_id in uow.session.scalars(known.where(StaffNote.id.not_in(seen))).all():
        insert_once(uow.session, StaffNoteRead, {"note_id": note_id, "user_id": user_id}, returning="note_id")


def _circles(rule: NoticeRule, event: Event) -> bool:
    return rule.action != NoticeAction.NOTE and getattr(event, "kind", "") in _CARRIERS


def _tell(uow: UnitOfWork, rule: NoticeRule, event: Event, event_id: int | None) -> int | None:
    text = _text(uow, rule, event)
    waits = rule.action == NoticeAction.CHAT
    row: dict[str, Any] = {
        "rule_id": rule.id, "event_id": event_id, "title": text.subject, "body": text.body, "cause": None,
        "state": NoticeState.QUEUED if waits else NoticeState.DONE, "at": uow.now(),
    }  # fmt: skip
    outcome_id: int | None = insert_once(uow.session, NoticeOutcome, row)
    if outcome_id is None:
        return None  # it was told: the event came a second time
    if waits:
        jobs.enqueue(
            uow, SAY, f"notice:{outcome_id}", {"outcome_id": outcome_id}, subject=("notice_rule", rule.id)
        )
    elif rule.action == NoticeAction.MAIL:
        for address in rule.addresses:
            queue_text(uow, text, Envelope("notice", address, f"notice:{outcome_id}"))
    else:
        uow.session.add(StaffNote(title=text.subject, body=text.body, href=pure.page_of(event), at=uow.now()))
    return outcome_id


def _text(uow: UnitOfWork, rule: NoticeRule, event: Event) -> Text:
    shop = uow.settings.shop
    values, kind = pure.values_of(event, shop.name, shop.site_url), type(event)
    for words in (rule.words or pure.default_words(kind), pure.default_words(kind)):
        try:
            source = Text(rule.name, words)
            made = fill_parts(source, values, language=DEFAULT_LANGUAGE, time_zone=shop.time_zone)
        except BadTemplate:
            continue  # another release had a field that this text asks for
        return Text(one_line(rule.name), made.body)
    return Text(one_line(rule.name), str(values["link"]))


def _write(uow: UnitOfWork, rule: NoticeRule, wanted: Wanted) -> None:
    event, name = pure.event_class(rule.event), one_line(wanted.name)[:80]
    if not name or "{{" in name:
        raise InvalidInput("Give the rule a name, without places for values", field="name")
    if wanted.action not in set(NoticeAction):
        raise InvalidInput("Choose how it tells", field="action")
    for number, condition in enumerate(wanted.conditions, 1):
        try:
            pure.check_condition(event, condition)
        except InvalidInput as error:
            raise InvalidInput(error.message, field=f"value_{number}") from error
    try:
        places.check(places.parse(wanted.words), pure.names_for(event))
    except BadTemplate as error:
        raise InvalidInput(error.message, field="words") from error
    rule.name, rule.action, rule.words = name, wanted.action, wanted.words.replace("\r\n", "\n")
    rule.conditions = [list(one) for one in wanted.conditions]
    rule.addresses = _addresses(wanted)
    _keep_url(uow, rule, wanted)


def _addresses(wanted: Wanted) -> list[str]:
    if wanted.action != NoticeAction.MAIL:
        return []
    if not 1 <= len(wanted.addresses) <= MOST_ADDRESSES:
        raise InvalidInput(f"Write one to {MOST_ADDRESSES} addresses, one a line", field="addresses")
    try:
        return [check_address(one) for one in dict.fromkeys(wanted.addresses)]
    except InvalidInput as error:
        raise InvalidInput(error.message, field="addresses") from error


def _keep_url(uow: UnitOfWork, rule: NoticeRule, wanted: Wanted) -> None:
    if wanted.action != NoticeAction.CHAT:
        rule.url, rule.host = None, ""
        return
    if wanted.url:
        url = check_url(wanted.url.strip(), private=uow.settings.security.private_webhooks)
        rule.url, rule.host = uow.box.seal(rule.sealed_as, url), str(urlsplit(url).hostname)[:260]
    if not rule.url:
        raise InvalidInput("Write the address of the chat's webhook", field="url")
    if rule.secret is None:
        rule.secret = uow.box.seal(rule.sealed_as, uow.ids.token())


def _facts(rule: NoticeRule) -> dict[str, Any]:
    return {
        "name": rule.name, "event": rule.event, "action": rule.action, "conditions": rule.conditions,
        "addresses": rule.addresses, "host": rule.host,
    }  # fmt: skip
