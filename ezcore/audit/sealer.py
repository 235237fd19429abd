"""Seals audit rows in batches and verifies the chain.

A chain inside each transaction would be one global lock, so rows are written unchained and sealed later; rows
newer than the last seal are "not yet sealed". Rows younger than `SETTLE` are left: a transaction that began
earlier may still commit a lower id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, text

from ezcore.audit.models import AuditRow, AuditSeal
from ezcore.work import UnitOfWork

SETTLE = timedelta(minutes=2)
GENESIS = "0" * 64


@dataclass(frozen=True)
class Verdict:
    """Result of a verification: `broken_at` is the first seal that does not match, None when all do."""

    seals: int
    rows: int
    unsealed: int
    broken_at: int | None


def seal_next(uow: UnitOfWork, limit: int = 5000) -> int:
    """Seal the next batch; returns how many rows. Unique first and last ids refuse a second sealer."""
    if _somebody_is_late(uow):
        return 0
    previous = uow.session.scalars(select(AuditSeal).order_by(AuditSeal.id.desc()).limit(1)).first()
    after = previous.last_id if previous else 0
    # A younger row below an older one would be skipped for ever: stop at the first that has not settled.
    young = select(func.min(AuditRow.id)).where(AuditRow.id > after, AuditRow.at > uow.now() - SETTLE)
    first_young = uow.session.scalar(young)
    settled = select(AuditRow).where(AuditRow.id > after).order_by(AuditRow.id).limit(limit)
    if first_young is not None:
        settled = settled.where(AuditRow.id < first_young)
    rows = uow.session.scalars(settled).all()
    if not rows:
        return 0
    digest = rows_hash(rows)
    chain = previous.seal if previous else GENESIS
    uow.session.add(
        AuditSeal(
            first_id=rows[0].id,
            last_id=rows[-1].id,
            rows_hash=digest,
            previous=chain,
            seal=_seal(chain, rows[0].id, rows[-1].id, digest),
            at=uow.now(),
        )
    )
    return len(rows)


def verify(uow: UnitOfWork) -> Verdict:
    """Recompute every seal from the rows."""
    chain, counted, last, number = GENESIS, 0, 0, 0
    for number, seal in enumerate(uow.session.scalars(select(AuditSeal).order_by(AuditSeal.id)), 1):
        rows = uow.session.scalars(
            select(AuditRow).where(AuditRow.id > last, AuditRow.id <= seal.last_id).order_by(AuditRow.id)
        ).all()
        digest = rows_hash(rows)
        expected = _seal(chain, seal.first_id, seal.last_id, digest)
        if not rows or seal.previous != chain or seal.seal != expected:
            return Verdict(number, counted, 0, seal.id)
        chain, counted, last = seal.seal, counted + len(rows), seal.last_id
    waiting = uow.session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.id > last)) or 0
    return Verdict(number, counted, waiting, None)


def rows_hash(rows: Sequence[AuditRow]) -> str:
    """SHA-256 over the canonical JSON of the rows, all columns."""
    digest = hashlib.sha256()
    for row in rows:
        values = {column.key: getattr(row, column.key) for column in AuditRow.__table__.columns}
        digest.update(json.dumps(values, sort_keys=True, default=str, separators=(",", ":")).encode())
    return digest.hexdigest()


def _somebody_is_late(uow: UnitOfWork) -> bool:
    """May a transaction older than `SETTLE` still commit a low id? SQLite has one writer: us."""
    if uow.session.get_bind().dialect.name == "sqlite":
        return False
    late = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL"
        " AND pid <> pg_backend_pid() AND xact_start < clock_timestamp() - make_interval(secs => :seconds)"
    )
    return bool(uow.session.execute(late, {"seconds": SETTLE.total_seconds()}).scalar())


def _seal(chain: str, first: int, last: int, digest: str) -> str:
    return hashlib.sha256(f"{chain}:{first}:{last}:{digest}".encode()).hexdigest()
