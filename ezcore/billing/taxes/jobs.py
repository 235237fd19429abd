"""The job that asks a register whether a client's tax number is valid, and keeps the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ezcore.accounts import queries as accounts
from ezcore.accounts.events import TaxNumberChanged
from ezcore.accounts.models import Client
from ezcore.accounts.tax_numbers import in_register
from ezcore.audit import operations as audit
from ezcore.billing.taxes import operations as taxes
from ezcore.billing.taxes.vies import VIES
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.kernel.errors import Refused
from ezcore.plugin_api.errors import RetryAfter
from ezcore.plugin_api.jobs import DAY, JobKind, Ladder
from ezcore.plugin_api.ports.tax_numbers import TaxNumberAnswer, TaxNumberRegister
from ezcore.work import UnitOfWork

# Member states are away for hours, at night and over weekends; a person is asked when two days brought nothing.
LADDER: Final = Ladder(
    "tax numbers",
    (30, 120, 600, 3600),
    then_every=6 * 3600,
    until=14 * DAY,
    task_after_tries=12,
    task_after=2 * DAY,
)
MANAGE: Final = "billing.manage"
NOT_NEEDED: Final = {"skipped": "the number changed or was decided meanwhile"}


def check_changed(uow: UnitOfWork, events: Sequence[TaxNumberChanged]) -> None:
    """Reaction: a number that changed, or moved to another country, is checked anew."""
    for event in events:
        request_check(uow, accounts.client(uow, event.client_id))


def check_again(uow: UnitOfWork, client_id: int) -> None:
    """Staff ask the register once more; until it answers, what stood stands.

    Raises: NotAllowed; Refused when there is no number, or no register of such numbers.
    """
    uow.actor.require(MANAGE)
    client = accounts.client(uow, client_id)
    if not client.tax_number:
        raise Refused("This client has no tax number")
    if not request_check(uow, client):
        raise Refused("No register is asked about numbers of this country: decide by hand")
    audit.record(uow, "client.tax_number_ask", "client", client.id, client_id=client.id)


def request_check(uow: UnitOfWork, client: Client) -> bool:
    """Queue the question to the register; False where nobody is asked (staff decide then).

    VIES is asked only where its answer decides something: in a shop that charges the Union's VAT.
    """
    number, tax = client.tax_number, uow.settings.tax
    if tax.scheme != "eu_vat" or not tax.vies_url or not number or not in_register(number, client.country):
        return False
    jobs.enqueue(
        uow,
        CHECK,
        uow.ids.key("tax_number"),
        {"client_id": client.id, "number": number, "after": taxes.last_evidence(uow, client.id)},
        subject=("client", client.id),
        client_id=client.id,
        provider=f"register:{VIES}",
    )
    return True


def _ask(context: StepContext) -> Any:
    number = context.payload["number"]
    with context.work.read() as uow:
        client = accounts.client(uow, context.payload["client_id"])
        if not taxes.is_asked(uow, client, number, context.payload["after"]):
            return NOT_NEEDED
        requester = uow.settings.tax.seller_tax_number
    answer = context.ports.get(TaxNumberRegister, VIES).check(number, requester)
    if answer.status == "unavailable":
        with context.work.write() as uow:
            taxes.keep_evidence(uow, client.id, number, answer)
        raise RetryAfter(0, f"the register does not answer: {answer.cause}")
    return answer


def _settle(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    if result != NOT_NEEDED:
        answer = TaxNumberAnswer.model_validate(result)
        client_id, number = context.payload["client_id"], context.payload["number"]
        taxes.take_answer(uow, client_id, number, answer, after=context.payload["after"])


CHECK: Final = JobKind(
    "billing.tax_number",
    "Check a tax number",
    LADDER,
    [Settled("ask", "Ask the register", run=_ask, settle=_settle)],
)
