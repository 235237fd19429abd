"""/admin/reports/: which reports there are, one sentence each."""

from __future__ import annotations

from typing import Any, Final

from ezcore.web.admin.reports import ageing, churn, movement, product, revenue, support, tax
from ezcore.web.admin.reports.plugins import brought, described
from ezcore.web.shared.views import page

REPORTS: Final = (revenue, movement, ageing, tax, product, churn, support)
"""In the order in which they are listed."""


@page("admin.reports", "/admin/reports/", permission="staff.read", template="admin/reports/list.pt")
def list_reports(request: Any) -> dict[str, Any]:
    """Those that this member of staff may open."""
    known = [one.REPORT for one in REPORTS]
    found, drawn = brought(request)
    own = [one for one in known if request.actor.may(one.permission)]
    return {"reports": [*own, *(described(one) for one in found)], "drawn": drawn}
