"""Measures the billing run against its floor: interleaved pairs on copies of one seeded scratch database.

The machine may be shared and its speed moves; a pair runs within seconds, so its ratio says more than its rates.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from sqlalchemy.engine import make_url

from ezcore.billing.invoices.operations.issue import seller
from ezcore.cli.bench_floor import write_floor
from ezcore.cli.bench_seed import seed
from ezcore.cli.bench_worker import open_bench_shop

BARS: Final = {"ratio": 4.0, "growth_10x": 11.0, "memory": 1.2, "workers": 1.4}

_PROOFS: Final = {
    "every service is billed once": (
        "SELECT count(*) FROM service s WHERE (SELECT count(*) FROM invoice_line l WHERE l.service_id = s.id"
        " AND l.period_start = s.paid_until AND l.period_end = s.billed_until) <> 1"
    ),
    "numbers have no gap": (
        "SELECT abs(count(*) - max(sequence)) + abs(count(*) - (SELECT last_number FROM invoice_series)) FROM invoice"
    ),
    "every invoice is numbered and owed": "SELECT count(*) FROM invoice WHERE number IS NULL OR status <> 'unpaid'",
    "the ledger is zero": "SELECT abs(coalesce(sum(minor), 0)) FROM ledger_entry",
    "every invoice is in the ledger": (
        "SELECT count(*) FROM invoice i WHERE total_minor <> coalesce((SELECT sum(minor) FROM ledger_entry e JOIN"
        " journal j ON j.id = e.journal_id WHERE j.key = 'invoice:' || i.id AND e.account = 'receivable'), 0)"
    ),
    "every invoice is told": (
        "SELECT abs((SELECT count(*) FROM invoice) - (SELECT count(*) FROM outbox_event))"
        " + abs((SELECT count(*) FROM invoice) - (SELECT count(*) FROM audit_row WHERE verb = 'invoice.issue'))"
    ),
}
# What both ways write, ids and hashes left out: one figure per table, to show that the floor writes the same rows.
_CONTENT: Final = (
    "SELECT 'invoice', md5(string_agg(md5(concat_ws('|', client_id, kind, status, currency, net_minor, tax_minor,"
    " total_minor, issued_on, due_on, tax_treatment, buyer, seller, length(content_hash))), '' ORDER BY client_id))"
    " FROM invoice UNION ALL SELECT 'line', md5(string_agg(md5(concat_ws('|', service_id, kind, description, quantity,"
    " unit_minor, amount_minor, tax_minor, price_id, period_start, period_end, period_key, tax_positions, explain)), ''"
    " ORDER BY service_id)) FROM invoice_line UNION ALL SELECT 'entry', md5(string_agg(concat_ws('|', account,"
    " client_id, currency, minor), ',' ORDER BY account, client_id, minor)) FROM ledger_entry UNION ALL SELECT 'tax',"
    " md5(string_agg(concat_ws('|', name, rate_ppm, level, category, base_minor, tax_minor, rule_id), ',' ORDER BY"
    " base_minor, tax_minor, rule_id)) FROM invoice_tax UNION ALL SELECT 'service', md5(string_agg(concat_ws('|', id,"
    " billed_until), ',' ORDER BY id)) FROM service UNION ALL SELECT 'event', md5(string_agg(concat_ws('|', name,"
    " payload -> 'client_id', payload -> 'total', payload -> 'due_on'), ','"
    " ORDER BY (payload ->> 'client_id')::bigint))"
    " FROM outbox_event"
)


class Bench:
    """Makes scratch databases on `server`, runs both ways in them, and drops them."""

    def __init__(self, server: str, say: Callable[[str], None]) -> None:
        self._server = make_url(server).set(drivername="postgresql")
        self._say = say
        self._seller = ""
        self._content: dict[str, Any] = {}

    def run(self, services: int, pairs: int) -> dict[str, Any]:
        """All figures. Bars that are missed, and proofs that fail, are listed under `missed`."""
        small = max(services // 10, 1)
        with self._seeded(services) as large_copy, self._seeded(small) as small_copy:
            ours, two, floor, peaks, small_ours, small_peaks = [], [], [], [], [], []
            for number in range(1, pairs + 1):
                mine = self._ours(large_copy, services, 1)
                ours.append(mine["seconds"])
                peaks.append(mine["peak_kib"])
                two.append(self._ours(large_copy, services, 2)["seconds"])
                floor.append(self._floor(large_copy))
                less = self._ours(small_copy, small, 1)
                small_ours.append(less["seconds"])
                small_peaks.append(less["peak_kib"])
                self._say(
                    f"pair {number}: ours {ours[-1]:.1f} s, floor {floor[-1]:.1f} s, ratio {ours[-1] / floor[-1]:.2f};"
                    f" two workers {two[-1]:.1f} s, a tenth {less['seconds']:.2f} s; python {mine['cpu']:.1f} s"
                )
        ratios = [mine / least for mine, least in zip(ours, floor, strict=True)]
        middle = statistics.median
        found: dict[str, Any] = {
            "services": services,
            "pairs": pairs,
            "ours_per_second": round(services / middle(ours)),
            "floor_per_second": round(services / middle(floor)),
            "ratio": round(middle(ratios), 2),
            "ratios": [round(one, 2) for one in ratios],
            "growth_10x": round(middle(ours) / middle(small_ours), 2),
            "peak_mib": round(max(peaks) / 1024, 1),
            "memory": round(middle(peaks) / middle(small_peaks), 3),
            "workers_2_per_second": round(services / middle(two)),
            "workers": round(middle([one / both for one, both in zip(ours, two, strict=True)]), 2),
            "load": [round(one, 1) for one in os.getloadavg()],
        }
        return {**found, "missed": self._missed(found)}

    def _missed(self, found: dict[str, Any]) -> list[str]:
        over = [
            f"{name} {found[name]}, at most {BARS[name]}"
            for name in ("ratio", "growth_10x", "memory")
            if found[name] > BARS[name]
        ]
        if found["workers"] < BARS["workers"]:
            over.append(f"workers {found['workers']}, at least {BARS['workers']}")
        return over

    def _ours(self, template: str, services: int, workers: int) -> dict[str, Any]:
        with self._copy(template) as url:
            command = [sys.executable, "-m", "ezcore.cli.main", "bench", "worker", "--database", url]
            running = [
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
                for _ in range(workers)
            ]
            for one in running:
                if one.stdout is None or one.stdout.readline().strip() != "ready":
                    raise RuntimeError("a worker of the bench did not start")
            for one in running:
                assert one.stdin is not None
                one.stdin.write("go\n")
                one.stdin.flush()
            answers = [json.loads(one.communicate()[0]) for one in running]
            left_out = [line for answer in answers for line in answer["left_out"]]
            if sum(answer["done"] for answer in answers) != services:
                raise RuntimeError(f"billed {[a['done'] for a in answers]} of {services}: {left_out}")
            self._prove(url, "ours")
        return {
            "seconds": max(answer["seconds"] for answer in answers),
            "cpu": sum(answer["cpu"] for answer in answers),
            "peak_kib": max(answer["peak_kib"] for answer in answers),
        }

    def _floor(self, template: str) -> float:
        with self._copy(template) as url:
            on = str(psycopg.connect(url).execute("SELECT min(billed_until) FROM service").fetchone()[0])  # type: ignore[index]
            seconds = write_floor(url, on, self._seller)
            self._prove(url, "floor")
        return seconds

    def _prove(self, url: str, who: str) -> None:
        self._admin(
            "ANALYZE", str(make_url(url).database)
        )  # the tables were empty when they were last looked at
        with psycopg.connect(url) as connection:
            for name, query in _PROOFS.items():
                wrong = connection.execute(query).fetchone()
                if wrong is None or wrong[0]:
                    raise RuntimeError(f"{who}: not so: {name} ({wrong})")
            content: dict[str, str] = dict(connection.execute(_CONTENT).fetchall())
        known = self._content.setdefault(str(make_url(url).database), content)
        if known != content:
            differing = [table for table in content if known.get(table) != content[table]]
            raise RuntimeError(f"{who} wrote other rows than the run before: {', '.join(differing)}")

    @contextmanager
    def _seeded(self, services: int) -> Iterator[str]:
        name = f"ez_bench_{os.getpid()}_{services}"
        self._create(name)
        try:
            shop = open_bench_shop(self._url(name))
            shop.migrate()
            seed(shop, services)
            with shop.work.read() as uow:
                self._seller = json.dumps(seller(uow))
            shop.engine.dispose()
            self._admin("VACUUM ANALYZE", name)
            self._say(f"seeded {services} services")
            yield name
        finally:
            self._drop(name)

    @contextmanager
    def _copy(self, template: str) -> Iterator[str]:
        name = f"{template}_copy"
        self._create(name, template)
        try:
            self._admin("CHECKPOINT", name)
            yield self._url(name)
        finally:
            self._drop(name)

    def _create(self, name: str, template: str = "template1") -> None:
        self._admin(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def _drop(self, name: str) -> None:
        self._admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _admin(self, statement: str, database: str | None = None) -> None:
        url = self._url(database) if database else self._server.render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)
