"""Does one action to many things: each in a unit of work of its own, so that one refusal is only its own."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import EzError
from ezcore.languages import say
from ezcore.web.admin.bulk.actions import Act
from ezcore.work import Work

log = logging.getLogger(__name__)


@dataclass
class Outcome:
    """What became of each; `same`: nothing had to be changed. `refused` says why."""

    done: list[int] = field(default_factory=list)
    same: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def run(work: Work, actor: Actor, act: Act, numbers: Sequence[int], reason: str) -> Outcome:
    """One after the other; what is done stays done whatever the others say. Raises: NotAllowed, before any."""
    actor.require(act.permission)
    outcome = Outcome()
    for number in numbers:
        try:
            with work.write(actor) as uow:
                changed = act.do(uow, number, reason)
        except EzError as error:
            outcome.refused[number] = say(error.message)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("defect %s at %s of %d", reference, act.key, number)
            outcome.refused[number] = say("Something broke here: reference ${reference}", reference=reference)
        else:
            (outcome.done if changed else outcome.same).append(number)
    return outcome
