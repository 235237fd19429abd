"""What plugins put on pages: shown and escaped; and whatever a plugin does there, every page stays."""

from __future__ import annotations

import re
import threading
from datetime import date
from pathlib import Path

from ezcore.plugin_api import Money
from ezcore.plugin_api.ui import (
    SLOTS,
    Action,
    Badge,
    Column,
    DashboardWidget,
    Figure,
    Filter,
    MenuItem,
    Notice,
    Panel,
    Report,
    ReportRow,
    Row,
    SearchHit,
    StatusLine,
    Tab,
)
from tests.fixtures_shop import put_in_cart

ROOT = Path(__file__).parents[3]
ABOUT = ("client", "service", "invoice", "server", "domain", "product", "order", "ticket", "rows", "search")
PAGES = (
    "/dashboard/", "/dashboard/services/1/", "/billing/invoices/2026-00001/", "/pricing/", "/admin/",
    "/admin/clients/1/", "/admin/services/1/", "/admin/invoices/2026-00001/", "/admin/plugins/",
    "/billing/invoices/2026-00002/", "/pricing/web-pro/", "/cart/", "/billing/checkout/review/",
    "/billing/checkout/billing/", "/admin/orders/1/", "/admin/products/1/", "/admin/settings/", "/admin/reports/",
    "/admin/search/?q=an", "/admin/services/", "/admin/clients/", "/admin/invoices/", "/admin/domains/",
)  # fmt: skip
ONE_OF_EACH = {
    Panel: Panel(
        "panel", "Panel of <b>it</b>", (Row("Costs", Money.parse("5.00", "EUR")), Row("On", date(2026, 5, 4)))
    ),
    Notice: Notice("notice", "Mind <script>this</script>", action=Action("see", "See", "/plugins/guest/a/")),
    StatusLine: StatusLine("status", "Cluster", "answers", "ok"),
    DashboardWidget: DashboardWidget("figure", "Machines", 7, href="/dashboard/"),
    Action: Action("go", "Do it", "/plugins/guest/do/", method="POST"),
    Tab: Tab("tab", "More of it", "/plugins/guest/tab/"),
    MenuItem: MenuItem("item", "Guest pages", "/plugins/guest/"),
    Column: Column("column", "Said <i>by it</i>", {1: Badge("fine <i>", "ok"), 2: "two & more"}),
    Filter: Filter("filter", "Odd ones", frozenset({1})),
    SearchHit: SearchHit("hit", "Found <i>", "/plugins/guest/7/", "as it is there"),
    Report: Report(
        "report",
        "Traffic",
        "What was used.",
        "Account",
        (Figure("mib", "MiB", "What the counter said."),),
        lambda period: [ReportRow("ann & co", (7,))],
    ),
}


class Elsewhere(str):
    """Text that says of itself that it is safe."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def one_of_each(context):
    return [ONE_OF_EACH[kind] for kind in SLOTS[context.slot].takes]


def test_every_kind_is_drawn_by_the_core_and_escaped(guest):
    guest.give = one_of_each
    service, admin = guest.open("/dashboard/services/1/"), guest.open("/admin/services/1/")
    assert "Panel of &lt;b&gt;it&lt;/b&gt;" in service
    assert "Mind &lt;script&gt;this&lt;/script&gt;" in service
    assert "€5.00" in service
    assert '<time datetime="2026-05-04">' in service
    assert "answers" in service
    assert 'href="/plugins/guest/tab/"' in service
    assert "Machines" in guest.open("/dashboard/")
    assert 'href="/plugins/guest/"' in guest.open("/pricing/"), "the foot of a page that visitors see too"
    assert "<h2>Plugins</h2>" in admin
    assert '<span class="plugin-tag">guest</span>' in admin, "staff see who brought it"
    assert '<span class="plugin-tag">guest</span>' not in service
    form = next(form for form in service.forms.values() if form.action == "/plugins/guest/do/")
    assert form["csrf_token"].value, "a button that posts carries the token"


def test_every_slot_stands_on_its_page_and_gives_plain_facts(guest, new_browser):
    form = next(one for one in guest.open("/tickets/new/").forms.values() if "subject" in one.fields)
    form["subject"], form["message"] = "It is slow", "Since this morning."
    guest.open(form.submit(status=303).location)
    for path in PAGES:
        guest.open(path)
    visitor = new_browser()
    visitor.get("/accounts/login/")
    put_in_cart(visitor)
    visitor.get("/billing/checkout/account/")
    seen = {context.slot: context for context in guest.asked}
    elsewhere = {"admin.domain.side", "admin.server.summary", "admin.server.tabs", "client.domain.tabs"}
    assert set(seen) == set(SLOTS) - elsewhere - {"admin.domains.columns"}, "there is no domain name here"
    for name, context in seen.items():
        told = {key for key in ABOUT if getattr(context, key)}
        assert told == set(SLOTS[name].about), name
    assert (seen["client.service.side"].service.id, seen["client.service.side"].viewer.kind) == (1, "client")
    assert seen["admin.invoice.side"].invoice.payments[0].amount.is_positive
    assert seen["admin.client.side"].client.email == "ann@client.example"
    assert seen["client.ticket.side"].ticket.subject == "It is slow"
    assert [line.product for line in seen["client.cart.line"].rows] == ["web-pro"]
    assert {type(one).__module__ for one in seen.values()} == {"ezcore.plugin_api.ui.context"}


def test_a_slot_is_for_who_the_page_is_for(guest, new_browser):
    new_browser().get("/accounts/login/")
    assert [one.slot for one in guest.asked] == ["client.login.methods", "client.footer"], (
        "no account menu yet"
    )
    guest.asked.clear()
    guest.open("/billing/invoices/2026-00001/")
    assert "client.invoice.pay" not in {one.slot for one in guest.asked}, "it is paid"


def test_every_slot_is_asked_for_somewhere():
    files = [*(ROOT / "themes/base").rglob("*.pt"), *(ROOT / "ezcore/web").rglob("*.py")]
    texts = "".join(path.read_text("utf-8") for path in files)
    lists = {
        f"{place}.{kind}"
        for place in re.findall(r'Plugins\("([a-z.]+)"', texts)
        for kind in ("columns", "filters")
    }
    missing = [name for name in SLOTS if f"'{name}'" not in texts and f'"{name}"' not in texts]
    assert set(missing) <= lists, missing


def raising(context):
    raise SystemExit("no")


HOSTILE = {
    "raises": raising,
    "html": lambda context: [Panel("a", Elsewhere("<b>x</b>"), text="y")],
    "markup cell": lambda context: [Panel("a", "x", rows=(Row("b", Elsewhere("<b>x</b>")),))],
    "a string": lambda context: "<h1>mine</h1>",
    "none": lambda context: None,
    "other types": lambda context: [{"title": "x"}, 7],
    "10 MB": lambda context: [Panel("a", "x", text="x" * 10_000_000)],
    "a million panels": lambda context: [Panel(f"p{n}", "x", text="y") for n in range(1000)] * 1000,
    "half a character": lambda context: [Panel("a", "x", text="\ud800")],
    "a script as address": lambda context: [Action("a", "x", "javascript:alert(1)")],
    "a post elsewhere": lambda context: [Action("a", "x", "/accounts/logout/", method="POST")],
    "a huge amount": lambda context: [Panel("a", "x", rows=(Row("b", 10**5000),))],
    "a template elsewhere": lambda context: [Panel("a", "x", template="../secret.pt")],
    "facts that are no facts": lambda context: [Panel("a", "x", text="y", facts=[("a", 1)])],
    "cells of a stranger": lambda context: [Column("a", "x", {1: Elsewhere("<b>x</b>")})],
    "a million ids": lambda context: [Filter("a", "x", frozenset(range(1, 1_000_000)))],
    "ids that are SQL": lambda context: [Filter("a", "x", frozenset({"1 or 1=1"}))],
    "a report that cannot be asked": lambda context: [
        Report("a", "x", "y", "z", (Figure("a", "b", "c"),), "select 1")
    ],
    "a cell that is no cell": lambda context: [Panel("a", "x", rows=(Row("b", object()),))],
}


def test_whatever_it_gives_every_page_stays_and_staff_are_told(guest, caplog):
    for name, give in HOSTILE.items():
        guest.give = give
        service, admin = guest.open("/dashboard/services/1/"), guest.open("/admin/services/1/")
        assert "guest" not in service, name
        assert "Something of the plugin <strong>guest</strong> is missing here" in admin, name
        assert "<b>x</b>" not in admin, name
    guest.give = raising
    for path in PAGES:
        guest.open(path)
    told = [one for one in caplog.messages if one == "plugin guest left out of admin.nav: failed: SystemExit"]
    assert len(told) == 1, "logged once, not with every page"


def test_one_that_hangs_costs_its_time_limit_once(guest):
    gate = threading.Event()
    guest.give = lambda context: gate.wait(30) and []
    guest.open("/dashboard/")
    asked = len(guest.asked)
    page = guest.open("/admin/plugins/")
    gate.set()
    assert asked == 1, "it rests after it was late"
    assert len(guest.asked) == 1
    assert "was late and is not asked for a minute" in page


def test_nobody_is_asked_on_a_page_that_answers_a_post(guest, new_browser):
    browser = new_browser()
    form = next(one for one in browser.get("/accounts/login/").forms.values() if "email" in one.fields)
    assert [context.slot for context in guest.asked] == ["client.login.methods", "client.footer"]
    form["email"], form["password"] = "nobody@client.example", "wrong wrong wrong"
    assert "Footer" in form.submit(expect_errors=True), "a page with a foot"
    assert len(guest.asked) == 2
