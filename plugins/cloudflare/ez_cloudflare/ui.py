"""What staff see of a domain name's zone: from our own marks, Cloudflare is not asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from sqlalchemy import select

from ez_cloudflare.models import Mark
from ezcore.plugin_api import PluginContext
from ezcore.plugin_api.ui import Action, Contribution, Contributor, Panel, Row, SlotContext

STATES: Final = {
    "made": "Made by us",
    "asked": "Asked for, not confirmed",
    "failed": "Failed, a person must look",
}


def contributors(context: PluginContext) -> Sequence[Contributor]:
    """One panel beside a domain name."""
    return [Contributor("admin.domain.side", partial(zone, context))]


def zone(context: PluginContext, about: SlotContext) -> Sequence[Contribution]:
    """The zone that we made for the name, with a link to it; nothing when there is none."""
    if about.domain is None:
        return []
    with context.reading() as session:
        mark = session.execute(
            select(Mark.account_id, Mark.state, Mark.changed_at).where(
                Mark.kind == "zone", Mark.name == about.domain.name
            )
        ).first()
    if mark is None:
        return []
    there = f"https://dash.cloudflare.com/{mark.account_id}/{about.domain.name}"
    return [
        Panel(
            "zone",
            "Zone at Cloudflare",
            (Row("State", STATES.get(mark.state, mark.state)), Row("Since", mark.changed_at.date())),
            actions=(Action("open", "Open at Cloudflare", there),),
        )
    ]
