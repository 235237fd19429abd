"""Makes docs/screenshots: `make screenshots`, or `python -m tests.browser.gallery --state var` for a demo that runs.

Every page of `SHOTS` in light and dark, wide and narrow, as <page>-<mode>-<width>.png. Without `--state` it starts a
demo with a year of history, which takes some minutes. Pages that this build does not have are named and left out.
"""

from __future__ import annotations

import argparse
import re
import secrets
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.buying import Newcomer, log_in
from tests.browser.chromium import chromium, find_chromium, window
from tests.browser.small_png import repack
from tests.fixtures_demo import ROOT, Demo, running_demo

FOLDER = ROOT / "docs" / "screenshots"
WIDTHS = {1280: 900, 390: 844}
MODES = ("light", "dark")
TALLEST = 2000
ADMIN = {
    "admin-dashboard": "/admin/",
    "admin-orders": "/admin/orders/",
    "admin-services": "/admin/services/",
    "admin-invoices": "/admin/invoices/",
    "admin-jobs": "/admin/jobs/",
    "admin-plugins": "/admin/plugins/",
}
FIRST_OF = {
    "admin-job": ("/admin/jobs/", "Set up a service"),
    "admin-plugin-settings": ("/admin/plugins/", "Stripe"),
}


@dataclass
class Camera:
    """Takes the page as it stands, four times."""

    demo: Demo
    folder: Path

    def take(self, page: Page, name: str) -> None:
        """One page, each mode and width. A reload would move time on; the media and the attribute do not."""
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            for mode in MODES:
                page.emulate_media(color_scheme=mode, reduced_motion="reduce")
                page.evaluate("(m) => { document.documentElement.dataset.theme = m; scrollTo(0, 0) }", mode)
                tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
                clip = {"x": 0, "y": 0, "width": width, "height": max(tall, height)}
                shot = repack(page.screenshot(full_page=True, clip=clip))
                (self.folder / f"{name}-{mode}-{width}.png").write_bytes(shot)
        page.set_viewport_size({"width": 1280, "height": WIDTHS[1280]})
        _say(f"  {name}")


def make(demo: Demo, folder: Path, executable: str) -> None:
    """The whole gallery of this demo."""
    folder.mkdir(parents=True, exist_ok=True)
    with chromium(executable) as browser:
        camera = Camera(demo, folder)
        _buy(browser, camera)
        with window(browser) as watched:
            log_in(watched.page, demo, demo.logins["staff"])
            _admin_pages(watched.page, camera)


def _buy(browser: Browser, camera: Camera) -> None:
    with window(browser) as watched:
        page, demo = watched.page, camera.demo
        newcomer = Newcomer(demo, page, "Mira Okafor", f"mira-{secrets.token_hex(2)}@example.test")
        newcomer.go("/pricing/")
        camera.take(page, "pricing")
        newcomer.sign_up()
        newcomer.go("/pricing/vps-s/")
        camera.take(page, "configure")
        newcomer.choose("atlas-01.okafor.test", disk="double")
        camera.take(page, "cart")
        newcomer.continue_to_review()
        newcomer.press(re.compile("^Continue"))
        camera.take(page, "checkout-errors")
        newcomer.give_address()
        camera.take(page, "checkout")
        newcomer.accept()
        newcomer.go_to_the_gateway()
        camera.take(page, "gateway")
        _watch_the_setup(newcomer, camera)
        _client_pages(newcomer, camera)


def _watch_the_setup(newcomer: Newcomer, camera: Camera) -> None:
    page, demo = newcomer.page, camera.demo
    for call, after in (("clone", 0), ("resize", 0)):
        fault = {"call": call, "kind": "delay", "times": 1, "after": after, "args": {"seconds": 8}}
        demo.control("proxmox", "faults", fault)
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    page.get_by_role("link", name="See your order").click(timeout=60_000)
    page.locator(".steps li.done").nth(1).wait_for(timeout=60_000)
    camera.take(page, "order")
    page.get_by_text("Everything is ready").wait_for(timeout=90_000)
    page.get_by_role("main").get_by_role("heading", level=2).first.get_by_role("link").click()
    camera.take(page, "service")
    newcomer.go("/_mail/")
    camera.take(page, "mail-sink")


def _client_pages(newcomer: Newcomer, camera: Camera) -> None:
    """With a second order, not paid yet, beside the first one."""
    page = newcomer.page
    newcomer.choose("shop.okafor.test", plan="VPS M")
    newcomer.continue_to_review()
    newcomer.accept()
    _open(page, camera, "dashboard", "/dashboard/")
    _open(page, camera, "services", "/dashboard/services/")
    _open(page, camera, "invoices", "/billing/")
    page.get_by_role("main").get_by_role("link", name=re.compile(r"^\d{4}-\d+")).first.click()
    camera.take(page, "invoice")


def _admin_pages(page: Page, camera: Camera) -> None:
    for name, path in ADMIN.items():
        _open(page, camera, name, path)
    for name, (path, link) in FIRST_OF.items():
        page.goto(camera.demo.address + path)
        found = page.get_by_role("main").get_by_role("link", name=link)
        if found.count():
            found.first.click()
            camera.take(page, name)
        else:
            _say(f"  {name}: no {link!r} is linked on {path}")


def _open(page: Page, camera: Camera, name: str, path: str) -> None:
    answer = page.goto(camera.demo.address + path)
    if answer is None or not answer.ok:
        _say(f"  {name}: {path} answers {answer and answer.status}, left out")
        return
    camera.take(page, name)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> int:
    """Make the pictures; 1 when there is no browser."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--state", type=Path, help="folder of a running demo (default: start one)")
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder of the pictures")
    args = parser.parse_args()
    executable = find_chromium()
    if executable is None:
        _say("no Chromium on this machine")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        own = running_demo(Path(folder), history=True, starts_in=1800)
        with nullcontext(Demo.read(args.state)) if args.state else own as demo:
            make(demo, args.to, executable)
    return 0


if __name__ == "__main__":
    sys.exit(main())
