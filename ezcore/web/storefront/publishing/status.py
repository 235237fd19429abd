"""/status/: how the network is now, what is planned, and what was."""

from __future__ import annotations

from typing import Any, Final

from ezcore.publishing.incidents import queries
from ezcore.publishing.text import render
from ezcore.web.shared.network_words import part_badge, phase_badge
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

WORDS: Final = {"part_badge": part_badge, "phase_badge": phase_badge, "prose": render}


@page("status", "/status/", public="storefront", template="client/publishing/status.pt")
def show_status(request: EzRequest) -> dict[str, Any]:
    """Every part, and every report of these days."""
    return {"network": queries.overview(request.uow), **WORDS}


@page("status.report", "/status/{id}/", public="storefront", template="client/publishing/status_report.pt")
def show_report(request: EzRequest) -> dict[str, Any]:
    """One report with everything that was said."""
    return {"told": queries.one_told(request.uow, path_id(request)), **WORDS}
