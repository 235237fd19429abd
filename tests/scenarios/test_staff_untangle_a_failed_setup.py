"""A setup that fails for good is shown, retried, cancelled or done by hand, and the service follows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job, JobState, StaffTask
from ezcore.kernel.actor import Actor
from ezcore.reports.invariants import broken_invariants

BAD_REQUEST = {
    "status": 400,
    "reason": "Parameter verification failed.",
    "body": {"errors": {"cores": "too many"}},
}
KADRI = Actor("staff", user_id=1, permissions=frozenset({"jobs.manage", "services.manage"}), name="Kadri")


@pytest.fixture
def broken_setup(town):
    """A paid service whose token may not clone: the vendor refuses every try for good."""
    refused = {"call": "clone", "kind": "error", "times": -1}
    args = {
        "status": 403,
        "reason": "Permission check failed (/vms/9000, VM.Clone)",
        "body": {},
    }
    town.proxmox.faults.script(_fault(refused | {"args": args}))
    mira = town.newcomer()
    town.pay(mira, town.order(mira))
    return town


def test_a_setup_that_cannot_work_ends_with_a_question_for_staff_and_nothing_at_the_vendor(broken_setup):
    town = broken_setup
    job = _job(town)
    assert job.state == JobState.NEEDS_INFO
    assert town.vms() == []
    assert town.service().state == "pending"
    with town.shop.work.read() as uow:
        assert (
            uow.session.scalars(select(StaffTask).where(StaffTask.closed_at.is_(None))).one().job_id == job.id
        )
        assert broken_invariants(uow) == []


def test_the_job_is_retried_when_the_vendor_is_mended(broken_setup):
    town = broken_setup
    town.proxmox.faults.clear()
    with town.shop.work.write(KADRI) as uow:
        jobs.retry(uow, uow.session.get_one(Job, _job(town).id), "template is back")
    town.life.settle()
    assert town.service().state == "active"
    assert len(town.vms()) == 1
    with town.shop.work.read() as uow:
        assert uow.session.scalars(select(StaffTask).where(StaffTask.closed_at.is_(None))).all() == []


def test_a_cancelled_setup_leaves_the_service_free_for_another_action(broken_setup):
    town = broken_setup
    with town.shop.work.write(KADRI) as uow:
        jobs.cancel(uow, uow.session.get_one(Job, _job(town).id), "client changed their mind")
    assert town.service().open_action is None
    assert town.service().state == "pending"


def test_marking_done_by_hand_makes_the_service_active(broken_setup):
    town = broken_setup
    job = _job(town)
    with town.shop.work.write(KADRI) as uow:
        jobs.mark_done(uow, uow.session.get_one(Job, job.id), "built it by hand")
    town.life.settle()
    assert town.service().state == "active"


def test_a_job_that_failed_for_good_is_undone_and_retried_when_the_cause_is_gone(town):
    town.proxmox.faults.script(
        _fault({"call": "config.put", "kind": "error", "times": -1, "args": BAD_REQUEST})
    )
    mira = town.newcomer()
    town.pay(mira, town.order(mira))
    job = _job(town)
    assert (job.state, town.service().open_action, town.vms()) == (JobState.FAILED, None, [])
    town.proxmox.faults.clear()
    with town.shop.work.write(KADRI) as uow:
        jobs.retry(uow, uow.session.get_one(Job, job.id), "the cluster is mended")
    assert town.service().open_action == "create"
    town.life.settle()
    assert town.service().state == "active"
    assert len(town.vms()) == 1


def test_staff_without_the_permission_may_not(broken_setup):
    town = broken_setup
    nobody = replace(KADRI, permissions=frozenset())
    with pytest.raises(Exception, match=r"jobs\.manage"), town.shop.work.write(nobody) as uow:
        jobs.retry(uow, uow.session.get_one(Job, _job(town).id))


def _job(town) -> Job:
    with town.shop.work.read() as uow:
        return uow.session.scalars(select(Job).where(Job.kind == "services.create")).one()


def _fault(values):
    from ezcore.plugin_api.sandbox.faults import Fault

    return Fault(**values)
