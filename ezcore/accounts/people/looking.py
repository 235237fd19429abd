"""Staff look at a client's pages as the client sees them: reading only, audited at both ends."""

from __future__ import annotations

from sqlalchemy import update

from ezcore.accounts import queries
from ezcore.accounts.models import LoginSession
from ezcore.audit import operations as audit
from ezcore.kernel.errors import NotAllowed, Refused
from ezcore.work import UnitOfWork


def begin(uow: UnitOfWork, token_hash: str, client_id: int) -> None:
    """This session of a member of staff sees the client's pages until `end`.

    Raises: NotAllowed without ``clients.manage``; NotFound.
    """
    uow.actor.require("clients.manage")
    if uow.actor.kind != "staff":
        raise NotAllowed("Only staff look at clients", permission="clients.manage")
    client = queries.client(uow, client_id)
    _set(uow, token_hash, client.id)
    audit.record(uow, "client.look", "client", client.id, client_id=client.id)


def end(uow: UnitOfWork, token_hash: str) -> int:
    """Back to the admin area; gives the id of the client that was looked at. Raises: Refused when nobody looks."""
    row = uow.session.get(LoginSession, token_hash)
    if row is None or row.looks_at is None:
        raise Refused("You look at no client")
    client_id = row.looks_at
    _set(uow, token_hash, None)
    audit.record(uow, "client.look_end", "client", client_id, client_id=client_id)
    return client_id


def _set(uow: UnitOfWork, token_hash: str, client_id: int | None) -> None:
    mine = (LoginSession.token_hash == token_hash, LoginSession.user_id == uow.actor.user_id)
    uow.session.execute(update(LoginSession).where(*mine).values(looks_at=client_id))
