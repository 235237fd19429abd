"""The audit trail: written with the change, refusals survive, and the seals notice every tampering."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from ezcore.audit import operations as audit
from ezcore.audit.models import AuditRow, AuditSeal
from ezcore.audit.sealer import SETTLE, seal_next, verify
from ezcore.kernel.actor import Actor

MARI = Actor("staff", user_id=3, name="Mari", ip="192.0.2.7", behalf_of=12)


def _write(work, count=1, actor=MARI):
    for number in range(count):
        with work.write(actor) as uow:
            audit.record(
                uow, "lamp.light", "lamp", number, client_id=12, before={"lit": False}, after={"lit": True}
            )


def _seal(work, limit=5000):
    with work.write() as uow:
        return seal_next(uow, limit)


def _verify(work):
    with work.read() as uow:
        return verify(uow)


def _sealed(work, rows=5, limit=2):
    _write(work, rows)
    work.clock.advance(SETTLE * 2)
    while _seal(work, limit):
        pass
    return work


def test_a_row_says_who_did_what_for_whom_and_from_where(each_work):
    _write(each_work)
    with each_work.read() as uow:
        row = uow.session.scalars(select(AuditRow)).one()
    assert (row.verb, row.object_kind, row.object_id, row.outcome) == ("lamp.light", "lamp", "0", "done")
    assert (row.actor_id, row.actor_name, row.behalf_of, row.ip) == (3, "Mari", 12, "192.0.2.7")
    assert (row.before, row.after) == ({"lit": False}, {"lit": True})


def test_a_change_that_was_rolled_back_leaves_no_row_but_its_refusal_does(work):
    def fail():
        with work.write(MARI) as uow:
            audit.record(uow, "lamp.light", "lamp", 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    audit.record_refusal(work, MARI, "lamp.light", "lamp", 1, "no such lamp")
    with work.read() as uow:
        row = uow.session.scalars(select(AuditRow)).one()
    assert (row.outcome, row.reason) == ("refused", "no such lamp")


def test_rows_are_sealed_once_they_have_settled_and_the_chain_verifies(each_work):
    _sealed(each_work)
    _write(each_work)
    verdict = _verify(each_work)
    assert (verdict.seals, verdict.rows, verdict.unsealed, verdict.broken_at) == (3, 5, 1, None)


def test_young_rows_wait_and_hold_back_those_behind_them(each_work):
    _write(each_work)
    each_work.clock.advance(timedelta(hours=1))
    _write(each_work)
    each_work.clock.move_to(each_work.clock.now() - timedelta(minutes=30))
    _write(each_work)  # begun before the one above, committed after it
    each_work.clock.advance(timedelta(minutes=30))
    assert _seal(each_work) == 1
    each_work.clock.advance(SETTLE * 2)
    assert _seal(each_work) == 2
    assert _verify(each_work).broken_at is None


TAMPERINGS = {
    "a row was changed": update(AuditRow).where(AuditRow.id == 3).values(actor_name="Juhan"),
    "a value in a document was changed": update(AuditRow).where(AuditRow.id == 3).values(after={"lit": 0}),
    "a row was deleted": delete(AuditRow).where(AuditRow.id == 4),
    "a whole batch was deleted": delete(AuditRow).where(AuditRow.id.in_([3, 4])),
    "a seal was deleted": delete(AuditSeal).where(AuditSeal.id == 2),
    "a seal was rewritten": update(AuditSeal).where(AuditSeal.id == 2).values(seal="0" * 64),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_noticed_at_the_first_seal_it_touches(each_work, what):
    _sealed(each_work)
    with each_work.write() as uow:  # this schema comes from the models, without the triggers that refuse this
        uow.session.execute(TAMPERINGS[what])
    assert _verify(each_work).broken_at in (2, 3)


def test_a_row_that_was_slipped_in_is_noticed(work):
    _sealed(work)
    with work.write() as uow:
        uow.session.execute(update(AuditRow).where(AuditRow.id == 5).values(id=50))
        uow.session.execute(update(AuditSeal).where(AuditSeal.id == 3).values(last_id=50))
    assert _verify(work).broken_at == 3
