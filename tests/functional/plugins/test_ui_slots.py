"""What plugins put on pages: shown and escaped; and whatever a plugin does there, every page stays."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from ezcore.plugin_api import Money, PluginBase, hookimpl
from ezcore.plugin_api.ui import (
    SLOTS,
    Action,
    Contributor,
    DashboardWidget,
    MenuItem,
    Notice,
    Panel,
    Row,
    StatusLine,
    Tab,
)
from ezcore.plugin_host.discovery import InstalledPlugin
from ezcore.worker import drain
from tests.fixtures_shop import order

ROOT = Path(__file__).parents[3]
ABOUT = ("client", "service", "invoice", "server", "domain")
PAGES = (
    "/dashboard/", "/dashboard/services/1/", "/billing/invoices/2026-00001/", "/pricing/", "/admin/",
    "/admin/clients/1/", "/admin/services/1/", "/admin/invoices/2026-00001/", "/admin/plugins/",
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
}


class Elsewhere(str):
    """Text that says of itself that it is safe."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@pytest.fixture
def guest(shop, as_client, as_staff):
    """A shop with one more plugin, whose one function fills all slots; `give` can be changed, `open` opens pages."""
    kept = SimpleNamespace(give=lambda context: [], asked=[])

    def give(context):
        kept.asked.append(context)
        return kept.give(context)

    class Guest(PluginBase):
        name, title = "guest", "Guest"

        @hookimpl
        def ez_register_ui(self):
            return [Contributor(slot, give) for slot in SLOTS]

    shop.host.load(InstalledPlugin("guest", "ez-guest", "1", lambda: Guest))
    client, staff = as_client(), as_staff()
    order(client)
    invoice = staff.get("/admin/invoices/2026-00001/")
    pay = next(form for form in invoice.forms.values() if form.action.endswith("/receive/"))
    pay["bank_reference"] = "EE2603020001"
    pay.submit(status=303)
    drain(shop)
    kept.asked.clear()
    kept.open = lambda path: (staff if path.startswith("/admin/") else client).get(path)
    return kept


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


def test_every_slot_stands_on_its_page_and_gives_plain_facts(guest):
    for path in PAGES:
        guest.open(path)
    seen = {context.slot: context for context in guest.asked}
    elsewhere = {"admin.domain.side", "admin.server.summary", "admin.server.tabs"}
    assert set(seen) == set(SLOTS) - elsewhere
    for name, context in seen.items():
        told = {key for key in ABOUT if getattr(context, key) is not None}
        assert told == set(SLOTS[name].about), name
    assert (seen["client.service.side"].service.id, seen["client.service.side"].viewer.kind) == (1, "client")
    assert seen["admin.invoice.side"].invoice.payments[0].amount.is_positive
    assert seen["admin.client.side"].client.email == "ann@client.example"
    assert {type(one).__module__ for one in seen.values()} == {"ezcore.plugin_api.ui.context"}


def test_every_slot_is_in_a_template():
    texts = "".join(path.read_text("utf-8") for path in (ROOT / "themes/base").rglob("*.pt"))
    assert [name for name in SLOTS if f"slot('{name}'" not in texts] == []


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
    assert [context.slot for context in guest.asked] == ["client.footer"]
    form["email"], form["password"] = "nobody@client.example", "wrong wrong wrong"
    assert "Footer" in form.submit(expect_errors=True), "a page with a foot"
    assert len(guest.asked) == 1
