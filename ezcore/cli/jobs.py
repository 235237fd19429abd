"""`ez jobs`: list, show, retry, answer, cancel durable jobs; pause and resume what they ask."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

REASON = "ez jobs"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which jobs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, note: str) -> argparse.ArgumentParser:
        one = verbs.add_parser(name, help=note, description=note)
        one.add_argument("--json", action="store_true", help="one line of JSON on standard output")
        one.add_argument("-c", "--config", metavar="INI", default=argparse.SUPPRESS)
        return one

    listing = verb("list", "open and failed jobs")
    listing.add_argument("--all", action="store_true", help="finished jobs too")
    listing.add_argument(
        "--state", choices=("queued", "running", "needs_info", "complete", "failed", "cancelled")
    )
    verb("show", "one job with its steps").add_argument("id", type=int)
    retry = verb("retry", "run stuck jobs again now: by number, service, client or cause; safe to repeat")
    retry.add_argument("id", type=int, nargs="*")
    retry.add_argument("--service", metavar="REF", help="number or label of a service")
    retry.add_argument("--client", type=int, metavar="ID")
    retry.add_argument("--cause", metavar="TEXT", default="", help="whose cause contains this text")
    retry.add_argument("--dry-run", action="store_true", help="only tell which")
    verb("run", "run a waiting job now").add_argument("id", type=int)
    for name, note in (
        ("cancel", "give a job up; what it left at the vendor stays"),
        ("done", "mark a job as done by hand"),
    ):
        closing = verb(name, note)
        closing.add_argument("id", type=int)
        closing.add_argument("--reason", required=True)
    answer = verb("answer", "answer the question of a job")
    answer.add_argument("id", type=int)
    answer.add_argument("text", help="a JSON object where the question has several fields")
    verb("providers", "providers that are paused or do not answer")
    for name in ("pause", "resume"):
        resting = verb(name, f"{name} a provider (panel:3), or with --plugin everything of a plugin")
        resting.add_argument("name")
        resting.add_argument("--plugin", action="store_true")
        resting.add_argument("--reason", required=name == "pause", default="")


def run(args: argparse.Namespace) -> int:
    """Do it; prints what was done."""
    from ezcore.cli.configured import open_shop

    shop = open_shop(args)
    found, lines = VERBS[args.verb](shop, args)
    if args.json:
        print(json.dumps(found))
    else:
        print("\n".join(lines) if lines else "none")
    return 0


Told = tuple[Any, list[str]]


def _list(shop: Any, args: argparse.Namespace) -> Told:
    from ezcore.jobs import queries

    with shop.work.read() as uow:
        rows = [_brief(uow, job) for job in queries.newest(uow, finished=args.all, state=args.state)]
    return rows, [_line(row) for row in rows]


def _show(shop: Any, args: argparse.Namespace) -> Told:
    from ezcore.jobs import queries

    with shop.work.read() as uow:
        job = queries.by_id(uow, args.id)
        steps = [{"title": s.title, "state": s.state, "note": s.note} for s in queries.steps_of(uow, job)]
        found = _brief(uow, job) | {
            "steps": steps, "question": job.question, "asks": job.asks if job.question else None,
            "fields": job.ask_fields, "left_behind": job.left_behind, "provider": job.provider,
        }  # fmt: skip
    return found, [json.dumps(found, indent=2)]


def _retry(shop: Any, args: argparse.Namespace) -> Told:
    from ezcore.jobs import operations, queries

    with shop.work.read() if args.dry_run else shop.work.write() as uow:
        service = _service(uow, args.service) if args.service else None
        which = queries.Which(tuple(args.id), service, args.client, args.cause)
        meant = queries.stuck(uow, which)
        rows = [_brief(uow, job) for job in meant]
        left = {} if args.dry_run else operations.retry_many(uow, meant, f"{REASON} retry")
    found = {
        "dry_run": args.dry_run,
        "jobs": [row for row in rows if row["id"] not in left],
        "left": [{"id": number, "why": why} for number, why in left.items()],
    }
    told = "would run" if args.dry_run else "run"
    lines = [_line(row) for row in rows] if args.dry_run else []
    lines.append(f"{len(rows) - len(left)} jobs {told} again")
    return found, lines + [f"job {number} cannot: {why}" for number, why in left.items()]


def _service(uow: Any, ref: str) -> int:
    from sqlalchemy import select

    from ezcore.kernel.errors import InvalidInput
    from ezcore.services.services.models import Service

    number = ref.removeprefix("#")
    by = Service.id == int(number) if number.isascii() and number.isdigit() else Service.label == ref
    found = uow.session.scalars(select(Service.id).where(by)).all()
    if len(found) != 1:
        raise InvalidInput(
            f"{len(found) or 'no'} services are called {ref!r}; give the number", field="service"
        )
    return int(found[0])


def _one(verb: str) -> Callable[[Any, argparse.Namespace], Told]:
    def act(shop: Any, args: argparse.Namespace) -> Told:
        from ezcore.jobs import operations, queries

        with shop.work.write() as uow:
            job = queries.by_id(uow, args.id)
            if verb == "answer":
                operations.answer(uow, job, args.text)
            elif verb == "run":
                operations.retry(uow, job, f"{REASON} run")
            else:
                {"cancel": operations.cancel, "done": operations.mark_done}[verb](uow, job, args.reason)
            uow.session.flush()
            found = _brief(uow, job)
        return found, [_line(found)]

    return act


def _providers(shop: Any, _args: argparse.Namespace) -> Told:
    from ezcore.jobs.providers import queries

    with shop.work.read() as uow:
        rows = [
            {"provider": one.provider.name, "state": one.state, "waiting": one.waiting, "words": one.words}
            for one in queries.unwell(uow)
        ]
    return rows, [f"{row['words']} ({row['waiting']} jobs wait)" for row in rows]


def _rest(verb: str) -> Callable[[Any, argparse.Namespace], Told]:
    def act(shop: Any, args: argparse.Namespace) -> Told:
        from ezcore.jobs.providers import operations as providers
        from ezcore.plugin_host import operations as plugins

        with shop.work.write() as uow:
            if args.plugin:
                getattr(plugins, verb)(uow, shop.host, args.name, args.reason)
            else:
                getattr(providers, verb)(uow, args.name, args.reason)
        return {"name": args.name, "done": verb}, [f"{args.name}: {verb}d"]

    return act


VERBS: dict[str, Callable[[Any, argparse.Namespace], Told]] = {
    "list": _list,
    "show": _show,
    "retry": _retry,
    "providers": _providers,
    **{name: _one(name) for name in ("run", "cancel", "done", "answer")},
    **{name: _rest(name) for name in ("pause", "resume")},
}


def _brief(uow: Any, job: Any) -> dict[str, Any]:
    from ezcore.jobs.providers.queries import waits_for

    return {
        "id": job.id,
        "kind": job.kind,
        "state": str(job.state),
        "attempts": job.attempts,
        "cause": job.cause,
        "waits_for": waits_for(uow, job),
        "service": job.subject_id if job.subject_kind == "service" else None,
        "client": job.client_id,
    }


def _line(row: dict[str, Any]) -> str:
    why = row["waits_for"] or row["cause"] or ""
    return f"{row['id']:>6}  {row['state']:<10} {row['kind']:<22} tries {row['attempts']:<3} {why}".rstrip()
