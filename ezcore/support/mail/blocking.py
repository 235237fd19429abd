"""Block rules: mail that is kept in the list and goes no further. Staff write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.messaging.rules import check_address, one_line
from ezcore.support.mail.models import BlockRule, RuleKind
from ezcore.support.tickets.operations import MANAGE
from ezcore.work import UnitOfWork

SHORTEST: Final = 3
LONGEST: Final = 254


def add(uow: UnitOfWork, kind: RuleKind, value: str) -> int:
    """A new rule; gives its number. Raises: NotAllowed; InvalidInput at `value`, also for one that is there."""
    uow.actor.require(MANAGE)
    known = _checked(kind, value)
    made: int | None = insert_once(uow.session, BlockRule, {"kind": kind, "value": known, "at": uow.now()})
    if made is None:
        raise InvalidInput("This is blocked already", field="value")
    audit.record(uow, "mail_block.add", "support_block_rule", made, after={"kind": str(kind), "value": known})
    return made


def remove(uow: UnitOfWork, rule_id: int) -> None:
    """It blocks no more. Raises: NotAllowed, NotFound."""
    uow.actor.require(MANAGE)
    found = uow.session.get(BlockRule, rule_id)
    if found is None:
        raise NotFound("There is no such rule")
    before = {"kind": found.kind, "value": found.value}
    uow.session.delete(found)
    audit.record(uow, "mail_block.remove", "support_block_rule", rule_id, before=before)


def blocking(rules: Sequence[BlockRule], sender: str, subject: str) -> BlockRule | None:
    """The rule that blocks a mail. A domain's counts for what is below it; words are found in any case."""
    domain = sender.rpartition("@")[2].lower()
    for rule in rules:
        hit = {
            RuleKind.ADDRESS: sender.lower() == rule.value,
            RuleKind.DOMAIN: domain == rule.value or domain.endswith(f".{rule.value}"),
            RuleKind.SUBJECT: rule.value in subject.casefold(),
        }
        if hit[RuleKind(rule.kind)]:
            return rule
    return None


def _checked(kind: RuleKind, value: str) -> str:
    known = one_line(value)[:LONGEST]
    if kind == RuleKind.SUBJECT:
        if len(known) < SHORTEST:
            raise InvalidInput(f"At least {SHORTEST} characters, or it blocks too much", field="value")
        return known.casefold()
    if kind == RuleKind.DOMAIN:
        known = known.lower().removeprefix("@").strip(".")
        probe = f"x@{known}"
    else:
        known = probe = known.lower()
    try:
        check_address(probe)
    except InvalidInput as error:
        words = "This is no domain, such as example.com" if kind == RuleKind.DOMAIN else error.message
        raise InvalidInput(words, field="value") from error
    return known
