"""A name, a site and a certificate in one order, paid; a copy of the shop with vendors of its own for each death.

The vendors are the imitations that the plugins ship, spoken to by the real clients; they outlive every worker.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ez_hestiacp.sandbox.control import seen
from ez_stripe.sandbox import clicks
from sqlalchemy import select, text
from webtest import TestApp

from ezcore.accounts import operations as accounts
from ezcore.app import Ezcore, build, make_app
from ezcore.automation.drift.jobs import compare_now
from ezcore.automation.drift.models import DriftFinding, DriftRun
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.transactions import pay
from ezcore.domain_names.certificates.models import Certificate
from ezcore.domain_names.names.models import DomainName
from ezcore.domain_names.zones.models import Zone
from ezcore.jobs.models import OPEN_STATES, Job, JobState
from ezcore.jobs.outbox.models import OutboxEvent
from ezcore.kernel.actor import Actor
from ezcore.messaging.models import Mail
from ezcore.orders.carts import operations as carts
from ezcore.orders.fulfilment.queries import stages_of
from ezcore.orders.orders import operations as orders
from ezcore.orders.orders.models import Order
from ezcore.plugin_api.sandbox import SandboxOptions, serve
from ezcore.plugin_api.sandbox.faults import Fault
from ezcore.plugin_api.sandbox.tls import make_ca, server_context
from ezcore.plugin_host.discovery import installed_plugins
from ezcore.reports.invariants import broken_invariants
from ezcore.services.services.models import Service
from ezcore.settings import load, read_ini
from ezcore.simulation.history import CLIENT_RIGHTS
from ezcore.simulation.shop_seed import open_shop
from ezcore.support.tickets.models import Ticket
from tests.fixtures_domains import OWNER

NAME = "tamm.com"
PLUGINS = ("stripe", "hestiacp", "cloudflare", "acme", "banktransfer")
QUICK = {"workflow_seconds": "0", "activate_after": "0.01", "latency": "0"}
TAKEN = Fault(
    call="v-add-web-domain", kind="error", times=-1,
    args={"status": 400, "headers": {"Hestia-Exit-Code": "4"}, "body": "Error: the web domain exists"},
)  # fmt: skip


@contextmanager
def vendors(folder: Path, ini: dict[str, str]) -> Iterator[tuple[dict[str, Any], Path]]:
    """Every vendor answering, with its state in the folder; gives them by name, and the ini that leads to them."""
    apps: dict[str, Any] = {}
    lines = ini | {"ez.plugins": " ".join(PLUGINS), "ez.certificates.resolver": "none"}
    with ExitStack() as stack:
        for plugin in installed_plugins():
            spec = plugin.load().sandbox() if plugin.name in PLUGINS else None
            if spec is None:
                continue
            (folder / plugin.name).mkdir(exist_ok=True)
            options = SandboxOptions(webhook_url="http://127.0.0.1:1/webhooks/", extra=QUICK)
            app = spec.make(folder / plugin.name, options)
            if plugin.name == "stripe":
                app.start = lambda: None  # its webhooks are carried by hand
            context = server_context(folder / "ca") if spec.tls else None
            address = stack.enter_context(serve(app, ssl_context=context)).address
            ca = make_ca(folder / "ca").certificate
            lines |= {f"{plugin.name}.{key}": value for key, value in spec.settings(address, ca).items()}
            apps[plugin.name] = app
        file = folder / "shop.ini"
        file.write_text("\n".join(["[app:main]", *(f"{key} = {value}" for key, value in lines.items()), ""]))
        yield apps, file


def ini_of(folder: Path) -> dict[str, str]:
    """A shop on SQLite whose state is in the folder, with leases that end soon."""
    return {
        "ez.state_dir": str(folder),
        "ez.database.url": f"sqlite:///{folder / 'shop.sqlite3'}",
        "ez.queue.file": str(folder / "queue.sqlite3"),
        "ez.shop.site_url": "http://localhost",
        "ez.jobs.lease_seconds": "2",
        "ez.jobs.sweep_seconds": "0.3",
        "banktransfer.account_holder": "EZ",
        "banktransfer.iban": "EE382200221020145685",
    }


def prepare(folder: Path) -> Path:
    """The bundle is ordered and paid by card; the webhooks are in the inbox, and no worker has begun."""
    folder.mkdir(parents=True)
    with vendors(folder, ini_of(folder)) as (apps, ini):
        settings = load(read_ini(ini), {})
        open_shop(settings, history=False)
        shop = build(settings, bell=lambda: None)
        web = TestApp(make_app(shop))
        clicks.pay(_order(shop))
        apps["stripe"].tick()
        apps["stripe"].account.webhooks.deliver_due(lambda post: _knock(web, post))
        shop.engine.dispose()
    return folder


def _order(shop: Ezcore) -> str:
    """Name, site and certificate in one order; the address of the gateway's page."""
    with shop.work.write() as uow:
        account = accounts.create_verified(uow, "ann@client.example", "Ann Tamm", country="EE")
        user, client = account.user.id, account.client.id
    ann = Actor("client", user, client, CLIENT_RIGHTS, "Ann Tamm")
    name = {"domain": NAME, "years": 1, "owner": OWNER, "nameservers": [], "privacy": False}
    with shop.work.write(ann) as uow:
        cart, _ = carts.open_cart(uow, ann.user_id)
        carts.add_line(uow, cart, "ssl-basic", "1 year", {}, {"names": f"{NAME}\nwww.{NAME}"}, "Certificate")
        carts.add_line(uow, cart, "web-pro", "1 month", {}, {"domain": NAME}, "Site")
        carts.add_line(uow, cart, "domain-com", "1 year", {}, name, NAME)
        order = orders.place(uow, cart, client, "form:1")
        number = uow.session.get_one(Invoice, order.invoice_id).number
    started = pay.start(shop.work, ann, shop.host.ports, number, "stripe")
    assert started.checkout_url
    return started.checkout_url


def _knock(web: TestApp, post: Any) -> int:
    headers = {name: value for name, value in post.headers.items() if name.lower() != "content-length"}
    answer = web.post("/webhooks/stripe/", post.body, headers=headers, expect_errors=True)
    return int(answer.status_int)


@dataclass
class BundleScene:
    """A running copy: its ini, its vendors, and a look at its tables from outside."""

    ini: Path
    log: Path
    shop: Ezcore
    vendors: dict[str, Any]

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

    def facts(self) -> dict[str, Any]:
        """What stands in our books and at the vendors."""
        with self.shop.work.read() as uow:
            order = uow.session.scalars(select(Order)).one()
            services = uow.session.scalars(select(Service).order_by(Service.id))
            events = [row.name.rpartition(".")[2] for row in uow.session.scalars(select(OutboxEvent))]
            ours = {
                "order": str(order.status),
                "stages": [str(stage.state) for stage in stages_of(uow, order.id)],
                "services": {str(one.module): str(one.state) for one in services},
                "rows": {
                    model.__name__: len(uow.session.scalars(select(model)).all())
                    for model in (DomainName, Zone, Certificate, Ticket)
                },
                "payments": events.count("PaymentReceived"),
                "delivered": events.count("OrderDelivered"),
                "mails": dict(Counter(mail.template for mail in uow.session.scalars(select(Mail)))),
                "ledger": ledger.total(uow),
                "invariants": broken_invariants(uow),
                "open jobs": [
                    (row.kind, str(row.state), row.question or row.cause or "")
                    for row in uow.session.scalars(select(Job).where(Job.state.in_(OPEN_STATES)))
                ],
            }
        return ours | {"vendors": self._vendors(), "drift": self._drift()}

    def _vendors(self) -> dict[str, int]:
        panel, cloudflare = self.vendors["hestiacp"], self.vendors["cloudflare"].store
        authority, gateway = self.vendors["acme"].store, self.vendors["stripe"].store
        records = Counter((one["name"], one["type"]) for one in cloudflare.all("record"))
        return {
            "accounts": sum(seen(panel.server, user)["web"] == [NAME] for user in panel.server.users()),
            "empty accounts": sum(not seen(panel.server, user)["web"] for user in _clients(panel.server)),
            "zones": sum(zone["name"] == NAME for zone in cloudflare.all("zone")),
            "address records": records[NAME, "A"],
            "names": sum(one["domain_name"] == NAME for one in cloudflare.all("registration")),
            "names paid for": len(cloudflare.all("purchase")),
            "certificates": sum(one["status"] == "valid" for one in authority.all("order")),
            "payments": sum(one["status"] == "succeeded" for one in gateway.all("payment_intent")),
        }

    def _drift(self) -> list[str]:
        """What the shop's own comparison with its vendors says, orphans included."""
        run = compare_now(self.shop.work, self.shop.host.ports)
        with self.shop.work.read() as uow:
            problems = uow.session.get_one(DriftRun, run).problems
            open_ones = select(DriftFinding.title).where(DriftFinding.closed_at.is_(None))
            return [*problems, *uow.session.scalars(open_ones)]


def _clients(server: Any) -> list[dict[str, Any]]:
    return [user for user in server.users() if user.get("role", "user") == "user" and user["user"] != "admin"]


@contextmanager
def on_stage(prepared: Path, folder: Path, faults: tuple[Fault, ...] = ()) -> Iterator[BundleScene]:
    """A copy of the prepared shop, with its vendors answering."""
    shutil.copytree(prepared, folder)
    with vendors(folder, ini_of(folder)) as (apps, ini):
        for fault in faults:
            apps["hestiacp"].faults.script(fault)
        shop = build(load(read_ini(ini), {}), bell=lambda: None)
        try:
            yield BundleScene(ini, folder / "log", shop, apps)
        finally:
            shop.engine.dispose()
    shutil.rmtree(folder, ignore_errors=True)
