"""A shop with one more plugin, whose one function fills all slots."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ezcore.plugin_api import PluginBase, hookimpl
from ezcore.plugin_api.ui import SLOTS, Contributor
from ezcore.plugin_host.discovery import InstalledPlugin
from ezcore.worker import drain
from tests.fixtures_shop import order, put_in_cart


@pytest.fixture
def guest(shop, tmp_path, request):
    """`give` can be changed, `open` opens pages, `templates` is the folder of its templates; `asked` tells contexts."""
    kept = SimpleNamespace(give=lambda context: [], asked=[], templates=tmp_path / "guest", permission=None)
    kept.templates.mkdir()

    def give(context):
        kept.asked.append(context)
        return kept.give(context)

    class Guest(PluginBase):
        name, title = "guest", "Guest"

        @classmethod
        def templates(cls):
            return kept.templates

        @hookimpl
        def ez_register_ui(self):
            return [Contributor(slot, give) for slot in SLOTS]

    shop.host.load(InstalledPlugin("guest", "ez-guest", "1", lambda: Guest))
    client = request.getfixturevalue("as_client")()
    staff = request.getfixturevalue("as_staff")()
    order(client)
    invoice = staff.get("/admin/invoices/2026-00001/")
    pay = next(form for form in invoice.forms.values() if form.action.endswith("/receive/"))
    pay["bank_reference"] = "EE2603020001"
    pay.submit(status=303)
    drain(shop)
    order(client)
    put_in_cart(client)
    kept.asked.clear()
    kept.client, kept.staff = client, staff
    kept.open = lambda path, **more: (staff if path.startswith("/admin/") else client).get(path, **more)
    return kept
