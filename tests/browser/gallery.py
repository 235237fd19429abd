"""Makes docs/screenshots: `make screenshots`, or `python -m tests.browser.gallery --state var` for a demo that runs.

Every page of the route table, so that none can be forgotten, the states that only a walk reaches, and pages that are
empty, refused or in longer words, in light and dark, wide and narrow, as <page>-<mode>-<width>.png, with CHECKLIST.md
beside them. Without `--state` it starts a demo with a year of history, which takes some minutes. What cannot be
reached is named in the list with the reason, apart from what only leads on and what is a file.
"""

from __future__ import annotations

import argparse
import re
import secrets
import sys
import tempfile
from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error, Page

from tests.browser import checklist, gallery_states, gallery_walks
from tests.browser.buying import PASSWORD, Newcomer, log_in
from tests.browser.chromium import Watched, chromium, find_chromium, window
from tests.browser.gallery_states import FORMS, LONGER
from tests.browser.routes import ASKED, GUESSED, NEVER, ONLY_LEAD_ON, STARTS, Crawl, Route, pages_of
from tests.browser.small_png import repack
from tests.fixtures_demo import ROOT, Demo, running_demo

FOLDER = ROOT / "docs" / "screenshots"
WIDTHS = {1280: 900, 390: 844}
MODES = ("light", "dark")
TALLEST = 1800
FOUND = 300
LOOKS_AT = 6
"""Addresses per route that are read for links; the first of them is taken."""
# What the demo's own client has more of than somebody who came today.
LIVED = frozenset({
    "/account/people/", "/billing/credit-notes/", "/billing/credit/", "/billing/quotes/", "/billing/statement/",
    "/work/",
})  # fmt: skip
FILE_NAME = re.compile(r"\.[a-z]+$")


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
        login = _walk_ways(browser, camera)
        left = {route.pattern: first_reason(route.pattern) for route in routes}
        # The demo's own client has what a newcomer has not: a quote, a credit note, people, a year of invoices.
        walks = (
            ("visitor", None, frozenset()),
            ("client", login, LIVED),
            ("client", demo.logins["client"], frozenset()),
            ("staff", demo.logins["staff"], frozenset()),
        )
        for role, as_whom, later in walks:
            with window(browser) as watched:
                _as(role, as_whom, watched, camera)
                if role == "staff":
                    gallery_walks.order_for_a_client(demo, watched.page, camera.take)
                    gallery_walks.run_stuck_jobs_again(demo, watched.page, camera.take)
                _pages(watched.page, camera, role, routes, left, later)
                gallery_states.take_errors(watched.page, demo.address, FORMS[role], camera.take)
                gallery_states.take_longer(watched.page, demo.address, LONGER[role], camera.take)
    if not only:
        for path in folder.glob("*.png"):
            found = checklist.PICTURE.match(path.name)
            if not found or found["page"] not in camera.taken:
                path.unlink()
    else:
        asked = {one: why for one, why in left.items() if camera.only.search(name_of(one))}
        left = checklist.not_reached(folder) | asked
    there = {path.name.removesuffix("-light-1280.png") for path in folder.glob("*-light-1280.png")}
    without = {one: NEVER.get(one, why) for one, why in left.items() if name_of(one) not in there}
    checklist.write(folder, without, ONLY_LEAD_ON)


def _as(role: str, login: tuple[str, str] | None, watched: Watched, camera: Camera) -> None:
    """Somebody of this role, with something in the cart where a cart is."""
    if login is not None:
        log_in(watched.page, camera.demo, login)
    if role != "staff":
        Newcomer(camera.demo, watched.page, "Mira Okafor", "").choose("shop.okafor.test", plan="VPS M")


def first_reason(pattern: str) -> str:
    """Why a page has no picture before anybody looked for one."""
    return checklist.FILE if FILE_NAME.search(pattern) else "nothing links to one in the demo"


def _walk_ways(browser: Browser, camera: Camera) -> tuple[str, str]:
    """What no link leads to; gives the login of a client with a server, an open order and a ticket."""
    demo, take = camera.demo, camera.take

    def newcomer(page: Page) -> Newcomer:
        return Newcomer(demo, page, "Mira Okafor", f"mira-{secrets.token_hex(2)}@example.test")

    with window(browser) as watched:
        gallery_walks.read_the_offer(demo, watched.page, take)
    with window(browser) as watched:
        buyer = newcomer(watched.page)
        gallery_walks.buy(buyer, take)
    with window(browser) as watched:
        gallery_walks.pay_by_link(demo, watched.page, buyer.email, take)
    with window(browser) as watched:
        gallery_walks.enter_in_two_steps(newcomer(watched.page), take)
    return buyer.email, PASSWORD


def _pages(
    page: Page,
    camera: Camera,
    role: str,
    routes: list[Route],
    left: dict[str, str],
    later: Collection[str],
) -> None:
    """Every route that this role may open and that has no picture, at the first address that a link leads to."""
    mine = [route for route in routes if route.is_for(role)]
    fixed = [route.pattern for route in mine if "{" not in route.pattern]
    crawl = Crawl(camera.demo, page, mine, per_route=LOOKS_AT)
    found = crawl.walk(*STARTS[role], *GUESSED.values(), *fixed)
    for pattern, paths in sorted(found.items()):
        why = ""
        if pattern not in left or pattern in later or not camera.only.search(name_of(pattern)):
            continue
        for path in [ASKED[pattern]] if pattern in ASKED else paths:
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
    except Error as error:
        return checklist.FILE if "Download is starting" in str(error) else str(error).splitlines()[0]
    if answer is None or "text/html" not in answer.headers.get("content-type", ""):
        return checklist.FILE
    route = crawl.route_of(urlsplit(page.url).path)
    if route is None or route.pattern != pattern:
        return checklist.LEADS_ON
    if answer.status >= FOUND and pattern not in GUESSED:
        return f"it answers {answer.status}"
    camera.take(page, name_of(pattern))
    return ""


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
