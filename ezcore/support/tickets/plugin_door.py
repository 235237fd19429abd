"""What plugins may do at the support desk, under their own name: open tickets, and write into those they opened."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import NotFound
from ezcore.support.tickets import operations as tickets
from ezcore.support.tickets import queries
from ezcore.support.tickets.departments import HELP, ensure_first
from ezcore.support.tickets.operations import NewTicket
from ezcore.work import Work


@dataclass(frozen=True)
class PluginDesk:
    """Connected to the plugins' core by `app.py`."""

    work: Work

    def open(
        self,
        actor: Actor,
        client_id: int,
        subject: str,
        message: str,
        key: str,
        service_id: int | None = None,
    ) -> str:
        """Open a ticket for a client, once per key; gives its reference. Raises: NotFound, InvalidInput."""
        links = (("service", service_id),) if service_id is not None else ()
        new = NewTicket(client_id, HELP, subject, message, links=links, key=_key(actor, key))
        with self.work.write(actor) as uow:
            ensure_first(uow)
            return tickets.open_ticket(uow, new).reference

    def reply(self, actor: Actor, reference: str, message: str) -> None:
        """Write into a ticket that this plugin opened. Raises: NotFound, InvalidInput."""
        with self.work.write(actor) as uow:
            ticket = queries.by_reference(uow, reference)
            if not (ticket.key or "").startswith(_key(actor, "")):
                raise NotFound("There is no such ticket")
            tickets.reply(uow, queries.living(uow, ticket), message)


def _key(actor: Actor, key: str) -> str:
    return f"{actor.name}:{key}"[:160]
