"""Three stand-in vendors over real HTTP, and workers that create things there.

`fine` takes its time and answers; `hangs` takes every request and never answers until it is healed; `breaks` does what
it was asked and answers 500. A second POST makes a second thing: only looking first keeps it from being made twice.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote

from ezcore.jobs import operations as jobs
from ezcore.jobs.engine import Engine, Settled
from ezcore.jobs.models import ScheduledRun
from ezcore.plugin_api.errors import OutcomeUnknown
from ezcore.plugin_api.jobs import JobKind, Ladder
from ezcore.tasks.consumer import run_consumer
from ezcore.tasks.lifeline import exit_when_parent_dies
from tests.faults.engine_shop import Shop

FINE_SECONDS = 0.4
PATIENT = Ladder("patient", (0.5, 1), then_every=1, until=600, task_after_tries=999, task_after=9999)


@dataclass
class Vendors:
    """The stand-ins; what they were made to hold is in `made`."""

    made: Counter = field(default_factory=Counter)
    healed: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    server: Any = None

    def start(self) -> str:
        vendors = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                vendors.answer(self, make=False)

            def do_POST(self) -> None:
                vendors.answer(self, make=True)

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, request: Any, *, make: bool) -> None:
        _, vendor, key = request.path.split("/", 2)
        key, status = unquote(key), 200
        if vendor == "hangs" and not self.healed.is_set():
            self.healed.wait(120)
            return  # the connection ends without a word
        if vendor == "fine":
            time.sleep(FINE_SECONDS)
        with self.lock:
            if make:
                self.made[key] += 1
                status = 500 if vendor == "breaks" else 201
            elif not self.made[key]:
                status = 404
        body = json.dumps({"key": key}).encode()
        try:
            request.send_response(status)
            request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            request.wfile.write(body)
        except OSError:
            pass  # the worker was killed


def kind_of(vendor: str, url: str) -> JobKind:
    """Look by key, adopt or create; then settle in our own tables."""

    def make(context: Any) -> str:
        address = f"{url}/{vendor}/{quote(context.operation_key, safe='')}"
        if _ask(address, "GET") == 404:
            context.still_wanted()
            _ask(address, "POST")
        return str(context.operation_key)

    def settle(uow: Any, context: Any, _result: Any) -> None:
        # A new row each time it runs, so that settling twice would be seen.
        uow.session.add(ScheduledRun(task=context.operation_key, slot=uow.ids.key("s"), started_at=uow.now()))

    step = Settled("make", "Make", run=make, settle=settle, call_limit=timedelta(seconds=1.5))
    return JobKind(f"fault.{vendor}", "Make a thing", PATIENT, [step])


def _ask(address: str, method: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, method=method), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        if error.code == 500:
            raise OutcomeUnknown("answered 500", unreachable=False) from error
        return error.code


def ask_for(shop: Shop, wanted: list[tuple[str, str]]) -> None:
    """One job per (vendor, key), all in one transaction."""
    work, _ = shop.open()
    with work.write() as uow:
        for vendor, key in wanted:
            jobs.enqueue(uow, kind_of(vendor, ""), key, {}, provider=f"vendor:{vendor}")
    work.engine.dispose()


def run_vendor_worker(shop: Shop, url: str) -> None:
    """Be a worker until killed."""
    exit_when_parent_dies(multiprocessing.parent_process().sentinel, seconds=5)
    work, queue = shop.open()
    kinds = {f"fault.{vendor}": kind_of(vendor, url) for vendor in ("fine", "hangs", "breaks")}
    engine = Engine(work, kinds, None, f"worker:{os.getpid()}", shop.lease, lambda _uow, _job: None)
    run_consumer(queue, engine, {}, lambda: None, shop.settings())
