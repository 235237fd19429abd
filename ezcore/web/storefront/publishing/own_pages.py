"""/terms/ and /privacy/: what counts now, and every version that ever counted."""

from __future__ import annotations

from typing import Any, Final

from ezcore.languages import say
from ezcore.publishing.pages import queries
from ezcore.publishing.pages.models import PageName, PageVersion
from ezcore.publishing.text import render
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

TEMPLATE: Final = "client/publishing/own_page.pt"
TITLES: Final = {PageName.TERMS: "Terms of service", PageName.PRIVACY: "Privacy"}


@page("terms", "/terms/", public="storefront", template=TEMPLATE)
def show_terms(request: EzRequest) -> dict[str, Any]:
    """The terms that count now."""
    return _current(request, PageName.TERMS)


@page("terms.version", "/terms/{id}/", public="storefront", template=TEMPLATE)
def show_terms_version(request: EzRequest) -> dict[str, Any]:
    """A version by its number, so that what was accepted can be read again."""
    return _version(request, PageName.TERMS)


@page("privacy", "/privacy/", public="storefront", template=TEMPLATE)
def show_privacy(request: EzRequest) -> dict[str, Any]:
    """What we do with data about people, now."""
    return _current(request, PageName.PRIVACY)


@page("privacy.version", "/privacy/{id}/", public="storefront", template=TEMPLATE)
def show_privacy_version(request: EzRequest) -> dict[str, Any]:
    """A version by its number."""
    return _version(request, PageName.PRIVACY)


def _current(request: EzRequest, name: PageName) -> dict[str, Any]:
    return _facts(name, queries.current(request.uow, name), current=True)


def _version(request: EzRequest, name: PageName) -> dict[str, Any]:
    found = queries.published(request.uow, name, path_id(request))
    standing = queries.current(request.uow, name)
    return _facts(name, found, current=standing is not None and standing.id == found.id)


def _facts(name: PageName, version: PageVersion | None, *, current: bool) -> dict[str, Any]:
    return {
        "page_name": str(name),
        "page_title": version.title if version is not None else say(TITLES[name]),
        "version": version,
        "is_current": current,
        "prose": render(version.body) if version is not None else "",
    }
