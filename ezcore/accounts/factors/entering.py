"""The second half of a log-in: a code within ten minutes, five tries, and limits as for passwords."""

from __future__ import annotations

from typing import Final

from sqlalchemy import update

from ezcore.accounts import throttle
from ezcore.accounts.errors import LinkNotGood, TooManyTries, WrongCode
from ezcore.accounts.factors.models import LoginStep
from ezcore.accounts.factors.operations import use_code
from ezcore.accounts.factors.queries import step
from ezcore.accounts.factors.rules import TRIES_PER_STEP
from ezcore.accounts.models import TokenPurpose, User
from ezcore.accounts.operations.links import end_tokens
from ezcore.accounts.operations.login import TRIES_PER_ACCOUNT, WINDOW, Visit, known_place, warn
from ezcore.accounts.operations.sessions import open_session
from ezcore.accounts.queries import actor_for
from ezcore.accounts.rules import digest
from ezcore.audit import operations as audit
from ezcore.kernel.actor import Actor
from ezcore.work import UnitOfWork, Work

_BUCKET: Final = "factor:account"


def finish(work: Work, actor: Actor, token: str | None, typed: str, visit: Visit) -> str:
    """Take the code and open the session; gives the token for the cookie.

    Raises: LinkNotGood when there is no such half-way log-in any more: it starts anew with the password. WrongCode.
    TooManyTries by account: the owner is warned, and may still come in from a known place.
    """
    user, wait = _count(work, actor, token, visit)
    if wait:
        audit.record_refusal(work, actor, "user.log_in", "user", user.id, "too many codes")
        raise TooManyTries(wait)
    with work.read() as look:
        known = actor_for(look, look.session.get_one(User, user.id), ip=visit.ip)
    with work.write(known) as uow:
        if use_code(uow, user.id, typed):
            return _enter(uow, user.id, token or "", visit)
    audit.record_refusal(work, actor, "user.log_in", "user", user.id, "wrong code")
    raise WrongCode(field="code")


def _count(work: Work, actor: Actor, token: str | None, visit: Visit) -> tuple[User, int]:
    """Count the try before the code is looked at: whoever sends many at once gets no more than five."""
    with work.write(actor) as uow:
        counted = uow.session.execute(
            update(LoginStep)
            .where(
                LoginStep.token_hash == digest(token or ""), LoginStep.ended_at.is_(None),
                LoginStep.expires_at > uow.now(), LoginStep.tries < TRIES_PER_STEP,
            )
            .values(tries=LoginStep.tries + 1)
            .returning(LoginStep.user_id)
        ).scalar_one_or_none()  # fmt: skip
        user = uow.session.get(User, counted) if counted is not None else None
        if user is None or user.disabled_at is not None:
            raise LinkNotGood
        wait = throttle.hit(uow, f"{_BUCKET}:{user.id}", limit=TRIES_PER_ACCOUNT, seconds=WINDOW)
        if wait:
            warn(uow, user)
            wait = 0 if known_place(uow, user, visit.ip) else wait
        return user, wait


def _enter(uow: UnitOfWork, user_id: int, token: str, visit: Visit) -> str:
    ended = uow.session.execute(
        update(LoginStep)
        .where(LoginStep.token_hash == digest(token), LoginStep.ended_at.is_(None))
        .values(ended_at=uow.now())
        .returning(LoginStep.user_id)
    ).all()
    if not ended:  # another request with the same cookie was faster
        raise LinkNotGood
    throttle.clear(uow, f"{_BUCKET}:{user_id}")
    end_tokens(uow, user_id, TokenPurpose.RESET)
    return open_session(uow, user_id, ip=visit.ip, agent=visit.agent, old=visit.session)


__all__ = ["finish", "step"]
