"""What is kept of a vendor's words: short, storable, and without secrets, whoever forgot to mask them."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select

from ezcore.jobs.models import JobLog
from ezcore.jobs.plain import LOG_LIMIT, MASK, plain
from ezcore.plugin_api.jobs import Step
from tests.fixtures_jobs import failing

CANARY = "S3cr3t-Canary"


@pytest.mark.parametrize(
    "words",
    [
        f'{{"user": "ann", "password": "{CANARY}", "n": 1}}',
        f'{{"cipassword":"{CANARY}"}}',
        f"{{'api_key': '{CANARY}', 'id': 7}}",
        f'{{"a": {{"auth_code": "{CANARY} with \\" quote"}}}}',
        f'{{"token": "{CANARY} and cut in the mid',
        f"POST /login?user=ann&password={CANARY}&x=1",
        f"v-add-user ann PASSWORD={CANARY} mail@example.org",
        f"api_token: {CANARY}",
        f"Authorization: PVEAPIToken=ez@pve!one={CANARY}",
        f"authorization: Basic {CANARY}",
        f"Cookie: session={CANARY}; theme=dark",
        f"curl -H 'x: Bearer {CANARY}'",
        f"<login><clID>ez</clID><pw>{CANARY}</pw></login>",
        f'<domain:authInfo><domain:pw roid="x">{CANARY}</domain:pw></domain:authInfo>',
        f"https://ann:{CANARY}@panel.example/api",
        f"-----BEGIN RSA PRIVATE KEY-----\n{CANARY}\n-----END RSA PRIVATE KEY-----",
        f"-----BEGIN PRIVATE KEY-----\n{CANARY} and no end",
        f"client_secret={CANARY}",
    ],
)
def test_a_secret_beside_its_name_is_masked_in_every_notation(words):
    assert CANARY not in plain(words)
    assert MASK in plain(words)


@pytest.mark.parametrize(
    "words",
    [
        "POST /nodes/pve1/qemu vmid=104 name=web-1 onboot=1",
        '{"operation_key": "svc:7:create", "public_key": "ssh-ed25519 AAAA", "author": "ann"}',
        "KeyError: 'x'",
        "outcome unknown: the answer was lost",
        '{"id": 7, "monkey": "see", "compassion": "yes"}',
    ],
)
def test_what_is_no_secret_stays_readable(words):
    assert plain(words) == words


def test_two_hundred_megabytes_cost_nothing_and_are_cut():
    huge = "<html>" + "A" * (200 * 1024 * 1024)
    started = time.perf_counter()
    kept = plain(huge)
    assert time.perf_counter() - started < 1
    assert len(kept) == LOG_LIMIT
    assert kept.endswith("(cut)")


def test_bytes_nul_and_lone_surrogates_can_be_stored():
    assert plain(b"caf\xc3\xa9 \xff") == "café \ufffd"
    assert plain("a\x00b\ud800c") == "a\ufffdb\ufffdc"


HOSTILE = "<script>alert(1)</script>\x00" + "A" * 100_000


def test_a_hostile_answer_is_kept_cut_and_the_job_goes_on_waiting(each_bench):
    def run(context):
        context.log(f"POST /x password={CANARY}", HOSTILE, 200)
        raise ValueError(HOSTILE)

    number = each_bench.enqueue(each_bench.kind(Step("one", "One", run=run)))
    each_bench.run_until_idle()
    job = each_bench.job(number)
    assert (job.state, job.failures) == ("queued", 1)
    assert len(job.cause) <= LOG_LIMIT
    with each_bench.work.read() as uow:
        line = uow.session.scalars(select(JobLog)).one()
    assert CANARY not in line.request
    assert len(line.answer) == LOG_LIMIT


def test_a_result_that_no_database_keeps_is_a_failed_try_not_a_lost_job(each_bench):
    number = each_bench.enqueue(
        each_bench.kind(Step("one", "One", run=lambda _c: {"words": "A" * 3_000_000}))
    )
    each_bench.run_until_idle()
    assert (each_bench.job(number).state, each_bench.job(number).failures) == ("queued", 1)
    assert "too large" in each_bench.job(number).cause


def test_secrets_in_errors_do_not_reach_the_cause(bench):
    number = bench.enqueue(
        bench.kind(Step("one", "One", run=failing(OSError(f"GET /x?token={CANARY} refused"))))
    )
    bench.run_until_idle()
    assert bench.job(number).cause == f"OSError: GET /x?token={MASK} refused"
