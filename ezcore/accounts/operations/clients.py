"""What staff do to clients: make one, correct its details, close and reopen its account."""

from __future__ import annotations

from ezcore.accounts import queries
from ezcore.accounts.inputs import ClientInput, NewClientInput
from ezcore.accounts.models import Client, ClientStatus
from ezcore.accounts.operations.links import request_reset
from ezcore.accounts.operations.profile import write_profile
from ezcore.accounts.operations.signup import SignUp, create_client, create_user
from ezcore.accounts.rules import NO_PASSWORD
from ezcore.audit import operations as audit
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.work import UnitOfWork

SHORTEST_REASON = 3


def create_by_staff(uow: UnitOfWork, typed: NewClientInput) -> Client:
    """A client with its owner's login, which no password opens until its owner has chosen one by a link.

    Emits: ClientCreated; TaxNumberChanged when it has a tax number.
    Raises: NotAllowed without ``clients.manage``; InvalidInput naming `email` when the address has a login.
    """
    uow.actor.require("clients.manage")
    user = create_user(uow, typed.email, typed.name, NO_PASSWORD)
    if user is None:
        raise InvalidInput(f"{typed.email} has a login already", field="email")
    new = SignUp(
        typed.name, typed.email, NO_PASSWORD, typed.country, typed.company, typed.language, typed.tax_number
    )
    client = create_client(uow, user, new)
    for name in ("line1", "line2", "postcode", "city", "region"):
        setattr(client, name, getattr(typed, name))
    uow.session.flush()
    if typed.invite:
        request_reset(uow, typed.email)
    return client


def change_client(uow: UnitOfWork, client_id: int, typed: ClientInput) -> None:
    """Correct a client's details. Issued invoices keep their own copy, and logins their own addresses.

    Emits: TaxNumberChanged when the tax number is another one, or stands for another country.
    Raises: NotAllowed without ``clients.manage``; NotFound.
    """
    uow.actor.require("clients.manage")
    write_profile(uow, queries.client(uow, client_id), typed)


def close_client(uow: UnitOfWork, client_id: int, reason: str) -> None:
    """Let a client order nothing any more; what it has is billed and reached as before.

    Raises: NotAllowed without ``clients.manage``; InvalidInput naming `reason`; Refused when it is closed; NotFound.
    """
    _move(uow, client_id, ClientStatus.CLOSED, "client.close", reason)


def reopen_client(uow: UnitOfWork, client_id: int, reason: str) -> None:
    """Let a closed client order again. Raises: as `close_client`."""
    _move(uow, client_id, ClientStatus.ACTIVE, "client.reopen", reason)


def _move(uow: UnitOfWork, client_id: int, status: ClientStatus, verb: str, reason: str) -> None:
    uow.actor.require("clients.manage")
    client, words = queries.client(uow, client_id), reason.strip()
    if len(words) < SHORTEST_REASON:
        raise InvalidInput("Say why: it is kept in the audit log", field="reason")
    if client.status == status:
        raise Refused(f"This account is {status} already")
    client.status = status
    uow.session.flush()
    audit.record(uow, verb, "client", client.id, client_id=client.id, reason=words[:400])
