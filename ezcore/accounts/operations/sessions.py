"""Sessions: opened at login with a new random token, ended at logout, revoked by their owner."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from ezcore.accounts.models import LoginSession
from ezcore.accounts.rules import SEEN_EVERY, digest
from ezcore.audit import operations as audit
from ezcore.kernel.errors import NotAllowed, NotFound
from ezcore.messaging.rules import one_line
from ezcore.work import UnitOfWork


def open_session(uow: UnitOfWork, user_id: int, *, ip: str | None, agent: str, old: str | None = None) -> str:
    """Log a user in; gives the token for the cookie. `old` is the cookie's token so far: it ends."""
    if old:
        _end(uow, LoginSession.token_hash == digest(old))
    token, now = uow.ids.token(), uow.now()
    row = LoginSession(
        token_hash=digest(token),
        public_id=uow.ids.key("session"),
        user_id=user_id,
        csrf=uow.ids.token(),
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=uow.settings.security.session_hours),
        ip=(ip or "")[:64],
        agent=one_line(agent)[:200],
    )
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "user.log_in", "user", user_id)
    return token


def log_out(uow: UnitOfWork, token: str) -> None:
    """End the session of this cookie; nothing happens when it is over already."""
    if _end(uow, LoginSession.token_hash == digest(token)):
        audit.record(uow, "user.log_out", "user", uow.actor.user_id)


def revoke_session(uow: UnitOfWork, public_id: str) -> None:
    """End one of the actor's own sessions. Raises: NotFound, also for the session of somebody else."""
    mine = LoginSession.user_id == uow.actor.user_id
    if not _end(uow, LoginSession.public_id == public_id, mine):
        raise NotFound("There is no such session")
    audit.record(uow, "user.revoke_session", "user", uow.actor.user_id, after={"session": public_id})


def end_other_sessions(uow: UnitOfWork, keep: str) -> int:
    """End every session of the actor but the one with the token hash `keep`. Returns how many."""
    if uow.actor.user_id is None:
        raise NotAllowed("Please log in")
    ended = end_sessions(uow, uow.actor.user_id, keep=keep)
    audit.record(uow, "user.revoke_sessions", "user", uow.actor.user_id, after={"ended": ended})
    return ended


def end_sessions(uow: UnitOfWork, user_id: int, *, keep: str | None = None) -> int:
    """End every session of a user but the one with the token hash `keep`. Returns how many."""
    others = LoginSession.token_hash != (keep or "")
    return _end(uow, LoginSession.user_id == user_id, others)


def seen(uow: UnitOfWork, token_hash: str) -> None:
    """Write down that a session is in use, at most once a minute whoever asks."""
    stale = LoginSession.seen_at < uow.now() - SEEN_EVERY
    uow.session.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == token_hash, LoginSession.ended_at.is_(None), stale)
        .values(seen_at=uow.now())
    )


def _end(uow: UnitOfWork, *which: object) -> int:
    ended = uow.session.execute(
        update(LoginSession)
        .where(LoginSession.ended_at.is_(None), *which)  # type: ignore[arg-type]  # conditions on LoginSession
        .values(ended_at=uow.now())
        .returning(LoginSession.token_hash)
    )
    return len(ended.all())
