"""Chromium for tests and for the gallery, and a page that writes down whatever it had to complain about."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb")
NAMES = ("chromium", "chromium-browser", "google-chrome")
# Chromium itself says this of every page that is answered 404 or 422; the test knows which answer it asked for.
STATUS = "Failed to load resource: the server responded with a status of"
REPORT_VIOLATIONS = """document.addEventListener('securitypolicyviolation', (e) =>
  console.error(`CSP: ${e.violatedDirective} stopped ${e.blockedURI} ${e.sample} on ${e.documentURI}`));"""


def find_chromium() -> str | None:
    """The browser of this machine; `EZ_CHROMIUM` names another one."""
    named = os.environ.get("EZ_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def chromium(executable: str) -> Iterator[Browser]:
    """A running browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A visitor's browser window; `complaints` is what its console, its scripts and its policies said."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def heard(self, message: ConsoleMessage) -> None:
        """Note errors and warnings of the console."""
        if message.type in ("error", "warning") and not message.text.startswith(STATUS):
            self.complaints.append(f"{self.page.url}: {message.type}: {message.text}")

    def prefer(self, mode: str, address: str) -> None:
        """Choose light or dark as the site's cookie does."""
        self.context.add_cookies([{"name": "ez_mode", "value": mode, "url": address}])


@contextmanager
def window(
    browser: Browser, *, scripts: bool = True, width: int = 1280, height: int = 900
) -> Iterator[Watched]:
    """A window with cookies of its own that listens to everything the browser complains about."""
    context = browser.new_context(java_script_enabled=scripts, viewport={"width": width, "height": height})
    context.set_default_timeout(15_000)
    context.add_init_script(REPORT_VIOLATIONS)
    watched = Watched(context, context.new_page())
    watched.page.on("console", watched.heard)
    watched.page.on("pageerror", lambda error: watched.complaints.append(f"{watched.page.url}: {error}"))
    try:
        yield watched
    finally:
        context.close()
