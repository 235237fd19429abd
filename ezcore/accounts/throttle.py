"""Counts tries in windows of time, exactly and on every database: the store behind rate limits.

A hit is one atomic upsert, so any number of web processes count together. Windows are fixed: they begin at
multiples of their length, by the business clock.
"""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from ezcore.accounts.models import Throttle
from ezcore.work import UnitOfWork


def hit(uow: UnitOfWork, bucket: str, *, limit: int, seconds: int) -> int:
    """Count one try. Returns 0 while at most `limit` were made in this window, else the seconds to wait."""
    now = int(uow.now().timestamp())
    starts_at = now - now % seconds
    count = _count(uow, bucket[:120], starts_at, starts_at + seconds)
    return max(1, starts_at + seconds - now) if count > limit else 0


def clear(uow: UnitOfWork, bucket: str) -> None:
    """Forget the tries of a bucket: it went well."""
    uow.session.execute(delete(Throttle).where(Throttle.bucket == bucket[:120]))


def _count(uow: UnitOfWork, bucket: str, starts_at: int, ends_at: int) -> int:
    dialect = sqlite if uow.session.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(Throttle)
        .values(bucket=bucket, starts_at=starts_at, ends_at=ends_at, count=1)
        .on_conflict_do_update(index_elements=["bucket", "starts_at"], set_={"count": Throttle.count + 1})
        .returning(Throttle.count)
    )
    return int(uow.session.execute(statement).scalar_one())
