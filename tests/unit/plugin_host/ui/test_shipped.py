"""What the shipped plugins put on pages can be drawn, and comes from what is known here: no vendor is asked."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from chameleon import PageTemplateFile
from sqlalchemy import StaticPool, create_engine
from sqlalchemy.orm import Session

from ezcore.plugin_api import Money
from ezcore.plugin_api.ui import (
    DomainSeen,
    InvoiceSeen,
    PaymentSeen,
    Period,
    ServerSeen,
    ServiceSeen,
    SlotContext,
    Viewer,
)
from ezcore.plugin_host.ui.checks import checked, checked_rows
from ezcore.web.shared.plugin_templates import checked_piece

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


class Tables:
    """A plugin's context with its real tables, in memory."""

    def __init__(self, base, *rows):
        self.engine = create_engine("sqlite://", poolclass=StaticPool)
        base.metadata.create_all(self.engine)
        with Session(self.engine) as session:
            session.add_all(rows)
            session.commit()

    def reading(self):
        return Session(self.engine)


def hestia_readings():
    models = pytest.importorskip("ez_hestiacp.models")
    read = [("ann", 26, 90), ("ann", 27, 100), ("ann", 28, 104), ("ann", 30, 3), ("ben", 27, 7)]
    rows = [
        models.Reading(server_id=1, user_name=user, day=date(2026, 4, on), counter=at)
        for user, on, at in read
    ]
    return Tables(models.Base, *rows)


def test_hestiacp_shows_the_last_readings_of_the_traffic():
    ui = pytest.importorskip("ez_hestiacp.ui")
    hosting = about(service=replace(VPS, module="hestiacp", external_id="ann"))
    (panel,) = drawn("hestiacp", "client.service.usage", ui.usage(hestia_readings(), hosting))
    assert [one.value for one in panel.rows] == [3, date(2026, 4, 30)]
    days = [(date(2026, 4, 29), 3), (date(2026, 4, 27), 4), (date(2026, 4, 26), 10)]
    assert panel.facts["days"] == days, "by day, the newest first; a counter that fell began anew"
    stranger = about(service=replace(VPS, module="hestiacp", external_id="cem"))
    assert ui.usage(hestia_readings(), stranger) == []


def test_hestiacp_prints_the_days_with_its_own_template():
    plugin = pytest.importorskip("ez_hestiacp.plugin").HestiaPlugin
    text = PageTemplateFile(str(plugin.templates() / "traffic.pt")).render(
        days=[(date(2026, 4, 29), 3)], day=str
    )
    assert checked_piece(text)
    assert "2026-04-29" in text


def test_hestiacp_reports_what_accounts_used_in_a_time():
    ui = pytest.importorskip("ez_hestiacp.ui")
    kept = hestia_readings()
    (report,) = drawn("hestiacp", "admin.reports", ui.reports(kept, about()))
    april = checked_rows(report, report.ask(Period(date(2026, 4, 1), date(2026, 4, 30))))
    assert [(row.label, row.cells) for row in april] == [("ann", (17, 3))], "one reading of ben says nothing"
    assert report.ask(Period(date(2026, 1, 1), date(2026, 1, 31))) == []


def test_cloudflare_links_to_the_zone_that_we_made():
    ui = pytest.importorskip("ez_cloudflare.ui")
    name = about(domain=DomainSeen(1, "ann.example", "cloudflare"))
    row = SimpleNamespace(account_id="abc", state="made", changed_at=NOW)
    (panel,) = drawn("cloudflare", "admin.domain.side", ui.zone(Kept(row), name))
    assert panel.actions[0].href == "https://dash.cloudflare.com/abc/ann.example"
    assert ui.zone(Kept(), name) == []


def cloudflare_marks():
    models = pytest.importorskip("ez_cloudflare.models")
    known = [
        ("zone", "ann.example", "made"),
        ("zone", "ben_x.example", "failed"),
        ("name", "cem.example", "failed"),
    ]
    rows = [
        models.Mark(account_id="abc", kind=kind, name=name, state=state, operation_key=name, changed_at=NOW)
        for kind, name, state in known
    ]
    return Tables(models.Base, *rows)


def test_cloudflare_says_in_the_list_of_names_how_their_zones_are():
    ui, kept = pytest.importorskip("ez_cloudflare.ui"), cloudflare_marks()
    names = [
        DomainSeen(n, f"{name}.example", "cloudflare") for n, name in ((4, "ann"), (5, "ben_x"), (6, "cem"))
    ]
    (column,) = drawn("cloudflare", "admin.domains.columns", ui.column(kept, about(rows=tuple(names))))
    assert {ident: cell.kind for ident, cell in column.cells.items()} == {4: "ok", 5: "bad"}
    assert ui.column(kept, about(rows=(names[2],))) == [], "no column that says nothing"
    (offered,) = drawn("cloudflare", "admin.domains.filters", ui.failed(kept, about()))
    assert not offered.names
    (chosen,) = drawn("cloudflare", "admin.domains.filters", ui.failed(kept, about(chosen="failed")))
    assert chosen.names == {"ben_x.example"}


def test_cloudflare_finds_zones_by_a_part_of_their_name():
    ui, kept = pytest.importorskip("ez_cloudflare.ui"), cloudflare_marks()
    (hit,) = drawn("cloudflare", "admin.search", ui.found(kept, about(search="Ben_")))
    assert (hit.label, hit.href) == ("ben_x.example", "https://dash.cloudflare.com/abc/ben_x.example")
    assert ui.found(kept, about(search="a%n")) == [], "what is typed means itself"
    assert len(ui.found(kept, about(search="example"))) == 2


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
