"""Who may answer a job's question, and what counts as an answer."""

from __future__ import annotations

import pytest

from ezcore.jobs import operations as jobs
from ezcore.jobs.events import JobAsksClient
from ezcore.jobs.models import Job
from ezcore.jobs.rules import read_answer
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.plugin_api.errors import Asked, NeedsInfo
from ezcore.plugin_api.jobs import Step
from tests.fixtures_jobs import failing

STAFF = Actor("staff", user_id=3, permissions=frozenset({jobs.MANAGE}), name="Mari")
ANN = Actor("client", user_id=8, client_id=12, permissions=frozenset({jobs.ANSWER}), name="Ann")
READER = Actor("client", user_id=9, client_id=12, permissions=frozenset({"client.read"}), name="Rein")
BEN = Actor("client", user_id=10, client_id=13, permissions=frozenset({jobs.ANSWER}), name="Ben")
FIELDS = (Asked("host", "Host name"), Asked("size", "Size", "choice", ("S", "L"), required=False))
STORED = [{"name": "host"}, {"name": "size", "kind": "choice", "options": ["S", "L"], "required": False}]


def _asking(bench, ask="client", fields=(), client_id=12):
    kind = bench.kind(Step("one", "One", run=failing(NeedsInfo("Which?", ask=ask, fields=fields), None)))
    number = bench.enqueue(kind, client_id=client_id, subject=("service", 7))
    bench.run_until_idle()
    return number


def _answer(bench, number, actor, given="web.example"):
    with bench.work.write(actor) as uow:
        jobs.answer(uow, uow.session.get_one(Job, number), given)


@pytest.mark.parametrize("actor", [ANN, STAFF])
def test_the_client_who_is_asked_and_staff_may_answer(each_bench, actor):
    number = _asking(each_bench)
    assert each_bench.task(number).title == "Do the test job waits for the client's answer"
    _answer(each_bench, number, actor)
    assert each_bench.job(number).answer == "web.example"
    each_bench.run_until_idle()
    assert each_bench.job(number).state == "complete"
    assert each_bench.task(number).closed_at is not None


@pytest.mark.parametrize(("actor", "error"), [(BEN, NotFound), (READER, NotAllowed)])
def test_nobody_else_may(bench, actor, error):
    number = _asking(bench)
    with pytest.raises(error):
        _answer(bench, number, actor)
    assert bench.job(number).state == "needs_info"


def test_a_client_cannot_answer_what_staff_were_asked(bench):
    with pytest.raises(Refused):
        _answer(bench, _asking(bench, ask="staff"), ANN)


def test_a_job_of_nobody_asks_staff_even_if_its_step_asks_the_client(bench):
    assert bench.job(_asking(bench, client_id=None)).asks == "staff"


def test_the_client_is_told_by_an_event_staff_questions_are_not(bench):
    number = _asking(bench)
    told = [event for event in bench.work.dispatch.events if isinstance(event, JobAsksClient)]
    assert told == [JobAsksClient(number, "test.job", "service:7", 12)]


def test_fields_travel_with_the_question_and_the_answer_is_json(each_bench):
    number = _asking(each_bench, fields=FIELDS)
    assert [one["name"] for one in each_bench.job(number).ask_fields] == ["host", "size"]
    _answer(each_bench, number, ANN, {"host": " web.example ", "size": "", "other": "ignored"})
    assert each_bench.job(number).answer == '{"host": "web.example"}'
    assert each_bench.job(number).ask_fields == []


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"host": " "}, "host", "write the answer"),
        ({}, "host", "write the answer"),
        ({"host": "x", "size": "XXL"}, "size", "choose one of: S, L"),
        ({"host": "x" * 2001}, "host", "at most 2000"),
        ({"host": "a\x00b"}, "host", "cannot be stored"),
        ("web.example", "answer", "several fields"),
    ],
)
def test_a_wrong_answer_names_its_field(given, field, words):
    with pytest.raises(InvalidInput, match=words) as wrong:
        read_answer(STORED, given)
    assert wrong.value.field == field


def test_one_text_answers_one_field_and_json_may_be_typed():
    assert read_answer(STORED[:1], "web") == '{"host": "web"}'
    assert read_answer(STORED, '{"host": "web", "size": "S"}') == '{"host": "web", "size": "S"}'
    assert read_answer([], " both ") == "both"
