"""`ez jobs`: what staff do on the page, from a shell, with JSON for scripts."""

from __future__ import annotations

import json

import pytest

from ezcore.cli import configured
from ezcore.cli.main import main
from ezcore.jobs.models import Job
from ezcore.worker import drain


@pytest.fixture
def ez(shop, monkeypatch, capsys):
    """Runs `ez jobs ... --json` on the shop of the test; gives the exit code and what was printed."""
    monkeypatch.setattr(configured, "open_shop", lambda _args: shop)

    def call(*arguments):
        code = main(["jobs", *arguments, "--json"])
        out = capsys.readouterr()
        return code, json.loads(out.out) if out.out else out.err

    return call


def test_list_and_show_say_what_keeps_a_job(ez, office):
    number = office.failing_job(words="connection refused by node 7")
    code, rows = ez("list")
    assert (code, [row["id"] for row in rows]) == (0, [number])
    assert (rows[0]["state"], rows[0]["attempts"]) == ("queued", 1)
    code, one = ez("show", str(number))
    assert "node 7" in one["cause"]
    assert [step["title"] for step in one["steps"]] == ["Do it"]
    assert ez("show", "999")[0] == 1


def test_a_dry_run_tells_and_changes_nothing_and_the_real_one_is_safe_to_repeat(ez, office):
    numbers = [office.failing_job(f"k{n}", "node 7 is away") for n in range(2)]
    office.failing_job("other", "disk is full")
    code, found = ez("retry", "--cause", "node 7", "--dry-run")
    assert (code, [row["id"] for row in found["jobs"]], found["dry_run"]) == (0, numbers, True)
    assert {office.job(number).failures for number in numbers} == {1}
    assert [row["id"] for row in ez("retry", "--cause", "node 7")[1]["jobs"]] == numbers
    assert ez("retry", "--cause", "node 7")[1]["jobs"] == []
    assert {office.job(number).failures for number in numbers} == {0}


def test_retry_by_service_number_label_and_client(shop, ez, office, ordered):
    number = office.failing_job()
    from sqlalchemy import select

    from ezcore.services.services.models import Service

    with shop.work.write() as uow:
        service = uow.session.scalars(select(Service)).one()
        job = uow.session.get_one(Job, number)
        job.subject_kind, job.subject_id, job.client_id = "service", service.id, service.client_id
        asked = [("--service", str(service.id)), ("--service", f"#{service.id}"), ("--service", service.label),
                 ("--client", str(service.client_id))]  # fmt: skip
    for option in asked:
        assert [row["id"] for row in ez("retry", *option, "--dry-run")[1]["jobs"]] == [number], option
    assert ez("retry", "--service", "nobody")[0] == 1


def test_retry_without_saying_which_is_refused(ez):
    code, said = ez("retry")
    assert code == 1
    assert "say which jobs" in said


def test_run_cancel_done_and_answer(shop, ez, office):
    failing, asking, other = office.failing_job(), office.asking_job(), office.failing_job("k3")
    assert ez("run", str(failing))[1]["state"] == "queued"
    drain(shop)
    assert office.job(failing).attempts == 2
    assert ez("cancel", str(failing), "--reason", "not wanted")[1]["state"] == "cancelled"
    assert ez("cancel", str(failing), "--reason", "again")[0] == 1
    assert ez("done", str(other), "--reason", "by hand")[1]["state"] == "complete"
    ez("answer", str(asking), "machine 104")
    drain(shop)
    assert (office.job(asking).state, office.answers[-1]) == ("complete", "machine 104")


def test_pause_and_resume_a_provider_and_a_plugin(shop, ez, office):
    number = office.queued_job()
    with shop.work.write() as uow:
        uow.session.get_one(Job, number).provider = "panel:3"
    assert ez("pause", "panel:3", "--reason", "new disks") == (0, {"name": "panel:3", "done": "pause"})
    drain(shop)
    assert office.job(number).attempts == 0
    assert ez("list")[1][0]["waits_for"] == "panel:3 is paused by system: new disks"
    (row,) = ez("providers")[1]
    assert (row["provider"], row["state"], row["waiting"]) == ("panel:3", "paused", 1)
    ez("resume", "panel:3")
    drain(shop)
    assert office.job(number).attempts == 1
    assert ez("pause", "panel:9", "--reason", "x")[0] == 1
    assert ez("pause", "banktransfer", "--plugin", "--reason", "audit")[0] == 0
    shop.host.health.forget()
    assert shop.host.health.is_paused("banktransfer")
    assert ez("resume", "banktransfer", "--plugin")[0] == 0
