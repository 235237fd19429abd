"""What staff see of a domain name's zone: from our own marks, Cloudflare is not asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from sqlalchemy import select

from ez_cloudflare.models import Mark
from ezcore.plugin_api import PluginContext
from ezcore.plugin_api.ui import (
    Action,
    Badge,
    Column,
    Contribution,
    Contributor,
    DomainSeen,
    Filter,
    Panel,
    Row,
    SearchHit,
    SlotContext,
)

STATES: Final = {
    "made": "Made by us",
    "asked": "Asked for, not confirmed",
    "failed": "Failed, a person must look",
}
BADGES: Final = {
    "made": Badge("Ours", "ok"),
    "asked": Badge("Asked for", "info"),
    "failed": Badge("Failed", "bad"),
}
FOUND: Final = 8
MOST: Final = 5000


def contributors(context: PluginContext) -> Sequence[Contributor]:
    """A panel beside a domain name; a column, a filter and finds for staff."""
    return [
        Contributor("admin.domain.side", partial(zone, context)),
        Contributor("admin.domains.columns", partial(column, context)),
        Contributor("admin.domains.filters", partial(failed, context)),
        Contributor("admin.search", partial(found, context), permission="services.manage"),
    ]


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
    there = _there(mark.account_id, about.domain.name)
    return [
        Panel(
            "zone",
            "Zone at Cloudflare",
            (
                Row("State", STATES.get(mark.state, mark.state), is_word=True),
                Row("Since", mark.changed_at.date()),
            ),
            actions=(Action("open", "Open at Cloudflare", there),),
        )
    ]


def column(context: PluginContext, about: SlotContext) -> Sequence[Contribution]:
    """How the zones of the names of this page are; nothing when none of them has one."""
    ids = {row.name: row.id for row in about.rows if isinstance(row, DomainSeen)}
    with context.reading() as session:
        marks = session.execute(
            select(Mark.name, Mark.state).where(Mark.kind == "zone", Mark.name.in_(ids))
        ).all()
    cells = {ids[mark.name]: BADGES.get(mark.state, Badge(mark.state)) for mark in marks}
    return [Column("zone", "Cloudflare", cells)] if cells else []


def failed(context: PluginContext, about: SlotContext) -> Sequence[Contribution]:
    """The names whose zone a person must look at."""
    if about.chosen != "failed":
        return [Filter("failed", "Zone failed")]
    with context.reading() as session:
        bad = select(Mark.name).where(Mark.kind == "zone", Mark.state == "failed")
        names = session.scalars(bad.order_by(Mark.changed_at.desc()).limit(MOST)).all()
    return [Filter("failed", "Zone failed", names=frozenset(names))]


def found(context: PluginContext, about: SlotContext) -> Sequence[Contribution]:
    """Zones whose name has the words that were typed, also those of names that are not sold here."""
    words = (about.search or "").lower().replace("/", "//").replace("%", "/%").replace("_", "/_")
    with context.reading() as session:
        marks = session.execute(
            select(Mark.id, Mark.account_id, Mark.name)
            .where(Mark.kind == "zone", Mark.name.like(f"%{words}%", escape="/"))
            .order_by(Mark.name)
            .limit(FOUND)
        ).all()
    return [
        SearchHit(f"zone-{mark.id}", mark.name, _there(mark.account_id, mark.name), "Zone at Cloudflare")
        for mark in marks
    ]


def _there(account: str, name: str) -> str:
    return f"https://dash.cloudflare.com/{account}/{name}"
