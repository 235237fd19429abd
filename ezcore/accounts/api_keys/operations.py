"""Verbs of keys: make one, shown once; end one; note that it was used."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from sqlalchemy import func, or_, select, update

from ezcore.accounts.api_keys.models import ApiKey
from ezcore.accounts.api_keys.rules import LIVES, MARK, MOST, SCOPES
from ezcore.accounts.queries import client_of, user_of
from ezcore.accounts.rules import SEEN_EVERY, digest
from ezcore.audit import operations as audit
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.messaging.rules import one_line
from ezcore.work import UnitOfWork

MANAGE: Final = "client.people"


def create(uow: UnitOfWork, name: str, scopes: Collection[str], days: int) -> str:
    """A new key of the actor's client; gives it whole, this one time. Whoever calls has asked for the password.

    Raises: NotAllowed; InvalidInput naming `name`, `scopes` or `days`; Refused when there are many already.
    """
    uow.actor.require(MANAGE)
    client, user, known = client_of(uow, uow.actor), user_of(uow, uow.actor), one_line(name)[:80]
    if not known:
        raise InvalidInput("Enter a name", field="name")
    if not scopes or set(scopes) - set(SCOPES):
        raise InvalidInput("Choose what it may do", field="scopes")
    if days not in LIVES:
        raise InvalidInput("Choose from the list", field="days")
    live = (ApiKey.client_id == client.id, ApiKey.revoked_at.is_(None), ApiKey.expires_at > uow.now())
    if (uow.session.scalar(select(func.count()).where(*live)) or 0) >= MOST:
        raise Refused(f"At most {MOST} keys; end one first")
    prefix = uow.ids.key("k").partition("_")[2][:12]
    text = f"{MARK}_{prefix}_{uow.ids.token()}"
    row = ApiKey(
        client_id=client.id, user_id=user.id, name=known, prefix=prefix, key_hash=digest(text),
        scopes=sorted(set(scopes)), created_at=uow.now(), expires_at=uow.now() + timedelta(days=days),
    )  # fmt: skip
    uow.session.add(row)
    uow.session.flush()
    after = {"scopes": list(row.scopes), "prefix": prefix}
    audit.record(uow, "api_key.create", "api_key", row.id, client_id=client.id, after=after)
    return text


def revoke(uow: UnitOfWork, key_id: int) -> None:
    """It opens nothing from now on. Raises: NotAllowed; NotFound, also for another client's."""
    uow.actor.require(MANAGE)
    mine = (ApiKey.id == key_id, ApiKey.client_id == uow.actor.client_id, ApiKey.revoked_at.is_(None))
    ended = uow.session.execute(
        update(ApiKey).where(*mine).values(revoked_at=uow.now()).returning(ApiKey.id)
    ).all()
    if not ended:
        raise NotFound("There is no such key")
    audit.record(uow, "api_key.revoke", "api_key", key_id, client_id=uow.actor.client_id)


def used(uow: UnitOfWork, key_id: int) -> None:
    """Write down that a key is in use, at most once a minute whoever asks."""
    stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < uow.now() - SEEN_EVERY)
    uow.session.execute(update(ApiKey).where(ApiKey.id == key_id, stale).values(last_used_at=uow.now()))
