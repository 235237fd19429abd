"""What the processes run on: database, queue, jobs."""

from __future__ import annotations

from pydantic import field_validator

from ezcore.settings.section import Section, setting

DATABASES = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


class Database(Section):
    """Where the truth lives."""

    url: str = setting(
        "sqlite:///./var/ezcore.sqlite3",
        "Address of the database: sqlite:///file or postgresql://user:password@host/name",
        env="DATABASE_URL",
        secret=True,
    )
    pool_size: int = setting(10, "Connections kept per process (PostgreSQL)", ge=1, le=200)

    @field_validator("url")
    @classmethod
    def _our_driver(cls, value: str) -> str:
        scheme, separator, rest = value.partition("://")
        if not separator or scheme not in DATABASES:
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return f"{DATABASES[scheme]}://{rest}"


class Queue(Section):
    """The bell: Huey's storage."""

    storage: str = setting(
        "sqlite", "sqlite or redis; redis by itself where REDIS_URL is set", pattern="^(sqlite|redis)$"
    )
    file: str = setting("./var/queue.sqlite3", "Queue file when storage is sqlite")
    redis_url: str = setting(
        "redis://127.0.0.1:6379/0", "Redis or Valkey address", env="REDIS_URL", secret=True
    )
    name: str = setting("ezcore", "Queue name, to share one Redis among installations")


class Jobs(Section):
    """Durable work."""

    workers: int = setting(4, "Worker threads per worker process", ge=1, le=64)
    lease_seconds: float = setting(60.0, "How long a silent worker keeps a job", ge=1, le=3600)
    sweep_seconds: float = setting(5.0, "How often a worker looks for due work by itself", ge=0.2, le=60)
    keep_finished_days: int = setting(90, "Finished jobs and their logs are kept this long", ge=1)
    keep_webhook_bodies_days: int = setting(400, "Webhook bodies are kept this long", ge=30)


class Consoles(Section):
    """Consoles of services in the browser."""

    url: str = setting(
        "",
        "Address of `ez console` for browsers (wss://host/console/), on the host of SITE_URL; empty: no consoles",
    )

    @field_validator("url")
    @classmethod
    def _socket(cls, value: str) -> str:
        if value and not value.startswith(("ws://", "wss://")):
            raise ValueError("must begin with ws:// or wss://")
        return value
