"""The browser of the session: left out with a reason where there is none, missing in CI is a failure."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import chromium, find_chromium


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
