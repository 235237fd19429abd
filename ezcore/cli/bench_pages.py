"""Measures whether pages stay quick when a shop grows a hundredfold: interleaved pairs on two scratch databases.

Pages are asked for through the whole WSGI application, in this process. The machine may be shared and its speed
moves; a pair of one page runs within a second, so its ratio says more than its times.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from sqlalchemy.engine import make_url
from webob import Request

from ezcore.app import Ezcore, make_app
from ezcore.cli.bench_pages_seed import INVOICES_PER_CLIENT, LINES_PER_INVOICE, seed
from ezcore.cli.bench_worker import open_bench_shop

BAR: Final = 1.5
SMALLER: Final = 100
_TRIES: Final = 3
_GOOD: Final = (200, 302, 303)
PAGES: Final = (
    ("visitor", "/"),
    ("visitor", "/pricing/"),
    ("visitor", "/pricing/web-pro/"),
    ("visitor", "/help/"),
    ("client", "/dashboard/"),
    ("client", "/dashboard/services/"),
    ("client", "/billing/"),
    ("client", "/billing/statement/"),
    ("client", "/dashboard/domains/"),
    ("client", "/tickets/"),
    ("staff", "/admin/"),
    ("staff", "/admin/clients/"),
    ("staff", "/admin/orders/"),
    ("staff", "/admin/services/"),
    ("staff", "/admin/invoices/"),
    ("staff", "/admin/invoices/?status=unpaid"),
    ("staff", "/admin/invoices/?status=overdue"),
    ("staff", "/admin/transactions/"),
    ("staff", "/admin/ledger/"),
    ("staff", "/admin/domains/"),
    ("staff", "/admin/tickets/"),
    ("staff", "/admin/tickets/?state=closed"),
    ("staff", "/admin/jobs/"),
    ("staff", "/admin/clients/150/"),
    ("staff", "/admin/invoices/2026-0000150/"),
    ("staff", "/admin/search/?q=2026-0000150"),
    ("staff", "/admin/search/?q=c150@client.example"),
    ("staff", "/admin/search/?q=site150.example"),
    ("staff", "/admin/search/?q=ext_150"),
    ("staff", "/admin/search/?q=10.0.0.150"),
    ("staff", "/admin/search/?q=T-000150"),
)


@dataclass
class Shop:
    """One of the two: its application, and the session of each who looks."""

    app: Any
    tokens: dict[str, str]
    made: Ezcore

    def seconds(self, who: str, path: str) -> float:
        """The quickest of a few tries, so that what the machine does beside it weighs less."""
        return min(self._once(who, path) for _ in range(_TRIES))

    def _once(self, who: str, path: str) -> float:
        request = Request.blank(path, base_url=self.made.settings.shop.site_url)
        request.remote_addr = "127.0.0.1"
        if self.tokens[who]:
            request.cookies["ez_session"] = self.tokens[who]
        started = time.perf_counter()
        answer = request.get_response(self.app)
        took = time.perf_counter() - started
        if answer.status_int not in _GOOD or "/accounts/login/" in str(answer.location or ""):
            raise RuntimeError(f"{path} answered {answer.status} {answer.location or ''}")
        return took


@dataclass
class Bench:
    """Makes scratch databases on `server`, measures in them, and drops them."""

    server: str
    say: Callable[[str], None]

    def run(self, clients: int, pairs: int) -> dict[str, Any]:
        """Each page's ratio, large by small; those above the bar are listed under `missed`. Times in milliseconds."""
        small = max(clients // SMALLER, 200)
        with self._shop(clients) as large, self._shop(small) as less:
            times: dict[str, list[tuple[float, float]]] = {path: [] for _, path in PAGES}
            for number in range(pairs + 1):
                for who, path in PAGES:
                    pair = large.seconds(who, path), less.seconds(who, path)
                    if number:  # the first pair warms up templates, plans and caches
                        times[path].append(pair)
                self.say(f"pair {number} of {pairs}")
        pages = {path: _told(found) for path, found in times.items()}
        return {
            "clients": clients,
            "lines": clients * INVOICES_PER_CLIENT * LINES_PER_INVOICE,
            "small_clients": small,
            "pairs": pairs,
            "pages": pages,
            "load": [round(one, 1) for one in os.getloadavg()],
            "missed": [
                f"{path} {one['ratio']}, at most {BAR}" for path, one in pages.items() if one["ratio"] > BAR
            ],
        }

    @contextmanager
    def _shop(self, clients: int) -> Iterator[Shop]:
        server = make_url(self.server).set(drivername="postgresql")
        name, shown = f"ez_bench_pages_{os.getpid()}_{clients}", server.render_as_string(hide_password=False)
        with psycopg.connect(shown, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            made = open_bench_shop(server.set(database=name).render_as_string(hide_password=False))
            made.migrate()
            started = time.perf_counter()
            tokens = seed(made, clients)
            self.say(f"seeded {clients} clients in {time.perf_counter() - started:.0f} s")
            yield Shop(make_app(made), tokens, made)
            made.engine.dispose()
        finally:
            with psycopg.connect(shown, autocommit=True) as admin:
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _told(found: list[tuple[float, float]]) -> dict[str, Any]:
    ratios = [large / small for large, small in found]
    return {
        "ratio": round(statistics.median(ratios), 2),
        "ratios": [round(one, 2) for one in ratios],
        "large_ms": round(statistics.median(large for large, _ in found) * 1000, 1),
        "small_ms": round(statistics.median(small for _, small in found) * 1000, 1),
    }
