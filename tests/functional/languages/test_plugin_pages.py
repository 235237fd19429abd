"""What plugins put on pages is said too: forms of settings, servers and products, panels, looks, questions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ezcore.accounts.models import Client
from ezcore.catalog.products.models import Product
from ezcore.cli.messages import ROOT
from ezcore.languages import find_catalogue
from ezcore.plugin_api.ports.looks import FactsBlock, Look, Meter, MetersBlock, TableBlock, TableRow
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.plugin_host.discovery import installed_plugins
from ezcore.services.lifecycle.actions import actions_of
from ezcore.services.looks.notes import note_look
from ezcore.services.services.models import Service, ServiceResource
from tests.functional.languages.data import Data
from tests.functional.languages.reading import unmarked, words_of

SHIPPED = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))
MODULES = ("hestiacp", "proxmox")
LOOK = Look(
    state="active",
    power="on",
    notes=("A restart is needed for the new size: it runs with the old one.", "It is busy now (backup)."),
    blocks=(
        FactsBlock(
            title="Machine",
            rows=(("Addresses", "by DHCP"), ("Kind", "Virtual machine"), ("Reverse name of 192.0.2.7", "kelp.example")),
            words=(0, 1),
        ),
        MetersBlock(title="Now", meters=(Meter(label="Memory", used=1, limit=2, unit="MiB"),)),
        TableBlock(
            title="Firewall", columns=("Direction", "Ports"), words=(0,), rows=(TableRow(cells=("in", "443")),)
        ),
        TableBlock(title="Backups", columns=("Made", "Size"), rows=()),
    ),
)  # fmt: skip


@pytest.fixture
def shop(shop):
    there = {one.name: one for one in installed_plugins() if one.name in SHIPPED}
    if missing := set(SHIPPED) - set(there):
        pytest.skip(f"left out: {', '.join(sorted(missing))} not installed here (make setup)")
    for name in sorted(set(there) - {"banktransfer"}):
        shop.host.load(there[name])
    return shop


@pytest.fixture
def pages(people, shop):
    """Pages of a service that a module runs, of its product and its servers, and of every plugin."""

    def drawn(module: str, code: str):
        with shop.work.write() as uow:
            service = uow.session.get(Service, 1)
            service.module = module
            uow.session.get(Product, service.product_id).module = module
            uow.session.add(
                ServiceResource(
                    service_id=1, module=module, external_id="101", operation_key="k", created_at=uow.now()
                )
            )
            for client in uow.session.query(Client):
                client.language = code
            note_look(uow, 1, LOOK, uow.now() + timedelta(seconds=1))
            about = service.product_id
        names = [one.name for one in actions_of(shop.host.ports.get(ProvisioningModule, module))]
        admin = (
            "/admin/plugins/", "/admin/services/1/", f"/admin/servers/new/{module}/",
            f"/admin/products/{about}/module/", *(f"/admin/plugins/{name}/" for name in SHIPPED),
        )  # fmt: skip
        mine = {
            "client": ("/dashboard/services/1/", *(f"/dashboard/services/1/do/{name}/" for name in names)),
            "staff": (*admin, *(f"/admin/services/1/do/{name}/" for name in names)),
        }
        for who, paths in mine.items():
            people[who].set_cookie("ez_lang", code)
            for path in paths:
                page = people[who].get(path, status=(200, 404))
                if page.status_int == 200:
                    yield path, page

    return drawn


@pytest.mark.parametrize("module", MODULES)
def test_nothing_of_a_plugin_was_kept_from_the_catalogue(pages, shop, module):
    data, left, seen = Data(shop), {}, 0
    for path, page in pages(module, "en-XA"):
        seen += 1
        left |= {text: path for text in unmarked(page) if not data.is_all(text)}
    assert not left, "\n".join(f"{text!r} on {path}" for text, path in sorted(left.items()))
    assert seen > len(SHIPPED) + 6, "the walk went nowhere"


@pytest.mark.parametrize("module", MODULES)
def test_nothing_of_a_plugin_stands_there_in_english(pages, module):
    folders = (ROOT / "locale", *ROOT.glob("plugins/*/ez_*/locale"))
    german = {text: said for text, said in find_catalogue("de", folders).words.items() if said != text}
    left = {}
    for path, page in pages(module, "de"):
        left |= {text: path for text in map(str.strip, words_of(page)) if text in german}
    assert not left, "\n".join(f"{text!r} on {path}" for text, path in sorted(left.items()))


def test_what_a_look_says_is_said_and_what_somebody_typed_is_not(pages):
    page = dict(pages("proxmox", "de"))["/dashboard/services/1/"]
    for words in ("per DHCP", "Virtuelle Maschine", "Arbeitsspeicher", "Richtung", "Noch nichts", "backup"):
        assert words in page.text, words
    assert "kelp.example" in page.text
    assert "443" in page.text
