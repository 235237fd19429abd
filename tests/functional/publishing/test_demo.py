"""A demo that has just been opened has something on every page of what is published."""

from __future__ import annotations

import pytest

from ezcore.services.servers.models import Server
from ezcore.simulation.publishing_seed import seed_publishing

PAGES = (
    ("/help/", "Servers"), ("/status/", "switches"), ("/status/1/", "log files"), ("/downloads/", "First steps"),
    ("/terms/", "30 days"), ("/privacy/", "seven years"), ("/about/", "small hosting"),
    ("/announcements/", "carrier"), ("/", "Saturdays"),
)  # fmt: skip


@pytest.mark.parametrize("servers", [0, 1])
def test_no_page_is_empty(shop, browser, servers):
    with shop.work.write() as uow:
        uow.session.add_all(Server(name=f"vps-{number}", module="vps") for number in range(servers))
    seed_publishing(shop)
    for path, words in PAGES:
        assert words in browser.get(path, status=200), path
    assert "A new panel" not in browser.get("/announcements/")
