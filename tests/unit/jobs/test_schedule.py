"""Scheduled slots: any number of schedulers may run, each slot is taken once."""

from __future__ import annotations

import threading
from datetime import timedelta

from ezcore.jobs.models import ScheduledRun
from ezcore.jobs.schedule import claim_slot, finish_slot, free_slots


def _claim(work, task="billing", slot="2026-03-02"):
    with work.write() as uow:
        return claim_slot(uow, task, slot)


def test_a_slot_is_taken_once_and_the_next_one_is_free(each_work):
    assert _claim(each_work) is not None
    assert _claim(each_work) is None
    assert _claim(each_work, slot="2026-03-03") is not None
    assert _claim(each_work, task="reminders") is not None


def test_ten_schedulers_at_once_share_out_one_slot(each_work):
    taken, gate = [], threading.Barrier(10)

    def tick():
        gate.wait()
        taken.append(_claim(each_work))

    threads = [threading.Thread(target=tick) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 10
    assert len([run for run in taken if run is not None]) == 1


def test_a_run_says_what_it_did(work):
    number = _claim(work)
    with work.write() as uow:
        finish_slot(uow, number, {"invoices": 3}, "1 parked")
    with work.read() as uow:
        run = uow.session.get_one(ScheduledRun, number)
    assert (run.counts, run.error, run.finished_at is not None) == ({"invoices": 3}, "1 parked", True)


def test_a_slot_whose_scheduler_died_is_taken_over_once(work):
    with work.write() as uow:
        first = claim_slot(uow, "renewals", "2026-03-02")
    work.clock.advance(timedelta(minutes=29))
    with work.write() as uow:
        assert free_slots(uow, {"renewals": "2026-03-02"}) == []
        assert claim_slot(uow, "renewals", "2026-03-02") is None
    work.clock.advance(timedelta(minutes=2))
    with work.write() as uow:
        assert free_slots(uow, {"renewals": "2026-03-02"}) == ["renewals"]
        assert claim_slot(uow, "renewals", "2026-03-02") == first
        assert claim_slot(uow, "renewals", "2026-03-02") is None


def test_a_finished_slot_is_never_taken_over(work):
    with work.write() as uow:
        finish_slot(uow, claim_slot(uow, "renewals", "2026-03-02"), {})
    work.clock.advance(timedelta(days=2))
    with work.write() as uow:
        assert free_slots(uow, {"renewals": "2026-03-02"}) == []
        assert claim_slot(uow, "renewals", "2026-03-02") is None
