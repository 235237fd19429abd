"""Verbs of human work: ask for it, start, ask back, answer, tick off, note time, finish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select, update

from ezcore.accounts.models import User
from ezcore.audit import operations as audit
from ezcore.billing.billable import operations as billable
from ezcore.db.once import insert_once
from ezcore.jobs.models import Job, JobState
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.services.manual import queries
from ezcore.services.manual.events import WorkAnswered, WorkAsked, WorkFinished, WorkRequested
from ezcore.services.manual.models import WorkItem, WorkRequest, WorkState, WorkTime
from ezcore.services.manual.rules import ManualProduct, answers_of, check_move, cost_of, is_open
from ezcore.services.services.models import Service
from ezcore.work import UnitOfWork

MANAGE: Final = "services.manage"
CLIENT: Final = "client.services"
LONGEST: Final = 10_000
MOST_MINUTES: Final = 24 * 60


def request(uow: UnitOfWork, service: Service, title: str, values: Mapping[str, Any]) -> WorkRequest:
    """A client asks for work that the service allows. A place in the month's quota is taken by a unique row.

    Emits: WorkRequested. Raises: NotAllowed; NotFound; InvalidInput; Refused (not entitled, quota used up).
    """
    _may(uow, service.client_id)
    product = queries.product_of(service)
    allowed = queries.allowance(uow, service)
    if allowed.why_not is not None:
        raise Refused(allowed.why_not)
    words = " ".join(title.split())
    if not words or len(words) > 160:  # noqa: PLR2004 - the column's width
        raise InvalidInput("Say in a few words what is to be done", field="title")
    for slot in allowed.slots:
        made = _open(uow, service, product, words, answers_of(product.questions, values), slot=slot)
        if made is not None:
            return made
    raise Refused("the requests of this month are used up")


def begin_project(uow: UnitOfWork, service: Service, job_id: int) -> WorkRequest:
    """The work that an order itself is, once per job. Emits: WorkRequested."""
    found = uow.session.scalars(select(WorkRequest).where(WorkRequest.job_id == job_id)).first()
    if found is not None:
        return found
    product = queries.product_of(service)
    answers = answers_of(product.questions, service.params)
    made = _open(uow, service, product, service.label[:160], answers, job_id=job_id)
    assert made is not None
    return made


def start(uow: UnitOfWork, work: WorkRequest) -> None:
    """Somebody begins; whoever does it has it, if nobody had. Raises: NotAllowed, Refused."""
    uow.actor.require(MANAGE)
    _move(uow, work, WorkState.RUNNING)
    if work.assignee_id is None and uow.actor.kind == "staff":
        work.assignee_id = uow.actor.user_id
    work.question = None


def ask(uow: UnitOfWork, work: WorkRequest, question: str) -> None:
    """The client must say something before it goes on. Emits: WorkAsked. Raises: NotAllowed, InvalidInput, Refused."""
    uow.actor.require(MANAGE)
    text = _text(question, "question")
    _move(uow, work, WorkState.NEEDS_INFO)
    work.question = text
    uow.emit(WorkAsked(work.id, work.client_id, text))


def answer(uow: UnitOfWork, work: WorkRequest, text: str) -> None:
    """The client says it; the work waits for people again. Emits: WorkAnswered. Raises: InvalidInput, Refused."""
    _may(uow, work.client_id)
    said = _text(text, "answer")
    if work.state != WorkState.NEEDS_INFO:
        raise Refused("nothing is asked")
    work.answers = [*work.answers, [work.question or "", said]]
    work.question = None
    _move(uow, work, WorkState.QUEUED)
    uow.emit(WorkAnswered(work.id, work.client_id, said))


def finish(uow: UnitOfWork, work: WorkRequest, state: WorkState, outcome: str) -> None:
    """Complete, failed, or cancelled. A set-up that waits for it goes on at once. Emits: WorkFinished.

    Raises: NotAllowed; InvalidInput; Refused when the checklist has open lines.
    """
    uow.actor.require(MANAGE)
    text = _text(outcome, "outcome")
    if state == WorkState.COMPLETE and queries.left_to_do(uow, work.id):
        raise Refused("tick off the checklist first")
    _move(uow, work, state)
    work.outcome, work.question, work.finished_at = text, None, uow.now()
    if state == WorkState.CANCELLED:
        work.slot = None
    uow.emit(WorkFinished(work.id, work.client_id, str(state), text))
    if work.job_id is not None:
        waiting = update(Job).where(Job.id == work.job_id, Job.state == JobState.QUEUED)
        uow.session.execute(waiting.values(run_at=uow.database_now()))
        uow.ring()


def tick(uow: UnitOfWork, work: WorkRequest, item_id: int, *, done: bool) -> None:
    """A line of the checklist is done, or is not after all. Raises: NotAllowed, NotFound, Refused."""
    uow.actor.require(MANAGE)
    _still_open(work)
    item = uow.session.get(WorkItem, item_id)
    if item is None or item.request_id != work.id:
        raise NotFound("There is no such line")
    item.done_at, item.done_by = (uow.now(), uow.actor.name[:200]) if done else (None, None)
    audit.record(
        uow,
        "work.tick",
        "work_request",
        work.id,
        client_id=work.client_id,
        after={"line": item.text, "done": done},
    )


def assign(uow: UnitOfWork, work: WorkRequest, user_id: int | None) -> None:
    """Give it to a member of staff, or to nobody. Raises: NotAllowed, InvalidInput."""
    uow.actor.require(MANAGE)
    user = uow.session.get(User, user_id) if user_id is not None else None
    if user_id is not None and (user is None or user.staff_role_id is None or user.disabled_at is not None):
        raise InvalidInput("Choose one of those offered", field="assignee")
    before, work.assignee_id = work.assignee_id, user_id
    audit.record(
        uow, "work.assign", "work_request", work.id, client_id=work.client_id,
        before={"assignee": before}, after={"assignee": user_id},
    )  # fmt: skip


def note_time(uow: UnitOfWork, work: WorkRequest, minutes: int, text: str, *, bill: bool) -> WorkTime:
    """Minutes spent. Billed ones become a billable item of the client's next invoice, by the product's hourly price.

    Raises: NotAllowed (also without billing.manage when it is billed), InvalidInput.
    """
    uow.actor.require(MANAGE)
    said = _text(text, "text")[:400]
    if not 1 <= minutes <= MOST_MINUTES:
        raise InvalidInput(f"1 to {MOST_MINUTES} minutes", field="minutes")
    service = uow.session.get_one(Service, work.service_id)
    item_id = None
    if bill:
        hourly = queries.product_of(service).hourly
        if hourly is None:
            raise InvalidInput("the product has no price of an hour", field="bill")
        cost = cost_of(minutes, hourly, service.currency)
        words = f"{work.title}: {minutes} minutes"[:200]
        item_id = billable.add(uow, work.client_id, words, cost, tax_class=service.tax_class, detail=said).id
    line = WorkTime(
        request_id=work.id, minutes=minutes, text=said, billable=bill, billable_item_id=item_id,
        author_id=uow.actor.user_id, author_name=uow.actor.name[:200], at=uow.now(),
    )  # fmt: skip
    uow.session.add(line)
    uow.session.flush()
    audit.record(
        uow, "work.time", "work_request", work.id, client_id=work.client_id,
        after={"minutes": minutes, "billable_item": item_id},
    )  # fmt: skip
    return line


def end_with_service(uow: UnitOfWork, service_id: int, reason: str) -> None:
    """The service ends: what was asked for and is not done is cancelled."""
    for work in queries.open_of_service(uow, service_id):
        finish(uow, work, WorkState.CANCELLED if work.state == WorkState.QUEUED else WorkState.FAILED, reason)


def _open(
    uow: UnitOfWork,
    service: Service,
    product: ManualProduct,
    title: str,
    answers: Sequence[Sequence[str]],
    *,
    job_id: int | None = None,
    slot: str | None = None,
) -> WorkRequest | None:
    values = {
        "service_id": service.id, "client_id": service.client_id, "job_id": job_id, "slot": slot, "title": title,
        "state": WorkState.QUEUED, "answers": [list(pair) for pair in answers], "opened_at": uow.now(),
        "moved_at": uow.now(),
    }  # fmt: skip
    made = insert_once(uow.session, WorkRequest, values)
    if made is None:
        return None
    uow.session.add_all(
        WorkItem(request_id=made, position=number, text=line[:200])
        for number, line in enumerate(product.checklist)
    )
    work = uow.session.get_one(WorkRequest, made)
    audit.record(
        uow, "work.request", "work_request", made, client_id=service.client_id, after={"title": title}
    )
    uow.session.flush()
    uow.emit(WorkRequested(work.id, work.client_id, work.title))
    return work


def _move(uow: UnitOfWork, work: WorkRequest, state: WorkState) -> None:
    uow.session.refresh(work, ["state"], with_for_update=True)
    before = WorkState(work.state)
    check_move(before, state)
    work.state, work.moved_at = state, uow.now()
    audit.record(
        uow, f"work.{state}", "work_request", work.id, client_id=work.client_id,
        before={"state": str(before)}, after={"state": str(state)},
    )  # fmt: skip


def _still_open(work: WorkRequest) -> None:
    if not is_open(work.state):
        raise Refused(f"this work is {work.state}")


def _text(text: str, field: str) -> str:
    found = text.strip()
    if not found or len(found) > LONGEST:
        raise InvalidInput(f"Write something, at most {LONGEST} characters", field=field)
    return found


def _may(uow: UnitOfWork, client_id: int) -> None:
    if uow.actor.kind == "client":
        uow.actor.require(CLIENT)
        if uow.actor.client_id != client_id:
            raise NotFound("There is no such work")
    else:
        uow.actor.require(MANAGE)
