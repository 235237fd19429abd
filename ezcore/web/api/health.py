"""Liveness and readiness, saying ok or not ok and nothing else."""

from __future__ import annotations

from typing import Any

from pyramid.response import Response
from sqlalchemy import text

from ezcore.web.shared.views import page


@page("health", "/api/health/", public="health", rate="none", ambient=False)
def health(_request: Any) -> Any:
    """The process answers."""
    return Response(json_body={"status": "ok"})


@page("health.ready", "/api/health/ready/", public="health", rate="none", ambient=False)
def ready(request: Any) -> Any:
    """The database answers and has its tables."""
    try:
        with request.registry["ez.work"].read() as uow:
            uow.session.execute(text("SELECT 1 FROM job WHERE 1 = 0"))
    except Exception:  # noqa: BLE001 - whatever is wrong, we are not ready
        return Response(json_body={"status": "not ready"}, status=503)
    return Response(json_body={"status": "ok"})
