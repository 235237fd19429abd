"""The door of the webhook inbox: signature over the raw bytes first, then one row, then 2xx."""

from __future__ import annotations

import logging
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response

from ezcore.audit.operations import record_refusal
from ezcore.jobs.inbox.operations import receive
from ezcore.kernel.actor import Actor
from ezcore.plugin_api.errors import BadSignature, Malformed
from ezcore.plugin_api.ports.webhook_source import WebhookSource
from ezcore.web.shared.views import page

log = logging.getLogger(__name__)
LARGEST = 1_000_000


@page(
    "webhook",
    "/webhooks/{source}/",
    method="POST",
    public="signed webhook",
    csrf=False,
    audit="none: the inbox row is the record; refusals have one of their own",
    rate="webhook",
    ambient=False,
)
def take_in(request: Any) -> Any:
    """A message for the vendor's only account."""
    return _take_in(request, account="")


@page(
    "webhook.account",
    "/webhooks/{source}/{account}/",
    method="POST",
    public="signed webhook",
    csrf=False,
    audit="none: the inbox row is the record; refusals have one of their own",
    rate="webhook",
    ambient=False,
)
def take_in_for_account(request: Any) -> Any:
    """A message for one of several accounts at the vendor."""
    return _take_in(request, account=request.matchdict["account"][:40])


def _take_in(request: Any, account: str) -> Any:
    source = request.matchdict["source"]
    work, host = request.registry["ez.work"], request.registry["ez.host"]
    try:
        port = host.ports.get(WebhookSource, source)
    except LookupError:
        raise HTTPNotFound from None
    if (request.content_length or 0) > LARGEST:
        return _answer(413, "too large")
    body = request.body
    headers = {name.lower(): value for name, value in request.headers.items()}
    actor = Actor("visitor", name=f"webhook:{source}", ip=request.remote_addr)
    try:
        port.verify(headers, body, work.clock.now())
        message = port.parse(body)
    except (BadSignature, Malformed) as refusal:
        record_refusal(
            work, actor, "webhook.reject", "webhook", source, str(refusal) or type(refusal).__name__
        )
        return _answer(400, "refused")
    with work.write(actor) as uow:
        stored = receive(uow, request.registry["ez.inbox_kind"], source, account, message, body)
    return _answer(200, "stored" if stored else "known")


def _answer(status: int, word: str) -> Any:
    return Response(json_body={"result": word}, status=status)
