"""What the shipped plugins put on pages can be drawn, and comes from what is known here: no vendor is asked."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from ezcore.plugin_api import Money
from ezcore.plugin_api.ui import (
    DomainSeen,
    InvoiceSeen,
    PaymentSeen,
    ServerSeen,
    ServiceSeen,
    SlotContext,
    Viewer,
)
from ezcore.plugin_host.ui.checks import checked

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
EURO = Money.parse("5.00", "EUR")
VPS = ServiceSeen(7, "vps", "active", "VPS S", "proxmox", 1, "101", facts={"kind": "lxc"})


def about(**facts):
    return SlotContext("any", Viewer("staff"), NOW, **facts)


class Kept:
    """A plugin's context: one row in its own tables, and settings."""

    def __init__(self, row=None, **settings):
        self.row, self.settings = row, lambda: SimpleNamespace(**settings)

    @contextmanager
    def reading(self):
        yield SimpleNamespace(execute=lambda _: SimpleNamespace(first=lambda: self.row))


def drawn(plugin, slot, answer):
    assert answer
    return checked(plugin, slot, answer)


def test_proxmox_says_what_a_machine_is_and_opens_its_console():
    ui = pytest.importorskip("ez_proxmox.ui")
    (panel,) = drawn("proxmox", "client.service.side", ui.for_client(about(service=VPS)))
    assert panel.rows[0].value == "Container"
    assert panel.actions[0].href == "/dashboard/services/7/console/"
    (panel,) = ui.for_client(about(service=replace(VPS, state="suspended")))
    assert panel.actions == ()
    assert drawn("proxmox", "admin.service.side", ui.for_staff(about(service=VPS)))
    assert ui.for_staff(about(service=replace(VPS, external_id=None))) == []


def test_proxmox_says_how_the_last_test_of_a_cluster_went():
    ui = pytest.importorskip("ez_proxmox.ui")
    server = ServerSeen(1, "pve", "proxmox")
    for seen, kind in (
        (server, "warn"), (replace(server, tested_at=NOW), "ok"), (replace(server, problem="401"), "bad"),
    ):  # fmt: skip
        (line,) = drawn("proxmox", "admin.server.summary", ui.for_server(about(server=seen)))
        assert line.kind == kind


def test_hestiacp_shows_the_last_reading_of_the_traffic():
    ui = pytest.importorskip("ez_hestiacp.ui")
    hosting = about(service=replace(VPS, module="hestiacp", external_id="ann"))
    row = SimpleNamespace(day=date(2026, 5, 3), counter=1234)
    (panel,) = drawn("hestiacp", "client.service.side", ui.usage(Kept(row), hosting))
    assert [one.value for one in panel.rows] == [1234, date(2026, 5, 3)]
    assert ui.usage(Kept(), hosting) == []


def test_cloudflare_links_to_the_zone_that_we_made():
    ui = pytest.importorskip("ez_cloudflare.ui")
    name = about(domain=DomainSeen(1, "ann.example", "cloudflare"))
    row = SimpleNamespace(account_id="abc", state="made", changed_at=NOW)
    (panel,) = drawn("cloudflare", "admin.domain.side", ui.zone(Kept(row), name))
    assert panel.actions[0].href == "https://dash.cloudflare.com/abc/ann.example"
    assert ui.zone(Kept(), name) == []


def test_stripe_links_each_payment_and_says_when_nobody_told_how_one_ended():
    ui = pytest.importorskip("ez_stripe.ui")
    paid = PaymentSeen("stripe", "succeeded", EURO, NOW - timedelta(hours=2), "pi_1")
    waiting = PaymentSeen("stripe", "pending", EURO, NOW - timedelta(hours=2))
    other = PaymentSeen("banktransfer", "pending", EURO, NOW - timedelta(days=2), "B-1")
    invoice = InvoiceSeen(1, "2026-1", "unpaid", EURO, EURO, NOW.date(), (paid, waiting, other))
    test = Kept(livemode=False)
    found = drawn("stripe", "admin.invoice.side", ui.payments(test, about(invoice=invoice)))
    assert [one.key for one in found] == ["silent", "payments"]
    assert [row.href for row in found[1].rows] == ["https://dashboard.stripe.com/test/payments/pi_1"]
    quiet = replace(invoice, payments=(paid, other))
    assert [one.key for one in ui.payments(test, about(invoice=quiet))] == ["payments"]
