"""`ez bench billing | jobs | pages`: against a floor or a small shop, on a scratch PostgreSQL.

Exit 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable
from typing import Any

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to measure, and how much of it."""
    parser.add_argument(
        "what",
        choices=("billing", "jobs", "pages", "worker", "jobs-worker"),
        help="billing, jobs or pages (the others help them)",
    )
    parser.add_argument("--services", type=int, default=100_000, metavar="N", help="due services (100000)")
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="interleaved pairs (default: 5)")
    parser.add_argument("--jobs", type=int, default=200, metavar="N", help="jobs per pair (default: 200)")
    parser.add_argument(
        "--clients", type=int, default=100_000, metavar="N", help="of the large shop (100000)"
    )
    parser.add_argument("--queued", type=int, default=10_000, metavar="N", help="jobs in the queue (10000)")
    parser.add_argument(
        "--redis", default=os.environ.get("REDIS_URL", ""), metavar="URL", help="default: $REDIS_URL"
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON on standard output")
    parser.add_argument("--database", default="", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Measure, verify, and compare with the bars."""
    if args.what == "worker":
        from ezcore.cli import bench_worker

        return bench_worker.work_on(args.database)
    if args.what == "jobs-worker":
        from ezcore.cli import bench_jobs_worker

        return bench_jobs_worker.work_on(args.database, args.redis)
    logging.disable(logging.INFO)  # a hundred migrations, told each time, would hide the figures
    server = os.environ.get("EZ_BENCH_DATABASE_URL", SERVER)
    found = _measure(args, server, lambda line: print(line, file=sys.stderr, flush=True))
    if args.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name}: {value}")
    for missed in found["missed"]:
        print(f"missed: {missed}", file=sys.stderr)
    return 1 if found["missed"] else 0


def _measure(args: argparse.Namespace, server: str, say: Callable[[str], None]) -> dict[str, Any]:
    from ezcore.cli import bench_billing, bench_jobs, bench_pages

    if args.what == "jobs":
        return bench_jobs.Bench(server, args.redis, say).run(args.jobs, args.pairs, args.queued)
    if args.what == "pages":
        return bench_pages.Bench(server, say).run(args.clients, args.pairs)
    return bench_billing.Bench(server, say).run(args.services, args.pairs)
