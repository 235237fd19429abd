"""What staff do every working day: book the bank statement, answer what jobs ask."""

from __future__ import annotations

import logging
from datetime import time
from functools import partial

from sqlalchemy import select

from ezcore.billing.invoices.models import Invoice
from ezcore.billing.transactions.models import Transaction
from ezcore.billing.transactions.operations import record_manual
from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job, JobState, StaffTask
from ezcore.kernel.errors import EzError, Refused
from ezcore.simulation.bank import Transfer
from ezcore.simulation.history import BANK
from ezcore.simulation.world import World

log = logging.getLogger(__name__)

WORKDAYS = 5
MOST_RETRIES = 6


def begin(world: World) -> None:
    """Come to the office tomorrow."""
    world.at(world.clock_time(1, time(11, 0)), "staff: a day at the office", partial(_day, world))


def _day(world: World) -> None:
    begin(world)
    if world.clock.today(world.shop.settings.shop.time_zone).weekday() >= WORKDAYS:
        return
    for transfer in world.bank.statement(world.now):
        world.at(world.now, "staff: book a transfer", partial(_book, world, transfer))
    with world.work.read() as uow:
        query = select(StaffTask.id).where(StaffTask.closed_at.is_(None), StaffTask.job_id.is_not(None))
        tasks = uow.session.scalars(query.order_by(StaffTask.id)).all()
    for task in tasks:
        world.at(world.now, "staff: answer a question", partial(_answer, world, task))


def _book(world: World, transfer: Transfer) -> None:
    """Once per line of the statement, also when this is tried again. What fits no unpaid invoice stays aside."""
    with world.work.read() as uow:
        seen = select(Transaction.id).where(
            Transaction.gateway == BANK, Transaction.external_id == transfer.reference
        )
        booked = uow.session.scalar(seen) is not None
    if not booked:
        try:
            with world.work.write() as uow:
                invoice = uow.session.get_one(Invoice, transfer.invoice_id)
                record_manual(uow, invoice, BANK, transfer.amount, transfer.reference)
        except Refused as refusal:
            log.info("%s %s: %s", world.now, transfer.told, refusal.message)
            world.bank.book(transfer, placed=False)
            raise
    world.bank.book(transfer, placed=True)


def _answer(world: World, task_id: int) -> None:
    """Say yes to a question, let a failed job run again; after some tries a thing is left alone."""
    with world.work.write() as uow:
        task = uow.session.get_one(StaffTask, task_id)
        job = uow.session.get(Job, task.job_id) if task.job_id is not None else None
        if job is None or task.closed_at is not None:
            return
        tries = world.answered[job.id]
        if tries >= MOST_RETRIES:
            raise EzError(f"job {job.id} ({job.kind}) is left alone: {job.cause}")
        if job.state == JobState.NEEDS_INFO:
            jobs.answer(uow, job, "yes, go on")
        elif job.state == JobState.FAILED:
            jobs.retry(uow, job, "tried again by staff")
        else:
            return
    world.answered[job.id] += 1
