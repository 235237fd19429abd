"""Put a tag on a client, take it off."""

from __future__ import annotations

from sqlalchemy import delete, func, select

from ezcore.accounts.models import Client
from ezcore.accounts.tags.models import ClientTag
from ezcore.accounts.tags.rules import MOST, written
from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.work import UnitOfWork


def add(uow: UnitOfWork, client_id: int, typed: str) -> bool:
    """Put a tag on; False when it is there. Raises: NotAllowed; NotFound; InvalidInput naming `tag`."""
    name = written(typed)
    _locked(uow, client_id)
    standing = select(func.count()).where(ClientTag.client_id == client_id, ClientTag.name != name)
    if (uow.session.scalar(standing) or 0) >= MOST:
        raise InvalidInput(f"A client has at most {MOST} tags", field="tag")
    if insert_once(uow.session, ClientTag, {"client_id": client_id, "name": name}, "name") is None:
        return False
    audit.record(uow, "client.tag", "client", client_id, client_id=client_id, after={"tag": name})
    return True


def remove(uow: UnitOfWork, client_id: int, typed: str) -> bool:
    """Take a tag off; False when it is not there. Raises: NotAllowed; NotFound; InvalidInput naming `tag`."""
    name = written(typed)
    _locked(uow, client_id)
    one = delete(ClientTag).where(ClientTag.client_id == client_id, ClientTag.name == name)
    if uow.session.execute(one.returning(ClientTag.name)).first() is None:
        return False
    audit.record(uow, "client.untag", "client", client_id, client_id=client_id, before={"tag": name})
    return True


def _locked(uow: UnitOfWork, client_id: int) -> None:
    """Tags of one client are counted one after the other."""
    uow.actor.require("clients.manage")
    found = select(Client.id).where(Client.id == client_id).with_for_update()
    if uow.session.scalar(found) is None:
        raise NotFound("There is no such client")
