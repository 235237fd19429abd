"""Pages whose words are 40 % longer hold at every width: a language that needs more room finds it.

A sixth of the pages each day, another one the next (`EZ_LONGER_TURN` chooses); all of them at night.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.buying import log_in
from tests.browser.chromium import Watched, window
from tests.browser.routes import STARTS, Crawl, Route, pages_of
from tests.fixtures_demo import Demo, running_demo

pytestmark = pytest.mark.browser

SIDEWAYS = Path(__file__).with_name("sideways.js").read_text(encoding="utf-8")
LONGER = "en-XA"
WIDTHS = (320, 390, 1280)
TURNS = 6


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that offers the language of longer words, and whose clients have chosen it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EZ_SHOP_LANGUAGES", f"en, {LONGER}")
        with running_demo(tmp_path_factory.mktemp("longer")) as running:
            with sqlite3.connect(running.folder / "ezcore.sqlite3", timeout=20) as base:
                base.execute("UPDATE client SET language = ?", (LONGER,))
            yield running


@pytest.fixture(scope="module")
def routes(demo: Demo) -> list[Route]:
    return pages_of(demo)


@pytest.mark.parametrize("role", list(STARTS))
def test_words_that_are_longer_push_nothing_over_the_edge(browser: Browser, demo: Demo, routes, role):
    with window(browser, width=WIDTHS[0], height=720) as watched:
        watched.context.add_cookies([{"name": "ez_lang", "value": LONGER, "url": demo.address}])
        if role in demo.logins:
            log_in_longer(watched, demo, role)
        mine = [route for route in routes if route.is_for(role) and (role == "visitor" or route.permission)]
        found = Crawl(demo, watched.page, mine).walk(*STARTS[role])
        wrong = [
            f"{path} at {width}: {what}"
            for path in _of_today(path for paths in found.values() for path in paths)
            for width, what in _over_the_edge(watched, demo.address + path)
        ]
    assert not wrong, "\n".join(wrong)
    assert found, "the walk went nowhere"


def log_in_longer(watched: Watched, demo: Demo, role: str) -> None:
    """Log in on pages in English; the language holds from then on."""
    watched.context.clear_cookies(name="ez_lang")
    log_in(watched.page, demo, demo.logins[role])
    watched.context.add_cookies([{"name": "ez_lang", "value": LONGER, "url": demo.address}])


def _of_today(paths: Iterator[str]) -> list[str]:
    turn = int(os.environ.get("EZ_LONGER_TURN") or datetime.now(UTC).toordinal()) % TURNS
    every = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
    sys.stdout.write(f"\nlonger words: {'every page' if every else f'EZ_LONGER_TURN={turn}'}\n")
    return sorted(path for path in paths if every or zlib.crc32(path.encode()) % TURNS == turn)


def _over_the_edge(watched: Watched, address: str) -> Iterator[tuple[int, str]]:
    watched.page.goto(address)
    assert watched.page.locator("html").get_attribute("lang") == LONGER, address
    for width in WIDTHS:
        watched.page.set_viewport_size({"width": width, "height": 720})
        yield from ((width, str(what)) for what in watched.page.evaluate(SIDEWAYS, "ltr"))
