"""/announcements/: news from the moment that they are meant for, and the same as an Atom feed."""

from __future__ import annotations

from typing import Any, Final

from pyramid.response import Response
from sqlalchemy import func, select

from ezcore.publishing.announcements import queries
from ezcore.publishing.text import plain, render
from ezcore.web.shared.paging import paging
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.web.storefront.publishing.atom import atom

PER_PAGE: Final = 20
IN_FEED: Final = 20
SUMMARY: Final = 240


@page("announcements", "/announcements/", public="storefront", template="client/publishing/announcements.pt")
def list_announcements(request: EzRequest) -> dict[str, Any]:
    """The newest first."""
    query, session = queries.public(request.uow), request.uow.session
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    found = paging(request, total, limit=PER_PAGE)
    rows = session.scalars(query.offset(found.offset).limit(found.limit)).all()
    return {"rows": [(one, plain(one.body)[:SUMMARY]) for one in rows], "paging": found}


@page("announcements.feed", "/announcements/feed.xml", public="storefront")
def feed(request: EzRequest) -> Response:
    """The newest as Atom (RFC 4287)."""
    answer = Response(
        body=atom(request.settings.shop, queries.newest(request.uow, IN_FEED), request.uow.now()),
        content_type="application/atom+xml",
        charset="utf-8",
    )
    answer.cache_control = "public, max-age=300"
    return answer


@page(
    "announcement", "/announcements/{slug}/", public="storefront", template="client/publishing/announcement.pt"
)  # fmt: skip
def show_announcement(request: EzRequest) -> dict[str, Any]:
    """One of them, whole."""
    found = queries.by_slug(request.uow, request.matchdict["slug"])
    return {"announcement": found, "prose": render(found.body)}
