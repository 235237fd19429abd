"""What decides about a client's tax and is not typed by the client: the state of the number, the exemption."""

from __future__ import annotations

from sqlalchemy import update

from ezcore.accounts import queries
from ezcore.accounts.events import TaxNumberChanged
from ezcore.accounts.models import Client, TaxNumberState
from ezcore.audit import operations as audit
from ezcore.kernel.errors import InvalidInput
from ezcore.work import UnitOfWork

LONGEST_REASON = 200


def number_changed(uow: UnitOfWork, client: Client) -> None:
    """Begin anew with a number that changed or moved: unverified until somebody answers. Emits: TaxNumberChanged."""
    client.tax_number_state = TaxNumberState.UNVERIFIED if client.tax_number else TaxNumberState.NONE
    uow.session.flush()
    if client.tax_number:
        uow.emit(TaxNumberChanged(client.id))


def set_number_state(uow: UnitOfWork, client_id: int, number: str, state: str) -> bool:
    """Say whether a number is valid, if the client still has it; False when it changed meanwhile.

    For the room that asks registers; it writes the audit row, with the evidence.
    """
    uow.session.flush()
    set_ = (
        update(Client)
        .where(Client.id == client_id, Client.tax_number == number)
        .values(tax_number_state=state)
    )
    done = uow.session.execute(set_.execution_options(synchronize_session="fetch"))
    return bool(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def set_tax_exempt(uow: UnitOfWork, client_id: int, *, exempt: bool, reason: str) -> None:
    """Staff free a client from tax, with a reason that is printed on invoices, or end that.

    Raises: NotAllowed without ``billing.manage``; InvalidInput naming `reason`; NotFound.
    """
    uow.actor.require("billing.manage")
    client = queries.client(uow, client_id)
    reason = reason.strip()
    if exempt and not reason:
        raise InvalidInput("Say why: the reason is printed on invoices", field="reason")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(f"At most {LONGEST_REASON} characters", field="reason")
    before = {"exempt": client.tax_exempt, "reason": client.tax_exempt_reason}
    client.tax_exempt, client.tax_exempt_reason = exempt, reason if exempt else ""
    uow.session.flush()
    audit.record(
        uow,
        "client.tax_exempt",
        "client",
        client.id,
        client_id=client.id,
        before=before,
        after={"exempt": exempt, "reason": client.tax_exempt_reason},
        reason=reason or None,
    )
