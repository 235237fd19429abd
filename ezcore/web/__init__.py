"""HTTP in, HTTP out: storefront, client, admin, api and webhooks over `shared`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ezcore.jobs.inbox.operations import process_kind  # noqa: F401 - re-exported for the composition's types
from ezcore.plugin_api.jobs import JobKind
from ezcore.plugin_host import PluginHost
from ezcore.work import Work


def make_wsgi(work: Work, host: PluginHost, inbox_kind: JobKind, kinds: Mapping[str, JobKind]) -> Any:
    """The WSGI application of a shop."""
    from ezcore.web.assembly import assemble  # noqa: PLC0415 - imports Pyramid

    return assemble(work, host, inbox_kind, kinds)
