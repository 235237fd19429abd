"""Reads a page as people do: every text node and every attribute that is read aloud, in order; walks a role's pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Comment, Doctype, NavigableString

from ezcore.languages.pseudo import CLOSE, OPEN
from tests.browser.routes import NO_PAGE, Route

SILENT = ("code", "kbd", "pre", "samp", "script", "style", "svg", "textarea", "time", "bdi", "option")
READ = ("alt", "aria-label", "data-label", "placeholder", "title")
PER_ROUTE = 2


def words_of(page) -> Iterator[str]:
    """What stands on a page, text by text."""
    soup = BeautifulSoup(page.text, "html.parser")
    for node in soup.descendants:
        if isinstance(node, NavigableString):
            if not isinstance(node, Comment | Doctype) and node.find_parent(SILENT) is None and node.strip():
                yield str(node)
        else:
            yield from (node[name] for name in READ if node.get(name))


def unmarked(page) -> Iterator[str]:
    """Texts that stand outside of the brackets of the pseudo-language."""
    depth = 0
    for text in words_of(page):
        outside = ""
        for char in text:
            depth += (char == OPEN) - (char == CLOSE)
            outside += char if depth == 0 and char != CLOSE else ""
        if re.search(r"[A-Za-z]{2}", outside):
            yield " ".join(outside.split())


def walk(browser, routes: list[Route], role: str, starts: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    """Each page that this role can reach: at most two addresses per route."""
    mine = [one for one in routes if one.is_for(role) and not NO_PAGE.search(one.pattern)]
    queue, seen = [*starts, *(one.pattern for one in mine if "{" not in one.pattern)], {}
    for url in queue:
        path = urlsplit(url).path
        route = min(
            (one for one in mine if one.matcher.fullmatch(path)),
            key=lambda one: one.pattern.count("{"),
            default=None,
        )
        known = seen.setdefault(route.pattern, set()) if route else set()
        if route is None or path in known or len(known) >= PER_ROUTE:
            continue
        known.add(path)
        page = browser.get(url, expect_errors=True)
        if page.status_int in (301, 302, 303):
            queue.append(urlsplit(page.location).path)
        elif page.content_type == "text/html":
            yield url, page
            queue += [
                href
                for href in re.findall(r'href="(/[^"#]*)"', page.text)
                if "logout" not in href and "lang=" not in href
            ]
