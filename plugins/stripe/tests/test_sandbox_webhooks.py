"""Webhooks of the imitated Stripe arrive signed, at least once, and misbehave when told to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe
from ez_stripe.sandbox import WEBHOOK_SECRET, StripeSandbox, make
from ez_stripe.sandbox.webhooks import send_over_http

from ezcore.plugin_api.sandbox import Fault, MovingClock, RunningServer, SandboxOptions, serve

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def told(sandbox: StripeSandbox, shop: Any) -> StripeSandbox:
    """A sandbox that knows the shop; the test itself sends what is due."""
    sandbox.account.webhooks.configure(shop.url, WEBHOOK_SECRET)
    return sandbox


def deliver(sandbox: StripeSandbox) -> int:
    return sandbox.account.webhooks.deliver_due(send_over_http)


def happen(sandbox: StripeSandbox, *names: str) -> None:
    for name in names:
        sandbox.account.emit("customer.created", {"id": "cus_1", "object": "customer", "name": name})


def names(shop: Any) -> list[str]:
    return [json.loads(body)["data"]["object"]["name"] for body in shop.bodies]


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert true()


def test_an_event_arrives_signed_so_that_the_library_accepts_it(
    running: RunningServer, shop: Any, clock: MovingClock, make_client: Any
) -> None:
    url = f"{running.address}/_control/webhooks"
    requests.post(url, json={"url": shop.url, "secret": "whsec_mine"}, timeout=5)
    clock.move_to(
        clock.now().replace(year=2100)
    )  # the library looks at the real clock; the future passes there
    make_client(running).v1.customers.create({"name": "Ada"})
    until(lambda: len(shop.received) == 1)
    headers, body = shop.received[0]
    event = stripe.Webhook.construct_event(body, headers["stripe-signature"], "whsec_mine")
    assert (event.type, event.api_version) == ("customer.created", "2026-10-28.endive")


def test_a_refused_event_is_sent_again_later(told: StripeSandbox, shop: Any, clock: MovingClock) -> None:
    shop.status = 500
    happen(told, "a")
    deliver(told)
    assert deliver(told) == 0
    shop.status = 200
    clock.advance(timedelta(seconds=2))
    assert (deliver(told), len(shop.received)) == (1, 2)
    clock.advance(timedelta(days=1))
    assert deliver(told) == 0


def test_a_dead_shop_gets_everything_for_three_days_and_then_no_more(
    told: StripeSandbox, clock: MovingClock, shop: Any
) -> None:
    shop.status = 503
    happen(told, "a")
    for _ in range(40):
        deliver(told)
        clock.advance(timedelta(days=1))
    assert told.account.webhooks.deliveries()[0]["state"] == "given_up"
    assert len(shop.received) == 12


def test_duplicates_carry_the_same_event_id(told: StripeSandbox, shop: Any) -> None:
    told.faults.script(Fault("webhooks.*", "duplicate_webhooks", args={"copies": 3}))
    happen(told, "a")
    deliver(told)
    assert len(shop.bodies) == 3
    assert len(set(shop.bodies)) == 1


def test_events_may_arrive_in_the_wrong_order(told: StripeSandbox, shop: Any) -> None:
    told.faults.script(Fault("webhooks.*", "reorder_webhooks", times=3, args={"count": 3}))
    happen(told, "a", "b")
    deliver(told)
    assert names(shop) == []
    happen(told, "c", "d")
    deliver(told)
    assert names(shop) == ["c", "b", "a", "d"]


def test_events_may_be_late_or_never_come(told: StripeSandbox, shop: Any, clock: MovingClock) -> None:
    told.faults.script(Fault("webhooks.customer.created", "delay_webhooks", args={"seconds": 60}))
    told.faults.script(Fault("webhooks.customer.created", "drop_webhooks"))
    happen(told, "late", "never", "now")
    deliver(told)
    clock.advance(timedelta(minutes=2))
    deliver(told)
    assert names(shop) == ["now", "late"]


@pytest.mark.parametrize("kind", ["bad_signature", "old_timestamp"])
def test_events_may_be_signed_wrongly_or_too_long_ago(
    told: StripeSandbox, shop: Any, clock: MovingClock, kind: str
) -> None:
    clock.move_to(clock.now().replace(year=1999 if kind == "old_timestamp" else 2100))
    told.faults.script(Fault("webhooks.*", kind))
    happen(told, "a")
    deliver(told)
    headers, body = shop.received[0]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, headers["stripe-signature"], WEBHOOK_SECRET)


def test_events_may_be_unknown_or_of_another_version(told: StripeSandbox, shop: Any) -> None:
    told.faults.script(Fault("webhooks.*", "unknown_event"))
    told.faults.script(Fault("webhooks.*", "other_api_version", args={"version": "2026-08-26.dahlia"}))
    happen(told, "a", "b")
    deliver(told)
    first, second = (json.loads(body) for body in shop.bodies)
    assert first["type"] == "sandbox.something_new"
    assert second["api_version"] == "2026-08-26.dahlia"


def test_an_old_event_can_be_sent_again(running: RunningServer, shop: Any, told: StripeSandbox) -> None:
    happen(told, "a")
    until(lambda: len(shop.received) == 1)
    events = requests.get(f"{running.address}/_control/events", timeout=5).json()["events"]
    requests.post(f"{running.address}/_control/events/{events[0]['id']}/redeliver", timeout=5)
    until(lambda: len(shop.received) == 2)
    assert shop.bodies[0] == shop.bodies[1]


def test_what_was_not_delivered_is_delivered_after_a_restart(
    tmp_path: Path, shop: Any, clock: MovingClock, make_client: Any
) -> None:
    shop.status = 500
    options = SandboxOptions(clock=clock, webhook_url=shop.url)
    with serve(make(tmp_path, options)) as running:
        make_client(running).v1.customers.create({"name": "Ada"})
        until(lambda: len(shop.received) == 1)
    shop.status = 200
    clock.advance(timedelta(minutes=1))
    with serve(make(tmp_path, options)):
        until(lambda: len(shop.received) == 2)


def test_a_killed_sandbox_goes_on_where_it_was(tmp_path: Path, shop: Any) -> None:
    shop.status = 500
    process, address = start(tmp_path, shop)
    requests.post(f"{address}/v1/customers", data={"name": "Ada"}, auth=("sk_test_sandbox", ""), timeout=5)
    until(lambda: len(shop.received) >= 1)
    os.kill(process.pid, signal.SIGKILL)
    finish(process)
    shop.received.clear()
    shop.status = 200
    process, address = start(tmp_path, shop)
    until(lambda: len(shop.received) == 1)
    found = requests.get(f"{address}/v1/customers", auth=("sk_test_sandbox", ""), timeout=5).json()
    assert [customer["name"] for customer in found["data"]] == ["Ada"]
    process.terminate()
    assert finish(process) == 0


def start(folder: Path, shop: Any) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "ez_stripe.sandbox", "--port", "0", "--state", str(folder)]
    paths = os.pathsep.join([str(REPOSITORY), str(REPOSITORY / "plugins/stripe")])
    process = subprocess.Popen(
        [*command, "--webhook-url", shop.url],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert process.stdout is not None
    return process, process.stdout.readline().split(" at ")[1].split(" ")[0]


def finish(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    process.stdout.close()
    return process.wait(timeout=15)


def test_an_endpoint_gets_only_the_types_that_are_switched_on_for_it(sandbox):
    came = []
    sandbox.account.webhooks.configure("http://127.0.0.1:1/", WEBHOOK_SECRET)
    sandbox.account.webhooks.only({"payment_intent.succeeded"})
    for type_ in ("payment_intent.created", "payment_intent.succeeded"):
        sandbox.account.emit(type_, {"id": "pi_1", "object": "payment_intent"})
    sandbox.account.webhooks.deliver_due(lambda post: came.append(json.loads(post.body)["type"]) or 200)
    assert came == ["payment_intent.succeeded"]
