"""/downloads/: files of the shop, to be saved and never to be shown."""

from __future__ import annotations

from typing import Any

from pyramid.response import Response

from ezcore.publishing.downloads import operations as downloads
from ezcore.publishing.downloads import queries
from ezcore.support.attachments.rules import disposition
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.ticket_files import SANDBOX
from ezcore.web.shared.views import page


@page("downloads", "/downloads/", public="storefront", template="client/publishing/downloads.pt")
def list_downloads(request: EzRequest) -> dict[str, Any]:
    """Those that this reader may save."""
    return {"files": queries.listed(request.uow)}


@page("download", "/downloads/{id}/download/", public="storefront")
def save(request: EzRequest) -> Response:
    """The file as bytes of no kind, in a sandbox. What is not for this reader is not there."""
    number = path_id(request)
    if request.method == "GET" and request.actor.kind != "staff":
        with request.work.write(request.actor) as counting:
            downloads.count(counting, number)
    found = queries.to_save(request.uow, number)
    answer = Response(body=downloads.content_of(request.uow, found), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = disposition(found.name)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.cache_control = "private, no-store"
    return answer
