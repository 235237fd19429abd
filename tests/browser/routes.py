"""Which pages there are, from the declarations of the application itself; the crawler finds an address for each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

from playwright.sync_api import Page

from ezcore.app import build, make_app
from ezcore.settings import load, read_ini
from tests.fixtures_demo import Demo

# Not pages for people: machines' answers, parts of pages that send people on, files.
NO_PAGE = re.compile(
    r"^/account/privacy/copy/|^/(api/|metrics|robots\.txt|webhooks/)|/progress/$|^/help/matching/|/return/$|\.(pdf|csv|ics|xml)$|/(download|pdf|xml|ubl|csv)/$"
)
# Doors whose address only a mail knows; a wrong key must show a page that holds as well.
GUESSED = {
    "/accounts/verify/{token}/": "/accounts/verify/x/",
    "/accounts/reset/{token}/": "/accounts/reset/x/",
    "/accounts/invitation/{token}/": "/accounts/invitation/x/",
    "/accounts/email/{token}/": "/accounts/email/x/",
    "/accounts/join/{token}/": "/accounts/join/x/",
    "/billing/checkout/resume/{token}/": "/billing/checkout/resume/x/",
    "/unsubscribe/{token}/": "/unsubscribe/x/",
    "/contact/{token}/": "/contact/x/",
}
# Pages that show something only when they are asked for something, or little at the first address that is found.
ASKED = {
    "/admin/views/new/": "/admin/views/new/?place=admin.invoices&query=status%3Doverdue",
    # The one before the words that are in use.
    "/admin/mail-texts/{name}/{language}/versions/{id}/": "/admin/mail-texts/service_active/en/versions/1/",
}
# Addresses of before, and doors to whichever step is due: there is nothing to see.
ONLY_LEAD_ON = frozenset({"/accounts/profile/", "/accounts/security/", "/billing/checkout/", "/domains/"})
# Pages that no demo of ours can show, and why.
NEVER = {"/dashboard/questions/{id}/": "no plugin that we ship asks clients anything while it sets up"}
PER_ROUTE = 2
# Where each role begins to follow links.
STARTS = {
    "visitor": ("/", "/accounts/login/"),
    "client": ("/", "/dashboard/", "/billing/checkout/vps-s/"),
    # Forms lead to these, which nobody follows; a task and a text that are one among many have more to show.
    "staff": (
        "/admin/",
        "/",
        "/admin/search/",
        "/admin/notice-rules/new/",
        "/admin/views/new/",
        "/admin/automation/renewals/",
        "/admin/mail-texts/service_active/en/",
    ),
}


@dataclass(frozen=True)
class Route:
    """A page that can be opened: its pattern and who may."""

    pattern: str
    permission: str | None

    @property
    def matcher(self) -> re.Pattern[str]:
        """Does an address belong to this route?"""
        return _matcher(self.pattern)

    def is_for(self, role: str) -> bool:
        """May this role open it at all?"""
        if self.permission is None:
            return True
        return role == ("client" if self.permission.startswith("client.") else "staff")


@cache
def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile(
        "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in _PARTS.split(pattern))
    )


_PARTS = re.compile(r"(\{[^}]+\})")


def pages_of(demo: Demo) -> list[Route]:
    """Every GET page of the running demo: the same settings and plugins, assembled once more."""
    shop = build(load(read_ini(demo.folder / "demo.ini")), bell=lambda: None)
    try:
        declared = make_app(shop).registry["ez.declarations"]
    finally:
        shop.engine.dispose()
    found = {Route(one.path, one.permission) for one in declared if one.method == "GET"}
    return sorted(
        (route for route in found if not NO_PAGE.search(route.pattern)), key=lambda route: route.pattern
    )


@dataclass
class Crawl:
    """Walks from link to link and keeps at most `per_route` addresses of each; fixed routes before those with parts."""

    demo: Demo
    page: Page
    routes: list[Route]
    per_route: int = PER_ROUTE
    found: dict[str, list[str]] = field(default_factory=dict)

    def walk(self, *starts: str) -> dict[str, list[str]]:
        """Follow links from these paths until nothing new comes; returns pattern -> paths."""
        queue = list(starts)
        for path in queue:
            if self._is_new(path):
                queue += self._links(path)
        return self.found

    def _is_new(self, path: str) -> bool:
        route = self.route_of(path)
        if route is None:
            return False
        known = self.found.setdefault(route.pattern, [])
        if path in known or len(known) >= self.per_route:
            return False
        known.append(path)
        return True

    def _links(self, path: str) -> list[str]:
        answer = self.page.request.get(self.demo.address + path)
        text = answer.text() if answer.ok else ""
        hrefs = (urlsplit(href) for href in re.findall(r'href="([^"#]+)"', text))
        return [urlsplit(answer.url).path] + [
            part.path for part in hrefs if not part.netloc or part.netloc in self.demo.address
        ]

    def route_of(self, path: str) -> Route | None:
        """The route that answers this path."""
        fitting = (route for route in self.routes if route.matcher.fullmatch(path))
        return min(fitting, key=lambda route: route.pattern.count("{"), default=None)
