"""What pages say of an account's usage: from readings kept in our own table, the panel is not asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from sqlalchemy import select

from ez_hestiacp.models import Reading
from ezcore.plugin_api import PluginContext
from ezcore.plugin_api.ui import Contribution, Contributor, Panel, Row, SlotContext

MODULE: Final = "hestiacp"


def contributors(context: PluginContext) -> Sequence[Contributor]:
    """The same panel for clients and staff."""
    give = partial(usage, context)
    return [Contributor(slot, give, only=MODULE) for slot in ("client.service.side", "admin.service.side")]


def usage(context: PluginContext, about: SlotContext) -> Sequence[Contribution]:
    """Traffic of the month so far, as it was read last; nothing when it was never read."""
    service = about.service
    if service is None or service.external_id is None or service.server_id is None:
        return []
    with context.reading() as session:
        last = session.execute(
            select(Reading.day, Reading.counter)
            .where(Reading.server_id == service.server_id, Reading.user_name == service.external_id)
            .order_by(Reading.day.desc())
            .limit(1)
        ).first()
    if last is None:
        return []
    return [
        Panel("traffic", "Traffic", (Row("This month (MiB)", int(last.counter)), Row("Counted on", last.day)))
    ]
