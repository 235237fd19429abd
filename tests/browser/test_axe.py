"""axe-core has nothing against any page of the route table.

One mode, width and direction per run, by the day (`EZ_AXE_TURN=0..7` chooses); the nightly run takes them all.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import violations
from tests.browser.buying import log_in
from tests.browser.chromium import window
from tests.browser.routes import GUESSED, STARTS, Crawl
from tests.fixtures_demo import Demo

pytestmark = pytest.mark.browser

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
LOOKS = [(mode, width, way) for width in (1280, 390) for mode in ("light", "dark") for way in ("ltr", "rtl")]
TURN = int(os.environ.get("EZ_AXE_TURN") or datetime.now(UTC).date().toordinal()) % len(LOOKS)
SIDEWAYS = Path(__file__).with_name("sideways.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(("mode", "width", "direction"), LOOKS if NIGHTLY else [LOOKS[TURN]])
@pytest.mark.parametrize("role", STARTS)
def test_axe_has_nothing_against_any_page(
    browser: Browser, demo: Demo, routes, logins, role, mode, width, direction, capsys
):
    with capsys.disabled():
        sys.stdout.write(f"\naxe: EZ_AXE_TURN={TURN}: {role}, {mode}, {width} px, {direction}\n")
    wrong: list[str] = []
    with window(browser, width=width) as watched:
        page = watched.page
        if role in logins:
            log_in(page, demo, logins[role])
        found = Crawl(demo, page, [one for one in routes if one.is_for(role)]).walk(
            *STARTS[role], *GUESSED.values()
        )
        assert len(found) > len(GUESSED), "the crawl went nowhere"
        watched.prefer(mode, demo.address)
        page.emulate_media(reduced_motion="reduce")
        for path in sorted(path for paths in found.values() for path in paths):
            page.goto(demo.address + path)
            wrong += [f"{path}: {what}" for what in page.evaluate(SIDEWAYS, direction)]
            wrong += [f"{path}: {what}" for what in violations(page)]
    assert wrong == [], f"EZ_AXE_TURN={TURN}\n" + "\n".join(wrong)


def test_axe_is_awake(browser: Browser, demo: Demo):
    with window(browser) as watched:
        watched.page.goto(f"{demo.address}/pricing/")
        watched.page.evaluate(
            "() => document.querySelector('main').append(document.createElement('button'), new Image())"
        )
        found = violations(watched.page)
        assert {one.split()[0] for one in found} >= {"button-name", "image-alt"}, found
        assert watched.complaints == []
