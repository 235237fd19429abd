"""The breaker: a provider that does not answer is left alone, and nobody else waits for it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.audit.models import AuditRow
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.claim import claim, count_due
from ezcore.jobs.models import Job, StaffTask
from ezcore.jobs.providers import operations as providers
from ezcore.jobs.providers import queries
from ezcore.jobs.providers.models import Provider
from ezcore.jobs.providers.rules import PAUSES, pause_after
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.plugin_api.errors import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter, StillRunning
from ezcore.plugin_api.jobs import PROVISIONING, Ladder, Step
from tests.fixtures_jobs import LEASE, failing

STAFF = Actor("staff", user_id=3, permissions=frozenset({jobs.MANAGE}), name="Mari")
NOSY = Actor("staff", user_id=4, permissions=frozenset(), name="Juhan")
SERVER = "panel:3"
HASTY = Ladder("hasty", (1,) * 50, then_every=1, until=9e9, task_after_tries=999)


def _kind(bench, *errors, name="test.job"):
    return bench.kind(Step("one", "One", run=failing(*errors)), name=name, ladder=HASTY)


def _row(bench, name=SERVER):
    with bench.work.read() as uow:
        return uow.session.get(Provider, name)


def _break(bench, jobs_at_it=6):
    """Five failures of as many jobs; gives the number of one that was not tried yet."""
    kind = _kind(bench, OSError("connection refused"))
    numbers = [bench.enqueue(kind, f"k{n}", provider=SERVER) for n in range(jobs_at_it)]
    for _ in range(5):
        assert bench.engine().run_one()
    return numbers


@pytest.mark.parametrize(
    "failure", [OSError("refused"), TimeoutError(), OutcomeUnknown(), RetryAfter(1, "503", unreachable=True)]
)
def test_after_five_failures_in_a_row_nobody_asks_the_provider(each_bench, failure):
    number = each_bench.enqueue(_kind(each_bench, failure), provider=SERVER)
    for _ in range(5):
        each_bench.run_until_idle()
        each_bench.later(1)
    assert _row(each_bench).state == "open"
    assert each_bench.run_until_idle() == 0
    assert each_bench.job(number).failures == 5


def test_jobs_that_wait_for_a_provider_count_no_try_and_say_what_they_wait_for(each_bench):
    bench = each_bench
    waiting = _break(bench)[5]
    assert bench.run_until_idle() == 0
    job = bench.job(waiting)
    assert (job.attempts, job.failures) == (0, 0)
    with bench.work.read() as uow:
        words = queries.waits_for(uow, job)
        (standing,) = queries.unwell(uow)
    assert words is not None
    assert words.startswith("panel:3 is not answering, tried again at ")
    assert "connection refused" in words
    assert (standing.state, standing.waiting) == ("open", 6)


def test_other_providers_and_jobs_without_one_are_not_held_up(each_bench):
    bench = each_bench
    _break(bench)
    fine = _kind(bench, None, name="fine")
    ids = [bench.enqueue(fine, "other", provider="panel:4"), bench.enqueue(fine, "none")]
    bench.run_until_idle()
    assert [bench.job(number).state for number in ids] == ["complete", "complete"]


def test_after_the_pause_one_job_probes_and_its_success_lets_all_go_on(each_bench):
    bench = each_bench
    numbers = _break(bench)
    _kind(bench, None)
    bench.later(PAUSES[0] - 1)
    assert claim(bench.work, "w", LEASE) is None
    bench.later(2)
    probe = claim(bench.work, "w", LEASE)
    assert probe is not None
    assert claim(bench.work, "w2", LEASE) is None, "one probe at a time"
    assert _row(bench).state == "half_open"
    bench.later(LEASE + 1)
    bench.run_until_idle("w3")
    bench.later(LEASE * 3)
    bench.run_until_idle("w3")
    assert {bench.job(number).state for number in numbers} == {"complete"}
    assert (_row(bench).state, _row(bench).failures, _row(bench).openings) == ("closed", 0, 0)


def test_each_probe_that_fails_makes_the_pause_longer(bench):
    _break(bench)
    seen = []
    for _ in range(4):
        seen.append((_row(bench).next_try_at - bench.work.clock.now()).total_seconds())
        bench.later(seen[-1])
        assert bench.run_until_idle() == 1
    assert seen == list(PAUSES[:4])
    assert pause_after(99) == PAUSES[-1]


@pytest.mark.parametrize(
    "word", [RetryAfter(1, "429"), OutcomeUnknown("not yet", unreachable=False), StillRunning(1, "task")]
)
def test_a_vendor_that_answers_is_not_away(bench, word):
    number = bench.enqueue(_kind(bench, OSError("no"), OSError("no"), word), provider=SERVER)
    for _ in range(8):
        bench.run_until_idle()
        bench.later(1)
    assert (_row(bench).state, _row(bench).failures) == ("closed", 0)
    assert bench.job(number).attempts == 8


@pytest.mark.parametrize("word", [NeedsInfo("Which?"), PermanentFailure("sold out"), KeyError("x")])
def test_a_probe_that_learns_nothing_lets_the_next_job_probe_at_once(bench, word):
    numbers = _break(bench)
    _kind(bench, word, None)
    bench.later(PAUSES[0])
    bench.run_until_idle()
    assert _row(bench).state == "closed"
    assert sum(bench.job(number).state == "complete" for number in numbers) == 5


def test_a_success_in_between_begins_the_count_anew(bench):
    kind = _kind(bench, *[OSError("no")] * 4, None, *[OSError("no")] * 4, None)
    for number in range(10):
        bench.enqueue(kind, f"k{number}", provider=SERVER)
        bench.engine().run_one()
    assert (_row(bench).state, _row(bench).failures) == ("closed", 0)


def test_staff_are_asked_when_it_opens_and_told_when_it_answers_again(bench):
    _break(bench)
    with bench.work.read() as uow:
        task = uow.session.scalars(select(StaffTask).where(StaffTask.key == f"provider:{SERVER}")).one()
    assert (task.title, task.closed_at) == ("panel:3 is not answering; its jobs wait", None)
    _kind(bench, None)
    bench.later(PAUSES[0])
    bench.run_until_idle()
    with bench.work.read() as uow:
        task = uow.session.scalars(select(StaffTask).where(StaffTask.key == f"provider:{SERVER}")).one()
    assert task.resolution == "it answers again"


def _pause(bench, actor=STAFF, name=SERVER, reason="new disks"):
    with bench.work.write(actor) as uow:
        providers.pause(uow, name, reason)


def test_a_paused_provider_gets_no_job_until_it_is_resumed(each_bench):
    bench = each_bench
    number = bench.enqueue(_kind(bench, None), provider=SERVER)
    _pause(bench)
    assert bench.run_until_idle() == 0
    with bench.work.read() as uow:
        assert count_due(uow, 9) == 0
        assert queries.waits_for(uow, bench.job(number)) == "panel:3 is paused by Mari: new disks"
    with bench.work.write(STAFF) as uow:
        providers.resume(uow, SERVER, "done")
    bench.run_until_idle()
    assert (bench.job(number).state, bench.job(number).attempts) == ("complete", 1)
    with bench.work.read() as uow:
        rows = uow.session.scalars(select(AuditRow).where(AuditRow.object_kind == "provider"))
        assert [(row.verb, row.reason) for row in rows] == [
            ("provider.pause", "new disks"),
            ("provider.resume", "done"),
        ]


def test_resuming_a_provider_that_was_given_up_asks_it_at_once(bench):
    numbers = _break(bench)
    _kind(bench, None)
    with bench.work.write(STAFF) as uow:
        providers.resume(uow, SERVER)
    bench.run_until_idle()
    bench.later(2)
    bench.run_until_idle()
    assert {bench.job(number).state for number in numbers} == {"complete"}


def test_who_may_pause_what(bench):
    bench.enqueue(_kind(bench, None), provider=SERVER)
    with pytest.raises(NotAllowed):
        _pause(bench, NOSY)
    with pytest.raises(InvalidInput, match="say why") as wrong:
        _pause(bench, reason=" ")
    assert wrong.value.field == "reason"
    with pytest.raises(InvalidInput, match="panel:9") as wrong:
        _pause(bench, name="panel:9")
    assert wrong.value.field == "provider"
    _pause(bench)
    with pytest.raises(Refused, match="paused already, by Mari"):
        _pause(bench)
    with pytest.raises(NotFound), bench.work.write(STAFF) as uow:
        providers.resume(uow, "panel:9")


def test_a_job_bound_to_its_server_later_waits_for_that_server(bench):
    from ezcore.jobs.engine import Settled

    kind = bench.kind(
        Settled("server", "Choose", settle=lambda uow, c, _r: providers.bind(uow, c.job, "panel:4")),
        Step("make", "Make", run=failing(OSError("no"))),
        ladder=PROVISIONING,
    )
    number = bench.enqueue(kind, provider="panel:new")
    bench.run_until_idle()
    assert bench.job(number).provider == "panel:4"
    assert (_row(bench, "panel:4").failures, _row(bench, "panel:new")) == (1, None)


def test_the_words_for_a_job_that_simply_waits_its_turn(bench):
    bench.enqueue(_kind(bench, None), provider=SERVER)
    with bench.work.read() as uow:
        assert queries.waits_for(uow, uow.session.scalars(select(Job)).one()) is None
        assert (queries.unwell(uow), queries.in_use(uow)) == ([], [SERVER])
