"""A browser without a screen for `ez smoke`: cookies, forms with their hidden fields, links. Standard library only."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from ezcore.kernel.errors import EzError


class WalkFailed(EzError):
    """A page did not show what the walk expected."""


@dataclass
class HtmlForm:
    """A form as a page offers it, with the values it already carries."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class Page:
    """An answer: status, final address, text, its forms and links."""

    status: int
    url: str
    text: str
    forms: list[HtmlForm] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def form(self, *, has: str = "", action: str = "") -> HtmlForm:
        """The first form with this field and an action that contains this text. Raises: WalkFailed."""
        for form in self.forms:
            if action in form.action and (not has or has in form.fields):
                return form
        raise WalkFailed(f"{self.url} ({self.status}) has no form with {has or action!r}")

    def link(self, part: str) -> str:
        """The first link whose address contains this. Raises: WalkFailed."""
        for link in self.links:
            if part in link:
                return link
        raise WalkFailed(f"{self.url} ({self.status}) has no link to {part!r}")


class Browser:
    """Keeps cookies per host and follows redirects, as a browser does."""

    def __init__(self, ca_file: str | None = None) -> None:
        context = ssl.create_default_context(cafile=ca_file) if ca_file else ssl.create_default_context()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), urllib.request.HTTPSHandler(context=context)
        )

    def get(self, url: str) -> Page:
        """Open an address."""
        return self._open(urllib.request.Request(url))  # noqa: S310 - addresses of our own pages

    def submit(self, page: Page, form: HtmlForm, **values: str) -> Page:
        """Send a form with these values filled in."""
        target = urljoin(page.url, form.action)
        data = urlencode(form.fields | values)
        if form.method == "get":
            return self.get(f"{target}?{data}")
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
        headers = {"Origin": origin, "Referer": page.url}
        return self._open(urllib.request.Request(target, data.encode(), headers))  # noqa: S310

    def post_json(self, url: str, body: bytes) -> Page:
        """Talk to a sandbox's control."""
        return self._open(urllib.request.Request(url, body, {"Content-Type": "application/json"}))  # noqa: S310

    def delete(self, url: str) -> Page:
        """Ask for something to be removed."""
        return self._open(urllib.request.Request(url, method="DELETE"))  # noqa: S310

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            answer: Any = self._opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read().decode("utf-8", "replace")
            page = Page(int(answer.status), str(answer.url), text)
        _Reader(page).feed(text)
        return page


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._form: HtmlForm | None = None
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self._page.links.append(urljoin(self._page.url, values["href"]))
        elif tag == "form":
            self._form = HtmlForm(values.get("action", self._page.url), values.get("method", "get").lower())
            self._page.forms.append(self._form)
        elif self._form is not None:
            self._field(self._form, tag, values)

    def _field(self, form: HtmlForm, tag: str, values: dict[str, str]) -> None:
        name = values.get("name")
        if tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select:
            if self._select not in form.fields or "selected" in values:
                form.fields[self._select] = values.get("value", "")
        elif tag == "textarea" and name:
            self._area = name
            form.fields[name] = ""
        elif tag == "input" and name:
            optional = values.get("type") in ("checkbox", "radio")
            if not optional or "checked" in values:
                form.fields[name] = values.get("value", "on" if optional else "")
            elif values.get("type") == "radio":
                form.fields.setdefault(name, values.get("value", "on"))

    def handle_data(self, data: str) -> None:
        if self._area and self._form:
            self._form.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None
