"""Reads of keys: those of a client, and who acts with one."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from ezcore.accounts import permissions
from ezcore.accounts.api_keys.models import ApiKey
from ezcore.accounts.api_keys.rules import READS, prefix_of
from ezcore.accounts.models import User
from ezcore.accounts.queries import memberships_of
from ezcore.accounts.rules import SEEN_EVERY, digest
from ezcore.kernel.actor import Actor
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class KeyFacts:
    """A good key: who acts with it, and whether its use is to be written down."""

    key_id: int
    actor: Actor
    is_stale: bool


def keys_of(uow: UnitOfWork, client_id: int) -> Sequence[ApiKey]:
    """Every key of a client, the newest first; ended ones too."""
    mine = select(ApiKey).where(ApiKey.client_id == client_id)
    return uow.session.scalars(mine.order_by(ApiKey.id.desc()).limit(100)).all()


def key_behind(uow: UnitOfWork, text: str, *, ip: str | None = None) -> KeyFacts | None:
    """Who acts with this key; None for one that is wrong, ended, too old, or whose maker is no member any more."""
    prefix = prefix_of(text)
    row = uow.session.scalars(select(ApiKey).where(ApiKey.prefix == prefix)).first() if prefix else None
    right = hmac.compare_digest((row.key_hash if row else digest("")).encode(), digest(text).encode())
    if row is None or not right or row.revoked_at is not None or row.expires_at <= uow.now():
        return None
    maker = uow.session.get_one(User, row.user_id)
    theirs = [pair for pair in memberships_of(uow, maker.id) if pair[1].id == row.client_id]
    if maker.disabled_at is not None or maker.staff_role_id is not None or not theirs:
        return None
    member, client = theirs[0]
    may = permissions.of_member(
        member.role, member.grants, verified=maker.verified_at is not None, status=client.status
    )
    actor = Actor(
        "client", user_id=maker.id, client_id=client.id, name=f"{maker.name} by the key {row.prefix}", ip=ip
    )
    stale = row.last_used_at is None or row.last_used_at <= uow.now() - SEEN_EVERY
    allowed = may & READS if "read" in row.scopes else frozenset()
    return KeyFacts(row.id, replace(actor, permissions=allowed), stale)
