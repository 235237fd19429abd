"""Throws away what has served: old throttle windows, dead links, the login history beyond its time."""

from __future__ import annotations

from sqlalchemy import delete, or_

from ezcore.accounts.factors.models import LoginStep
from ezcore.accounts.models import EmailToken, LoginSession, Throttle
from ezcore.accounts.rules import KEEP_HISTORY
from ezcore.work import UnitOfWork


def keep_house(uow: UnitOfWork) -> dict[str, int]:
    """Delete by age. Returns counts per table."""
    now = uow.now()
    old = now - KEEP_HISTORY
    statements = {
        "throttle": delete(Throttle).where(Throttle.ends_at < int(now.timestamp())),
        "email_tokens": delete(EmailToken).where(EmailToken.expires_at < old),
        "login_steps": delete(LoginStep).where(LoginStep.expires_at < now),
        "login_sessions": delete(LoginSession).where(
            or_(LoginSession.ended_at < old, LoginSession.expires_at < old)
        ),
    }
    return {name: uow.session.execute(statement).rowcount for name, statement in statements.items()}  # type: ignore[attr-defined]
