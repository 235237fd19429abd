"""Reads of the people of a client."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ezcore.accounts.models import Client, Membership
from ezcore.accounts.people.models import ClientInvitation
from ezcore.accounts.rules import digest
from ezcore.work import UnitOfWork


def open_invitations(uow: UnitOfWork, client_id: int) -> Sequence[ClientInvitation]:
    """Those who were asked and have not answered, the newest first; also those whose link is too old by now."""
    mine = (ClientInvitation.client_id == client_id, ClientInvitation.ended_at.is_(None))
    return uow.session.scalars(
        select(ClientInvitation).where(*mine).order_by(ClientInvitation.id.desc())
    ).all()


def invitation_behind(uow: UnitOfWork, token: str) -> tuple[ClientInvitation, Client] | None:
    """What a link would accept now, and for whom; changes nothing."""
    good = (
        ClientInvitation.token_hash == digest(token),
        ClientInvitation.ended_at.is_(None),
        ClientInvitation.expires_at > uow.now(),
    )
    query = select(ClientInvitation, Client).join(Client, Client.id == ClientInvitation.client_id)
    row = uow.session.execute(query.where(*good)).first()
    return (row[0], row[1]) if row else None


def members(uow: UnitOfWork, client_id: int) -> Sequence[Membership]:
    """The memberships of a client, the first one first."""
    mine = select(Membership).where(Membership.client_id == client_id)
    return uow.session.scalars(mine.order_by(Membership.id)).all()
