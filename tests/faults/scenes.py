"""A prepared shop per story, and a copy of it with vendors of its own for each death.

Nothing is shared, so many can die at once.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ez_proxmox import sandbox as proxmox
from ez_stripe import sandbox as stripe
from sqlalchemy import select, text

from ezcore.app import Ezcore, build
from ezcore.billing.ledger import operations as ledger
from ezcore.jobs.models import OPEN_STATES, Job, JobState
from ezcore.jobs.outbox.models import OutboxEvent
from ezcore.messaging.models import Mail
from ezcore.plugin_api.sandbox import SandboxOptions, serve
from ezcore.plugin_api.sandbox.tls import make_ca, server_context
from ezcore.reports.invariants import broken_invariants
from ezcore.services.services.models import Service
from ezcore.settings import load
from tests.faults.stories import Ending, Story
from tests.fixtures_town import build_town

DATABASE = "town.sqlite3"


@dataclass(frozen=True)
class Embedded:
    """SQLite, and Huey on SQLite."""

    name: str = "embedded"

    def empty(self, folder: Path) -> str:
        """A new database."""
        return f"sqlite:///{folder / DATABASE}"

    def copy(self, _prepared: str, folder: Path) -> str:
        """The copy of a prepared database; its file was copied with the folder."""
        return self.empty(folder)

    def drop(self, url: str) -> None:
        """Goes with the folder."""

    def ini(self, folder: Path) -> dict[str, str]:
        """Settings of the queue."""
        return {"ez.queue.file": str(folder / "queue.sqlite3")}


@dataclass(frozen=True)
class Production:
    """PostgreSQL, and Huey on Redis."""

    server: Any
    redis_url: str
    name: str = "production"

    def empty(self, _folder: Path) -> str:
        """A new database."""
        return str(self.server.create())

    def copy(self, prepared: str, _folder: Path) -> str:
        """A copy made by PostgreSQL."""
        return str(self.server.create(prepared))

    def drop(self, url: str) -> None:
        """Throw it away."""
        self.server.drop(url)

    def ini(self, folder: Path) -> dict[str, str]:
        """Settings of the queue; every scene has its own name in the one Redis."""
        return {
            "ez.queue.storage": "redis",
            "ez.queue.redis_url": self.redis_url,
            "ez.queue.name": folder.name,
        }


@dataclass(frozen=True)
class Prepared:
    """A shop at the point at which a story stops."""

    story: Story
    folder: Path
    url: str


def prepare(flavour: Any, story: Story, folder: Path) -> Prepared:
    """Live the story up to its point; the shop is closed afterwards."""
    folder.mkdir(parents=True)
    url = flavour.empty(folder)
    opened = build_town(url, folder, story.begin())
    town = next(opened)
    story.prepare(town)
    for _ in opened:
        raise AssertionError("a town opens once")
    return Prepared(story, folder, url)


@dataclass
class Scene:
    """A running copy: its ini, its vendors, and a look at its tables from outside."""

    ini: Path
    log: Path
    shop: Ezcore
    stripe: Any
    proxmox: Any

    def open_jobs(self) -> list[tuple[str, str, str]]:
        """(kind, state, cause) of what is not over."""
        with self.shop.work.read() as uow:
            rows = uow.session.scalars(select(Job).where(Job.state.in_(OPEN_STATES)))
            return [(row.kind, str(row.state), row.question or row.cause or "") for row in rows]

    def is_over(self) -> bool:
        """No job that goes on by itself, and every event handed on: asked in one statement, so at one moment."""
        going_on = select(Job.id).where(Job.state.in_(OPEN_STATES), Job.state != JobState.NEEDS_INFO)
        waiting = select(OutboxEvent.id).where(OutboxEvent.handed_at.is_(None))
        with self.shop.work.read() as uow:
            return uow.session.execute(going_on.union_all(waiting).limit(1)).first() is None

    def a_minute_later(self) -> None:
        """The dead worker's claim on events runs out; it lasts a minute, and nobody here wants to wait."""
        with self.shop.work.write() as uow:
            uow.session.execute(text("UPDATE outbox_event SET claimed_until = NULL"))

    def wrong(self, ending: Ending) -> list[str]:
        """What is not as it must be; empty when all is well."""
        with self.shop.work.read() as uow:
            services = uow.session.scalars(select(Service)).all()
            events = [row.name for row in uow.session.scalars(select(OutboxEvent))]
            facts = {
                "state": [str(service.state) for service in services],
                "mails": sorted(mail.template for mail in uow.session.scalars(select(Mail))),
                "payments": sum(name.endswith("PaymentReceived") for name in events),
                "ledger": ledger.total(uow),
                "invariants": broken_invariants(uow),
            }
        facts |= {
            "open jobs": self.open_jobs(),
            "machines": tuple(guest["status"] for guest in self.machines()),
            "stripe": sum(
                intent["status"] == "succeeded" for intent in self.stripe.store.all("payment_intent")
            ),
        }
        wanted = {
            "state": [ending.state], "mails": sorted(ending.mails), "payments": ending.payments,
            "ledger": {"EUR": 0}, "invariants": [], "open jobs": [], "machines": ending.machines,
            "stripe": ending.stripe_payments,
        }  # fmt: skip
        return [
            f"{name}: {facts[name]} instead of {wanted[name]}"
            for name in wanted
            if facts[name] != wanted[name]
        ]

    def machines(self) -> list[dict[str, Any]]:
        """What really stands in the cluster, templates left out."""
        return [guest for guest in self.proxmox.store.all("guest") if not guest["config"].get("template")]


@contextmanager
def on_stage(flavour: Any, prepared: Prepared, folder: Path, **more: str) -> Iterator[Scene]:
    """A copy of the prepared shop, with its vendors answering."""
    shutil.copytree(prepared.folder, folder)
    url = flavour.copy(prepared.url, folder)
    pay_page = serve(stripe.make(folder / "stripe", SandboxOptions()))
    quick = SandboxOptions(extra={"latency": "0", "resources_lag": "0", "auth_delay": "0"})
    cluster = serve(proxmox.make(folder / "proxmox", quick), ssl_context=server_context(folder / "ca"))
    ini = _ini(folder, url, pay_page.address, cluster.address) | flavour.ini(folder) | more
    file = folder / "shop.ini"
    file.write_text("\n".join(["[app:main]", *(f"{key} = {value}" for key, value in ini.items()), ""]))
    shop = build(load(ini, {}), bell=lambda: None)
    try:
        yield Scene(file, folder / "log", shop, pay_page.app, cluster.app)
    finally:
        shop.engine.dispose()
        pay_page.stop()
        cluster.stop()
        flavour.drop(url)
        shutil.rmtree(folder, ignore_errors=True)


def _ini(folder: Path, url: str, stripe_address: str, proxmox_address: str) -> dict[str, str]:
    ini = {
        "ez.plugins": "stripe proxmox banktransfer",
        "ez.state_dir": str(folder),
        "ez.database.url": url,
        "ez.database.pool_size": "5",
        "ez.shop.site_url": "http://localhost",
        "ez.jobs.lease_seconds": "2",
        "ez.jobs.sweep_seconds": "0.3",
        "banktransfer.account_holder": "EZ",
        "banktransfer.iban": "EE382200221020145685",
    }
    ini |= {f"stripe.{k}": v for k, v in stripe.sandbox_settings(stripe_address, None).items()}
    ca = make_ca(folder / "ca").certificate
    return ini | {f"proxmox.{k}": v for k, v in proxmox.settings(proxmox_address, ca).items()}
