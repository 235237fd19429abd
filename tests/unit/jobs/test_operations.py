"""What staff may do with a job: retry, answer, cancel, mark done; with a permission and on the record."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.audit.models import AuditRow
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.claim import claim
from ezcore.jobs.models import Job
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import NotAllowed, Refused
from ezcore.plugin_api.errors import NeedsInfo, PermanentFailure
from ezcore.plugin_api.jobs import Step
from tests.fixtures_jobs import LEASE, failing

STAFF = Actor("staff", user_id=3, permissions=frozenset({jobs.MANAGE}), name="Mari")
NOSY = Actor("staff", user_id=4, permissions=frozenset(), name="Juhan")

VERBS = {
    "retry": jobs.retry,
    "answer": lambda uow, job: jobs.answer(uow, job, "the second one"),
    "cancel": lambda uow, job: jobs.cancel(uow, job, "client changed their mind"),
    "mark_done": lambda uow, job: jobs.mark_done(uow, job, "made by hand"),
}


def _do(bench, number, verb, actor=STAFF):
    with bench.work.write(actor) as uow:
        VERBS[verb](uow, uow.session.get_one(Job, number))


def _asking(bench, question="Which disk?"):
    number = bench.enqueue(
        bench.kind(Step("one", "One", run=failing(NeedsInfo(question), None))), client_id=12
    )
    bench.run_until_idle()
    return number


def _trail(bench, number):
    with bench.work.read() as uow:
        rows = uow.session.scalars(
            select(AuditRow).where(AuditRow.object_id == str(number)).order_by(AuditRow.id)
        )
        return [(row.verb, row.actor_name, row.before, row.after, row.reason) for row in rows]


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_touches_a_job_without_the_permission(bench, verb):
    number = _asking(bench)
    with pytest.raises(NotAllowed):
        _do(bench, number, verb, NOSY)
    assert bench.job(number).state == "needs_info"


@pytest.mark.parametrize(
    ("verb", "state", "reason"),
    [
        ("retry", "queued", None),
        ("answer", "queued", "answered: the second one"),
        ("cancel", "cancelled", "client changed their mind"),
        ("mark_done", "complete", "made by hand"),
    ],
)
def test_each_verb_moves_the_job_and_stands_in_the_audit_trail(each_bench, verb, state, reason):
    number = _asking(each_bench)
    _do(each_bench, number, verb)
    assert each_bench.job(number).state == state
    assert _trail(each_bench, number)[-1] == (
        f"job.{'retry' if verb == 'answer' else verb}",
        "Mari",
        {"state": "needs_info"},
        {"state": state},
        reason,
    )


def test_the_answer_reaches_the_step(bench):
    answers = []

    def run(context):
        answers.append(context.answer)
        if context.answer is None:
            raise NeedsInfo("Which disk?")

    number = bench.enqueue(bench.kind(Step("one", "One", run=run)))
    bench.run_until_idle()
    _do(bench, number, "answer")
    assert bench.task(number).resolution == "the second one"
    bench.run_until_idle()
    assert answers == [None, "the second one"]
    assert bench.job(number).state == "complete"


def test_a_retry_runs_now_from_the_first_step_that_is_not_done(bench):
    ran = []
    kind = bench.kind(
        Step("a", "A", run=lambda _c: ran.append("a")), Step("b", "B", run=failing(RuntimeError("no"), None))
    )
    number = bench.enqueue(kind)
    bench.run_until_idle()
    assert bench.run_until_idle() == 0
    rings = bench.work.bell.rings
    _do(bench, number, "retry")
    assert bench.work.bell.rings == rings + 1
    bench.run_until_idle()
    assert (ran, bench.job(number).state) == (["a"], "complete")


def test_a_failed_job_that_was_undone_runs_from_the_start_when_staff_retry_it(bench):
    made = []
    kind = bench.kind(
        Step("a", "A", run=lambda _c: made.append("a"), undo=lambda _c: made.remove("a")),
        Step("b", "B", run=failing(PermanentFailure("sold out"), None)),
    )
    number = bench.enqueue(kind)
    bench.run_until_idle()
    assert (made, bench.job(number).state) == ([], "failed")
    _do(bench, number, "retry")
    bench.run_until_idle()
    assert (made, bench.job(number).state) == (["a"], "complete")


@pytest.mark.parametrize("verb", VERBS)
def test_a_job_that_runs_is_left_alone_also_when_the_page_showed_it_waiting(each_bench, verb):
    number = each_bench.enqueue(each_bench.kind(Step("one", "One", run=failing(None))))
    shown = each_bench.job(number)
    claim(each_bench.work, "w", LEASE)
    with pytest.raises(Refused), each_bench.work.write(STAFF) as uow:
        VERBS[verb](uow, uow.session.merge(shown, load=False))
    assert each_bench.job(number).state == "running"


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_over_well_stays_over(bench, verb):
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(None))))
    bench.run_until_idle()
    with pytest.raises(Refused):
        _do(bench, number, verb)


@pytest.mark.parametrize("verb", [jobs.cancel, jobs.mark_done])
def test_giving_up_needs_a_reason(bench, verb):
    number = _asking(bench)
    with pytest.raises(Refused, match="say why"), bench.work.write(STAFF) as uow:
        verb(uow, uow.session.get_one(Job, number), "  ")


def test_a_job_that_ends_is_on_the_record(bench):
    number = bench.enqueue(bench.kind(Step("one", "One", run=failing(None))), client_id=12)
    bench.run_until_idle()
    assert _trail(bench, number) == [
        ("job.complete", "system", {"state": "running"}, {"state": "complete"}, None)
    ]
