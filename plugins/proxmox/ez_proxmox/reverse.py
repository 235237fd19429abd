"""Reverse DNS: the wish is kept with its address; who runs the network enters it and says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from ez_proxmox.addresses import Addresses
from ez_proxmox.inputs import ReverseName as Wish
from ez_proxmox.models import ReverseName
from ez_proxmox.workshop import Workshop
from ezcore.plugin_api import NeedsInfo, PermanentFailure
from ezcore.plugin_api.ports.provisioning import ProvisioningCall, ServerFacts


@dataclass(frozen=True)
class ReverseNames:
    """Wishes of clients; there is no call of Proxmox that fulfils them."""

    workshop: Workshop

    def wish(self, call: ProvisioningCall) -> dict[str, Any]:
        """Keep the wish, ask a person to enter it, and note that it was done.

        Raises: PermanentFailure for an address of somebody else; NeedsInfo until a person has answered.
        """
        wish = Wish.model_validate(call.input.model_dump() if call.input else {})
        held = Addresses(self.workshop.reservations(call.server), call.operation_key, ()).held()
        first = call.resource.address if call.resource else None
        address = wish.address or first or next(iter(held), None)
        if address is None or address not in {*held, first}:
            raise PermanentFailure("this address does not belong to this service")
        answered = bool((call.answer or "").strip())
        self._keep(call, address, wish.name, is_set=answered)
        if not answered:
            raise NeedsInfo(
                f'The PTR record of {address} shall be "{wish.name}". Enter it, then answer "done".'
            )
        return {"address": address, "name": wish.name}

    def of(self, server: ServerFacts, operation_key: str) -> list[tuple[str, str, bool]]:
        """Address, name and whether it was entered, of one service."""
        mine = (ReverseName.server_id == server.id, ReverseName.operation_key == operation_key)
        with self.workshop.context.tables() as session:
            rows = session.scalars(select(ReverseName).where(*mine).order_by(ReverseName.address)).all()
            return [(row.address, row.name, row.is_set) for row in rows]

    def forget(self, call: ProvisioningCall) -> None:
        """The service is gone, and its addresses will be somebody else's."""
        mine = (ReverseName.server_id == call.server.id, ReverseName.operation_key == call.operation_key)
        with self.workshop.context.tables() as session:
            session.execute(delete(ReverseName).where(*mine))

    def _keep(self, call: ProvisioningCall, address: str, name: str, *, is_set: bool) -> None:
        one = (ReverseName.server_id == call.server.id, ReverseName.address == address)
        with self.workshop.context.tables() as session:
            row = session.scalar(select(ReverseName).where(*one))
            if row is None:
                row = ReverseName(server_id=call.server.id, address=address)
                session.add(row)
            row.operation_key, row.name, row.is_set = call.operation_key, name, is_set
            row.changed_at = self.workshop.context.clock.now()
