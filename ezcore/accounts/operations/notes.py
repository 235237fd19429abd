"""Notes of staff about a client: written, put on top, taken away; the client never sees them."""

from __future__ import annotations

from ezcore.accounts import queries
from ezcore.accounts.models import ClientNote
from ezcore.audit import operations as audit
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.work import UnitOfWork

LONGEST_NOTE = 4000


def add_note(uow: UnitOfWork, client_id: int, body: str, *, sticky: bool = False) -> ClientNote:
    """Write a note. Raises: NotAllowed without ``clients.manage``; InvalidInput naming `body`; NotFound."""
    uow.actor.require("clients.manage")
    client, text = queries.client(uow, client_id), body.strip()
    if not text:
        raise InvalidInput("Write something", field="body")
    if len(text) > LONGEST_NOTE:
        raise InvalidInput(f"At most {LONGEST_NOTE} characters", field="body")
    author = uow.actor.name[:200]
    note = ClientNote(client_id=client.id, body=text, sticky=sticky, author_name=author, at=uow.now())
    uow.session.add(note)
    uow.session.flush()
    # The trail cannot be erased; what is written about a person can.
    audit.record(uow, "client.note", "client", client.id, client_id=client.id, after={"note": note.id})
    return note


def stick_note(uow: UnitOfWork, client_id: int, note_id: int, *, sticky: bool) -> None:
    """Put a note on top, or back into the row. Raises: NotAllowed, NotFound."""
    note = _note(uow, client_id, note_id)
    note.sticky = sticky
    _record(uow, note, "client.note_change", after={"note": note.id, "sticky": sticky})


def remove_note(uow: UnitOfWork, client_id: int, note_id: int) -> None:
    """Take a note away: its text is gone, that there was one stays in the trail. Raises: NotAllowed, NotFound."""
    note = _note(uow, client_id, note_id)
    note.removed_at, note.body = uow.now(), ""
    _record(uow, note, "client.note_remove", after={"note": note.id})


def _note(uow: UnitOfWork, client_id: int, note_id: int) -> ClientNote:
    uow.actor.require("clients.manage")
    found = uow.session.get(ClientNote, note_id)
    if found is None or found.client_id != client_id or found.removed_at is not None:
        raise NotFound("There is no such note")
    return found


def _record(uow: UnitOfWork, note: ClientNote, verb: str, after: dict[str, object]) -> None:
    uow.session.flush()
    audit.record(uow, verb, "client", note.client_id, client_id=note.client_id, after=after)
