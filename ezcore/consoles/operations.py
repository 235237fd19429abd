"""Give out a ticket for a console, and take it in once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select, update

from ezcore.audit import operations as audit
from ezcore.consoles.models import ConsoleTicket
from ezcore.kernel.errors import NotFound, Refused
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork

LIFETIME: Final = timedelta(seconds=30)
LONGEST: Final = 100


def give_ticket(uow: UnitOfWork, service: Service) -> str:
    """A ticket for the acting user and this service; good once, for half a minute. Returns its token.

    Raises: NotAllowed; NotFound for another client's service; Refused when the service does not run.
    """
    uow.actor.require("client.services")
    if service.client_id != uow.actor.client_id or uow.actor.user_id is None:
        raise NotFound("There is no such service")
    if service.state != ServiceState.ACTIVE:
        raise Refused("a console opens while the service is active")
    own = ConsoleTicket.user_id == uow.actor.user_id
    uow.session.execute(delete(ConsoleTicket).where(own, ConsoleTicket.expires_at <= uow.now() - LIFETIME))
    token = secrets.token_urlsafe(32)
    uow.session.add(
        ConsoleTicket(
            token_hash=_hash(token),
            user_id=uow.actor.user_id,
            service_id=service.id,
            expires_at=uow.now() + LIFETIME,
        )
    )
    audit.record(uow, "console.ticket", "service", service.id, client_id=service.client_id)
    return token


def take_ticket(uow: UnitOfWork, token: str) -> Service:
    """Use a ticket up; gives the service whose console it opens. One statement decides who was first.

    Raises: Refused for a ticket that is unknown, another user's, used or too old: they look the same from outside.
    """
    mine = (ConsoleTicket.token_hash == _hash(token[:LONGEST]), ConsoleTicket.user_id == uow.actor.user_id)
    used = uow.session.execute(
        update(ConsoleTicket)
        .where(*mine, ConsoleTicket.used_at.is_(None), ConsoleTicket.expires_at > uow.now())
        .values(used_at=uow.now())
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise Refused("this ticket was used or is too old")
    of_ticket = select(Service).join(ConsoleTicket, ConsoleTicket.service_id == Service.id).where(*mine)
    service = uow.session.scalars(of_ticket).one()
    uow.actor.require("client.services")
    if service.client_id != uow.actor.client_id or service.state != ServiceState.ACTIVE:
        raise Refused("this ticket was used or is too old")
    audit.record(uow, "console.open", "service", service.id, client_id=service.client_id)
    return service


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
