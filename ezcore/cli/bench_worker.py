"""One process of the bench: opens the shop, waits for the start, bills what is due, tells what it took."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from tempfile import gettempdir

from ezcore.app import Ezcore, build
from ezcore.automation import renewals
from ezcore.settings import load

KEY = "a-key-of-a-database-that-is-thrown-away"


def open_bench_shop(url: str) -> Ezcore:
    """A shop on the scratch database: VAT by rules, no plugin, no bell."""
    ini = {
        "ez.plugins": "",
        "ez.state_dir": str(Path(gettempdir())),
        "ez.database.url": url,
        "ez.security.secret_keys": KEY,
        "ez.tax.scheme": "rules",
        "ez.tax.seller_country": "EE",
        "ez.tax.seller_tax_number": "EE100931558",
    }
    return build(load(ini, {}), bell=lambda: None)


def work_on(url: str) -> int:
    """Say `ready`, wait for a line, run, and print seconds, services and peak memory (KiB) as JSON."""
    shop = open_bench_shop(url)
    on = shop.work.clock.today(shop.settings.shop.time_zone)
    with shop.work.read() as uow:
        uow.session.connection()
    print("ready", flush=True)
    sys.stdin.readline()
    started, cpu = time.perf_counter(), time.process_time()
    outcome = renewals.run(shop.work, on, preview=False)
    found = {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "done": outcome.done,
        "left_out": [*outcome.failed, *outcome.skipped][:3],
        "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }
    print(json.dumps(found), flush=True)
    return 0
