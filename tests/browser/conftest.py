"""The browser of the session: left out with a reason where there is none, missing in CI is a failure."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.buying import PASSWORD, Newcomer
from tests.browser.chromium import chromium, find_chromium, window
from tests.browser.routes import Route, pages_of
from tests.fixtures_demo import Demo, running_demo


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        words = "no Chromium on this machine (apt install chromium, or EZ_CHROMIUM=/path/to/it)"
        if os.environ.get("EZ_CI") == "1":
            pytest.fail(words)
        pytest.skip(words)
    with chromium(executable) as running:
        yield running


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One demo for all of them; `EZ_DEMO_STATE` names the folder of one that runs already, while you write a test."""
    running = os.environ.get("EZ_DEMO_STATE")
    if running:
        yield Demo.read(Path(running))
        return
    with running_demo(tmp_path_factory.mktemp("demo")) as own:
        yield own


@pytest.fixture(scope="session")
def routes(demo: Demo) -> list[Route]:
    return pages_of(demo)


@pytest.fixture(scope="session")
def logins(browser: Browser, demo: Demo) -> dict[str, tuple[str, str]]:
    """Staff, and a client with a server that is paid, an order that is not, and something in the cart."""
    with window(browser) as watched:
        client = Newcomer(demo, watched.page, "Jonas Ek", f"jonas-{secrets.token_hex(4)}@example.test")
        client.sign_up()
        client.choose(f"bot-{secrets.token_hex(4)}.example.test")
        client.check_out()
        client.go_to_the_gateway()
        client.pay()
        client.choose(f"bot-{secrets.token_hex(4)}.example.test")
        client.continue_to_review()
        client.accept()
        client.go_to_the_gateway()  # and away without paying: the try can be taken up again
        client.choose(f"bot-{secrets.token_hex(4)}.example.test")
    return {"client": (client.email, PASSWORD), "staff": demo.logins["staff"]}
