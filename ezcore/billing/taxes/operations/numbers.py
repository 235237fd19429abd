"""Tax numbers: what registers and staff said of them, kept as evidence, and what follows for the client."""

from __future__ import annotations

from sqlalchemy import func, select

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.models import Client, TaxNumberState
from ezcore.audit import operations as audit
from ezcore.billing.taxes.events import TaxNumberChecked
from ezcore.billing.taxes.models import CheckSource, TaxNumberCheck
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.plugin_api.ports.tax_numbers import TaxNumberAnswer
from ezcore.work import UnitOfWork

MANAGE = "billing.manage"
_LONGEST_REASON = 400


def last_evidence(uow: UnitOfWork, client_id: int) -> int:
    """The id of the newest evidence about a client, or 0."""
    query = select(func.max(TaxNumberCheck.id)).where(TaxNumberCheck.client_id == client_id)
    return uow.session.scalars(query).one() or 0


def is_asked(uow: UnitOfWork, client: Client, number: str, after: int) -> bool:
    """Is the answer still wanted? Not when the number changed, or staff decided since the evidence `after`."""
    decided = (
        TaxNumberCheck.client_id == client.id,
        TaxNumberCheck.source == CheckSource.STAFF,
        TaxNumberCheck.id > after,
    )
    return (
        client.tax_number == number
        and uow.session.scalars(select(TaxNumberCheck.id).where(*decided).limit(1)).first() is None
    )


def keep_evidence(uow: UnitOfWork, client_id: int, number: str, answer: TaxNumberAnswer) -> TaxNumberCheck:
    """Write down what the register said, also when it said nothing."""
    row = TaxNumberCheck(
        client_id=client_id,
        number=number,
        country=queries.client(uow, client_id).country,
        source=CheckSource.REGISTER,
        answer=answer.status,
        name=answer.name[:200],
        address=answer.address[:400],
        consultation=answer.consultation_number[:60],
        requester=uow.settings.tax.seller_tax_number,
        reason=answer.cause[:_LONGEST_REASON],
        decided_by=uow.actor.name[:80],
        raw=answer.raw,
        at=uow.now(),
    )
    uow.session.add(row)
    return row


def take_answer(uow: UnitOfWork, client_id: int, number: str, answer: TaxNumberAnswer, *, after: int) -> None:
    """The register answered: keep it, and let it decide who owes the tax from now on. For the job.

    Emits: TaxNumberChecked, unless the number changed or staff decided meanwhile.
    """
    wanted = is_asked(uow, queries.client(uow, client_id), number, after)
    keep_evidence(uow, client_id, number, answer)
    if wanted:
        _conclude(uow, client_id, number, answer.status, "answered by the register")


def decide_number(uow: UnitOfWork, client_id: int, *, valid: bool, reason: str) -> None:
    """Staff decide by hand, where a register cannot be asked or is wrong; a check that is under way yields to it.

    Emits: TaxNumberChecked. Raises: NotAllowed; InvalidInput without a reason; Refused without a number.
    """
    uow.actor.require(MANAGE)
    reason = reason.strip()
    if not reason:
        raise InvalidInput("Say why: the reason is kept as evidence", field="reason")
    if len(reason) > _LONGEST_REASON:
        raise InvalidInput(f"At most {_LONGEST_REASON} characters", field="reason")
    client = queries.client(uow, client_id)
    if not client.tax_number:
        raise Refused("This client has no tax number")
    state = TaxNumberState.VALID if valid else TaxNumberState.INVALID
    row = TaxNumberCheck(
        client_id=client_id,
        number=client.tax_number,
        country=client.country,
        source=CheckSource.STAFF,
        answer=state,
        reason=reason,
        decided_by=uow.actor.name[:80],
        at=uow.now(),
    )
    uow.session.add(row)
    uow.session.flush()
    _conclude(uow, client_id, client.tax_number, state, reason)


def _conclude(uow: UnitOfWork, client_id: int, number: str, state: str, reason: str) -> None:
    before = queries.client(uow, client_id).tax_number_state
    if not accounts.set_number_state(uow, client_id, number, state):
        return  # changed in this very moment: the new number is checked on its own
    audit.record(
        uow,
        "client.tax_number",
        "client",
        client_id,
        client_id=client_id,
        before={"state": str(before)},
        after={"state": str(state)},
        reason=reason,
    )
    uow.emit(TaxNumberChecked(client_id, str(state)))
