"""/admin/health/: how the installation is, since when, and where it is mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from ezcore.reports.books import CHECK
from ezcore.reports.health import Finding, Seen, State, findings, look
from ezcore.web.shared.views import page

PATIENCE = 0.5
ORDER = (State.BAD, State.LOOK, State.GOOD)


@page("admin.health", "/admin/health/", permission="staff.read", template="admin/health.pt")
def health(request: Any) -> dict[str, Any]:
    """Every finding, what is bad first."""
    found = [*told(request, look(request.uow)), _bell(request.settings.queue)]
    return {"books": CHECK.name, "findings": sorted(found, key=lambda one: ORDER.index(one.state))}


def told(request: Any, seen: Seen) -> list[Finding]:
    """What a look at the database and the machine found, and what plugins tell."""
    unwell = [one for one in request.host_of_plugins.reports if str(one.state) in ("broken", "suspended")]
    names = ", ".join(f"{one.name} ({one.state})" for one in unwell)
    words = f"Not working: {names}" if unwell else "None is broken"
    plugins = Finding("Plugins", State.BAD if unwell else State.GOOD, words, None, "admin.plugins")
    return [*findings(seen), plugins]


def _bell(queue: Any) -> Finding:
    """Is the queue there that wakes workers? Without it they look by themselves every few seconds."""
    if queue.storage != "redis":
        there = Path(queue.file).exists()
        return Finding(
            "Bell",
            State.GOOD if there else State.LOOK,
            "SQLite file" if there else "There is no queue file yet",
        )
    try:
        with Redis.from_url(
            queue.redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        ) as redis:
            redis.ping()
    except (RedisError, OSError):
        return Finding(
            "Bell", State.BAD, "Redis does not answer; workers look by themselves every few seconds"
        )
    return Finding("Bell", State.GOOD, "Redis answers")
