"""A town for stories: the whole shop on a moving clock, with the real vendor clients talking to their sandboxes.

Stripe's and Proxmox's sandboxes are served over loopback by their real protocols; webhooks are carried by hand to our
real web application, so that a story says when they arrive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from ez_proxmox import sandbox as proxmox
from ez_stripe import sandbox as stripe
from ez_stripe.sandbox import clicks
from sqlalchemy import select
from webtest import TestApp

from ezcore.accounts import operations as accounts
from ezcore.app import Ezcore, build, make_app
from ezcore.billing.invoices.models import Invoice, InvoiceLine
from ezcore.billing.transactions import pay
from ezcore.kernel.actor import Actor
from ezcore.kernel.clock import MovingClock
from ezcore.kernel.ids import SeededIds
from ezcore.messaging.models import Mail
from ezcore.orders.carts import operations as carts
from ezcore.orders.orders import operations as orders
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.plugin_api.sandbox import SandboxOptions, serve
from ezcore.plugin_api.sandbox.tls import make_ca, server_context
from ezcore.services.servers.operations import add_server
from ezcore.services.services.models import Service
from ezcore.settings import load
from ezcore.simulation.catalog_seed import seed_catalog
from ezcore.simulation.history import CLIENT_RIGHTS
from ezcore.simulation.life import Life

NEW_YEAR = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


@dataclass
class Town:
    """Everything a story needs."""

    shop: Ezcore
    life: Life
    clock: MovingClock
    stripe: Any
    proxmox: Any
    web: TestApp
    webhook_statuses: list[int]

    def newcomer(self, name: str = "Mira Okafor", email: str = "mira@example.test") -> Actor:
        """A client with a confirmed address."""
        with self.shop.work.write() as uow:
            account = accounts.create_verified(uow, email, name, country="EE")
            return Actor(
                "client",
                user_id=account.user.id,
                client_id=account.client.id,
                permissions=CLIENT_RIGHTS,
                name=name,
            )

    def order(self, actor: Actor, slug: str = "vps-s", cycle: str = "1 month", **params: str) -> str:
        """Order a product; returns the number of the invoice."""
        wanted = {"hostname": "shop.example.test"} | params
        with self.shop.work.write(actor) as uow:
            cart, _ = carts.open_cart(uow, actor.user_id)
            carts.add_line(uow, cart, slug, cycle, {}, wanted, wanted["hostname"])
            order = orders.place(uow, cart, actor.client_id, uow.ids.key("form"))
            return uow.session.get_one(Invoice, order.invoice_id).number

    def go_to_checkout(self, actor: Actor, number: str) -> str:
        """The address of Stripe's page for the open balance."""
        return pay.start(self.shop.work, actor, self.shop.host.ports, number, "stripe").checkout_url

    def pay(self, actor: Actor, number: str, card: str = clicks.VISA) -> None:
        """Pay on Stripe's page; the webhooks arrive and the jobs run."""
        clicks.pay(self.go_to_checkout(actor, number), card)
        self.carry_webhooks()
        self.life.settle()

    def carry_webhooks(self) -> int:
        """Bring Stripe's waiting webhooks to our door."""
        self.stripe.tick()
        return self.stripe.account.webhooks.deliver_due(self._knock)

    def live_until(self, day: date) -> None:
        """Live through the mornings; webhooks arrive every day."""
        start = self.clock.today("Europe/Tallinn")
        for ordinal in range(start.toordinal() + 1, day.toordinal() + 1):
            self.life.live_until(date.fromordinal(ordinal))
            self.carry_webhooks()
            self.life.settle()

    def service(self) -> Service:
        """The only service of the story."""
        with self.shop.work.read() as uow:
            return uow.session.scalars(select(Service)).one()

    def vms(self) -> list[dict[str, Any]]:
        """What really stands in the cluster, templates left out."""
        return [guest for guest in self.proxmox.store.all("guest") if not guest["config"].get("template")]

    def mails(self, since: date | None = None) -> list[tuple[str, str, str]]:
        """(date in the shop's zone, template, recipient) of every mail, in order."""
        with self.shop.work.read() as uow:
            rows = uow.session.scalars(select(Mail).order_by(Mail.id)).all()
        found = [(row.queued_at.date().isoformat(), row.template, row.recipient) for row in rows]
        return [mail for mail in found if since is None or mail[0] >= since.isoformat()]

    def invoices(self) -> list[tuple[str, str, str, str, str]]:
        """(issued, due, period start, period end, status) of every invoice, in order."""
        with self.shop.work.read() as uow:
            rows = uow.session.execute(
                select(Invoice, InvoiceLine).join(InvoiceLine).order_by(Invoice.id, InvoiceLine.position)
            ).all()
        return [
            (str(i.issued_on), str(i.due_on), str(line.period_start), str(line.period_end), i.status)
            for i, line in rows
        ]

    def _knock(self, post: Any) -> int:
        headers = {name: value for name, value in post.headers.items() if name.lower() != "content-length"}
        answer = self.web.post("/webhooks/stripe/", post.body, headers=headers, expect_errors=True)
        self.webhook_statuses.append(answer.status_int)
        return answer.status_int


@pytest.fixture
def town(schema_sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    """The shop, open and furnished, on a Monday in January."""
    yield from build_town(schema_sqlite_url, tmp_path, NEW_YEAR)


@pytest.fixture
def schema_sqlite_url(tmp_path: Path) -> str:
    """An empty SQLite file; the town migrates it for real."""
    return f"sqlite:///{tmp_path / 'town.sqlite3'}"


def build_town(url: str, folder: Path, start: datetime) -> Iterator[Town]:
    """Open a town at an address and a moment."""
    clock = MovingClock(start)
    stripe_app = stripe.make(
        made(folder / "stripe"),
        SandboxOptions(clock=clock, webhook_url="http://127.0.0.1:1/webhooks/stripe/"),
    )
    stripe_app.start = lambda: None  # the story carries the webhooks
    quick = SandboxOptions(extra={"latency": "0", "resources_lag": "0", "auth_delay": "0"})
    proxmox_app = proxmox.make(made(folder / "proxmox"), quick)
    pay_page = serve(stripe_app)
    cluster = serve(proxmox_app, ssl_context=server_context(folder / "ca"))
    ini = {
        "ez.plugins": "stripe proxmox banktransfer",
        "ez.state_dir": str(folder),
        "ez.database.url": url,
        "ez.shop.site_url": "http://localhost",
        "banktransfer.account_holder": "EZ",
        "banktransfer.iban": "EE382200221020145685",
    }
    ini |= {f"stripe.{k}": v for k, v in stripe.sandbox_settings(pay_page.address, None).items()}
    ca = make_ca(folder / "ca").certificate
    ini |= {f"proxmox.{k}": v for k, v in proxmox.settings(cluster.address, ca).items()}
    shop = build(load(ini, {}), clock=clock, ids=SeededIds(7), bell=lambda: None, virtual_time=True)
    shop.migrate()
    with shop.work.write() as uow:
        seed_catalog(uow, vps_module="proxmox")
        add_server(uow, "proxmox-1", shop.host.ports.get(ProvisioningModule, "proxmox"))
    yield Town(
        shop, Life(shop, clock, pause=0.01), clock, stripe_app, proxmox_app, TestApp(make_app(shop)), []
    )
    shop.engine.dispose()
    pay_page.stop()
    cluster.stop()


def made(folder: Path) -> Path:
    """The folder, there."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder
