"""Verbs of contacts: add, change, remove."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import func, select

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.messaging.copies.models import ClientContact
from ezcore.messaging.copies.rules import KINDS, MOST
from ezcore.messaging.rules import check_address, one_line
from ezcore.work import UnitOfWork

MANAGE: Final = "client.people"


def add(uow: UnitOfWork, name: str, email: str, kinds: Collection[str]) -> int:
    """A new contact of the actor's client; gives its id.

    Raises: NotAllowed; InvalidInput naming `name`, `email` or `kinds`; Refused when there are many already.
    """
    client_id = _client(uow)
    known, wanted = _checked(name, kinds)
    address = check_address(email.strip()).lower()
    count = uow.session.scalar(select(func.count()).where(ClientContact.client_id == client_id)) or 0
    if count >= MOST:
        raise Refused(f"At most {MOST} contacts; remove one first")
    facts = {
        "client_id": client_id, "name": known, "email": address, "kinds": wanted, "created_at": uow.now(),
    }  # fmt: skip
    made = insert_once(uow.session, ClientContact, facts)
    if made is None:
        raise InvalidInput(f"{address} is a contact already", field="email")
    audit.record(uow, "contact.add", "client_contact", made, client_id=client_id, after={"kinds": wanted})
    return int(made)


def change(uow: UnitOfWork, contact_id: int, name: str, kinds: Collection[str]) -> None:
    """Another name, other kinds of mail. Raises: NotAllowed, InvalidInput; NotFound, also for another client's."""
    found = _own(uow, contact_id)
    before = list(found.kinds)
    found.name, found.kinds = _checked(name, kinds)
    uow.session.flush()
    audit.record(
        uow, "contact.change", "client_contact", found.id, client_id=found.client_id,
        before={"kinds": before}, after={"kinds": list(found.kinds)},
    )  # fmt: skip


def remove(uow: UnitOfWork, contact_id: int) -> None:
    """They get no more copies. Raises: NotAllowed; NotFound, also for another client's."""
    found = _own(uow, contact_id)
    uow.session.delete(found)
    uow.session.flush()
    audit.record(uow, "contact.remove", "client_contact", contact_id, client_id=found.client_id)


def _client(uow: UnitOfWork) -> int:
    uow.actor.require(MANAGE)
    if uow.actor.client_id is None:
        raise NotAllowed("You act for no client", permission=MANAGE)
    return uow.actor.client_id


def _own(uow: UnitOfWork, contact_id: int) -> ClientContact:
    client_id, found = _client(uow), uow.session.get(ClientContact, contact_id)
    if found is None or found.client_id != client_id:
        raise NotFound("There is no such contact")
    return found


def _checked(name: str, kinds: Collection[str]) -> tuple[str, list[str]]:
    known = one_line(name)[:80]
    if not known:
        raise InvalidInput("Enter a name", field="name")
    if not kinds or set(kinds) - set(KINDS):
        raise InvalidInput("Choose what they get", field="kinds")
    return known, ["all"] if "all" in kinds else sorted(set(kinds))
