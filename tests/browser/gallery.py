"""Makes docs/screenshots: `make screenshots`, or `python -m tests.browser.gallery --state var` for a demo that runs.

Every page of the route table, so that none can be forgotten, and the states that only a walk reaches, in light
and dark, wide and narrow, as <page>-<mode>-<width>.png, with CHECKLIST.md beside them. Without `--state` it starts a
demo with a year of history, which takes some minutes. What cannot be reached is named in the list with the reason.
"""

from __future__ import annotations

import argparse
import re
import secrets
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error, Page

from tests.browser import checklist
from tests.browser.buying import PASSWORD, Newcomer, log_in
from tests.browser.chromium import Watched, chromium, find_chromium, window
from tests.browser.routes import GUESSED, STARTS, Crawl, Route, pages_of
from tests.browser.small_png import repack
from tests.fixtures_demo import ROOT, Demo, running_demo

FOLDER = ROOT / "docs" / "screenshots"
WIDTHS = {1280: 900, 390: 844}
MODES = ("light", "dark")
TALLEST = 1800
FOUND = 300
OWNER = {
    "name": "Mira Okafor", "email": "mira@example.test", "phone": "+372 5551234", "street": "Harju 6",
    "city": "Tallinn", "postcode": "10130", "country": "EE",
}  # fmt: skip


@dataclass
class Camera:
    """Takes the page as it stands, four times; remembers what it took."""

    demo: Demo
    folder: Path
    easel: Page
    only: re.Pattern[str]
    taken: set[str] = field(default_factory=set)

    def take(self, page: Page, name: str) -> None:
        """One page, each mode and width. A reload would move time on; the media and the attribute do not."""
        if not self.only.search(name) or name in self.taken:
            return
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            for mode in MODES:
                page.emulate_media(color_scheme=mode, reduced_motion="reduce")
                page.evaluate("(m) => { document.documentElement.dataset.theme = m; scrollTo(0, 0) }", mode)
                tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
                clip = {"x": 0, "y": 0, "width": width, "height": max(tall, height)}
                shot = repack(page.screenshot(full_page=True, clip=clip), self.easel)
                (self.folder / f"{name}-{mode}-{width}.png").write_bytes(shot)
        page.set_viewport_size({"width": 1280, "height": WIDTHS[1280]})
        self.taken.add(name)
        _say(f"  {name}")


def name_of(pattern: str) -> str:
    """The pattern of a route as the name of its pictures: `/admin/orders/{id}/` is `admin-orders-id`."""
    bare = re.sub(r"\{(\w+)[^}]*\}", r"\1", pattern)
    return re.sub(r"[^a-z0-9]+", "-", bare.lower()).strip("-") or "home"


def make(demo: Demo, folder: Path, executable: str, only: str = "") -> None:
    """The whole gallery of this demo. Pictures of what is no page any more go, unless only some were asked for."""
    folder.mkdir(parents=True, exist_ok=True)
    routes = pages_of(demo)
    with chromium(executable) as browser, window(browser) as drawing:
        camera = Camera(demo, folder, drawing.page, re.compile(only))
        login = _buy(browser, camera)
        left = {route.pattern: "nothing links to one in the demo" for route in routes}
        logins = {"visitor": None, "client": login, "staff": demo.logins["staff"]}
        for role, as_whom in logins.items():
            with window(browser) as watched:
                _as(role, as_whom, watched, camera)
                if role == "staff":
                    _order_for_a_client(watched.page, camera)
                _pages(watched.page, camera, role, [one for one in routes if one.pattern in left], left)
    if not only:
        for path in folder.glob("*.png"):
            found = checklist.PICTURE.match(path.name)
            if not found or found["page"] not in camera.taken:
                path.unlink()
    else:
        left = checklist.not_reached(folder)
    there = {path.name.removesuffix("-light-1280.png") for path in folder.glob("*-light-1280.png")}
    checklist.write(folder, {one: why for one, why in left.items() if name_of(one) not in there})


def _as(role: str, login: tuple[str, str] | None, watched: Watched, camera: Camera) -> None:
    """Somebody of this role, with something in the cart where a cart is."""
    if login is not None:
        log_in(watched.page, camera.demo, login)
    if role != "staff":
        Newcomer(camera.demo, watched.page, "Mira Okafor", "").choose("shop.okafor.test", plan="VPS M")


def _pages(page: Page, camera: Camera, role: str, routes: list[Route], left: dict[str, str]) -> None:
    """Every route that this role may open, at the first address that a link leads to."""
    mine = [route for route in routes if route.is_for(role)]
    fixed = [route.pattern for route in mine if "{" not in route.pattern]
    crawl = Crawl(camera.demo, page, mine)
    found = crawl.walk(*STARTS[role], *GUESSED.values(), *fixed)
    for pattern, paths in sorted(found.items()):
        why = ""
        if not camera.only.search(name_of(pattern)):
            continue
        for path in paths:
            why = _try(page, camera, crawl, pattern, path)
            if not why:
                left.pop(pattern, None)
                break
        if why:
            left[pattern] = why


def _try(page: Page, camera: Camera, crawl: Crawl, pattern: str, path: str) -> str:
    """Open and take it; otherwise says why not."""
    try:
        answer = page.goto(camera.demo.address + path)
    except Error as error:  # a file that is sent, not shown
        return str(error).splitlines()[0]
    if answer is None or "text/html" not in answer.headers.get("content-type", ""):
        return "it is no page for people"
    if answer.status >= FOUND and pattern not in GUESSED:
        return f"it answers {answer.status}"
    route = crawl.route_of(urlsplit(page.url).path)
    if route is None or route.pattern != pattern:
        return "it leads on to another page"
    camera.take(page, name_of(pattern))
    return ""


def _buy(browser: Browser, camera: Camera) -> tuple[str, str]:
    """The states that only a walk reaches; leaves a client with a server, an open order, a ticket and a full cart."""
    with window(browser) as watched:
        page, demo = watched.page, camera.demo
        newcomer = Newcomer(demo, page, "Mira Okafor", f"mira-{secrets.token_hex(2)}@example.test")
        newcomer.sign_up()
        newcomer.go("/pricing/vps-s/")
        camera.take(page, "walk-configure")
        newcomer.choose("atlas-01.okafor.test", disk="double")
        newcomer.continue_to_review()
        newcomer.press(re.compile("^Continue"))
        camera.take(page, "walk-checkout-errors")
        newcomer.give_address()
        newcomer.accept()
        newcomer.go_to_the_gateway()
        camera.take(page, "walk-gateway")
        _watch_the_setup(newcomer, camera)
        _buy_a_name(newcomer, camera)
        newcomer.choose("shop.okafor.test", plan="VPS M")
        newcomer.continue_to_review()
        newcomer.accept()
        newcomer.go("/tickets/new/")
        page.get_by_label("Subject").fill("Where do I log in?")
        page.get_by_label("Message", exact=True).fill("Which name does the first user of my server have?")
        newcomer.press("Send")
        return newcomer.email, PASSWORD


def _buy_a_name(newcomer: Newcomer, camera: Camera) -> None:
    """A domain name with its certificate: the pages of both stand open to the client afterwards."""
    page, name = newcomer.page, f"okafor-{secrets.token_hex(2)}.com"
    newcomer.go(f"/domains/search/?q={name}")
    page.get_by_role("link", name=f"Order {name}", exact=True).click()
    camera.take(page, "domains-order")
    for part, value in OWNER.items():
        page.locator(f"#owner_{part}").fill(value)
    newcomer.press("Add to cart")
    newcomer.go("/pricing/ssl-basic/")
    page.locator("#wish-names").fill(name)
    newcomer.press("Add to cart")
    newcomer.continue_to_review()
    newcomer.accept()
    newcomer.go_to_the_gateway()
    newcomer.pay()
    page.get_by_role("link", name="See your order").click(timeout=60_000)
    page.get_by_text("Everything is ready").wait_for(timeout=120_000)


def _order_for_a_client(page: Page, camera: Camera) -> None:
    page.goto(f"{camera.demo.address}/admin/clients/1/order/web-pro/")
    page.get_by_label("Domain name").fill("shop.okafor.test")
    page.get_by_role("button", name="Add to the order").click()
    camera.take(page, "admin-clients-id-cart-name")


def _watch_the_setup(newcomer: Newcomer, camera: Camera) -> None:
    page, demo = newcomer.page, camera.demo
    for call, after in (("clone", 0), ("resize", 0)):
        fault = {"call": call, "kind": "delay", "times": 1, "after": after, "args": {"seconds": 8}}
        demo.control("proxmox", "faults", fault)
    page.get_by_role("button", name=re.compile("^Pay ")).click()
    page.get_by_role("link", name="See your order").click(timeout=60_000)
    page.locator(".steps li.done").nth(1).wait_for(timeout=60_000)
    camera.take(page, "walk-order-busy")
    page.get_by_text("Everything is ready").wait_for(timeout=90_000)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> int:
    """Make the pictures; 1 when there is no browser."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--state", type=Path, help="folder of a running demo (default: start one)")
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder of the pictures")
    parser.add_argument("--only", default="", help="only pages whose name fits this expression")
    args = parser.parse_args()
    executable = find_chromium()
    if executable is None:
        _say("no Chromium on this machine")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        own = running_demo(Path(folder), history=True, starts_in=1800)
        with nullcontext(Demo.read(args.state)) if args.state else own as demo:
            make(demo, args.to, executable, args.only)
    return 0


if __name__ == "__main__":
    sys.exit(main())
