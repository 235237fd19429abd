"""Reads of the second factor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from ezcore.accounts.factors.models import LoginStep, RecoveryCode, SecondFactor
from ezcore.accounts.factors.rules import TRIES_PER_STEP, address_for_apps
from ezcore.accounts.models import User
from ezcore.accounts.rules import digest
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class FactorState:
    """What the security page says: is it on, is it being set up, how many recovery codes are left."""

    is_on: bool
    is_begun: bool
    codes_left: int


def is_on(uow: UnitOfWork, user_id: int) -> bool:
    """Does this user log in with a second factor?"""
    return user_id in with_factor(uow, [user_id])


def with_factor(uow: UnitOfWork, user_ids: Collection[int]) -> set[int]:
    """Those of these users who log in with a second factor."""
    on = (SecondFactor.user_id.in_(user_ids), SecondFactor.confirmed_at.is_not(None))
    return set(uow.session.scalars(select(SecondFactor.user_id).where(*on)))


def state_of(uow: UnitOfWork, user_id: int) -> FactorState:
    """How it stands with a user's second factor."""
    row = uow.session.get(SecondFactor, user_id)
    left = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    on = row is not None and row.confirmed_at is not None
    return FactorState(on, row is not None and not on, (uow.session.scalar(left) or 0) if on else 0)


def begun(uow: UnitOfWork, user: User) -> tuple[str, str] | None:
    """Secret and address for apps of what this user sets up now; None when nothing is begun, or it is on already."""
    row = uow.session.get(SecondFactor, user.id)
    if row is None or row.confirmed_at is not None:
        return None
    secret = uow.box.open(row.sealed_as, row.secret)
    return secret, address_for_apps(secret, user.email, uow.settings.shop.name)


def step(uow: UnitOfWork, token: str | None) -> LoginStep | None:
    """The half-way log-in that a cookie's token stands for, while it may be finished."""
    row = uow.session.get(LoginStep, digest(token)) if token else None
    if row is None or row.ended_at is not None or row.expires_at <= uow.now() or row.tries >= TRIES_PER_STEP:
        return None
    return row
