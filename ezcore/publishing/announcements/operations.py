"""Verbs of announcements: write, publish now or at an instant ahead, withdraw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ezcore.audit import operations as audit
from ezcore.kernel.errors import InvalidInput
from ezcore.publishing import slugs, text
from ezcore.publishing.announcements.models import Announcement
from ezcore.publishing.permission import MANAGE
from ezcore.publishing.titles import check_title
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Words:
    """What an announcement says; an empty slug is made from the title."""

    title: str
    body: str
    slug: str = ""


def add(uow: UnitOfWork, words: Words) -> Announcement:
    """A draft. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    title = check_title(words.title)
    made = Announcement(
        slug=slugs.free_slug(uow.session, Announcement, words.slug, title),
        title=title,
        body=text.check(words.body),
        changed_at=uow.now(),
    )
    uow.session.add(made)
    uow.session.flush()
    audit.record(uow, "announcement.add", "announcement", made.id, after={"title": title, "slug": made.slug})
    return made


def change(uow: UnitOfWork, one: Announcement, words: Words) -> None:
    """Other words; the address of one that was published stays. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    title, body = check_title(words.title), text.check(words.body)
    if words.slug not in ("", one.slug) and one.publish_at is not None:
        raise InvalidInput("Others may have linked it: withdraw it before its address changes", field="slug")
    slug = slugs.free_slug(uow.session, Announcement, words.slug or one.slug, title, one.id)
    before = {"title": one.title, "slug": one.slug}
    one.title, one.body, one.slug, one.changed_at = title, body, slug, uow.now()
    after = {"title": title, "slug": slug}
    audit.record(uow, "announcement.change", "announcement", one.id, before=before, after=after)


def publish(uow: UnitOfWork, one: Announcement, at: datetime | None = None) -> None:
    """Show it from `at` on, now without it. Safe to repeat. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    now = uow.now()
    if at is None and one.is_public(now):
        return
    one.publish_at = at or now
    after = {"publish_at": one.publish_at.isoformat()}
    audit.record(uow, "announcement.publish", "announcement", one.id, after=after)


def withdraw(uow: UnitOfWork, one: Announcement) -> None:
    """A draft again. Safe to repeat. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    if one.publish_at is None:
        return
    before = {"publish_at": one.publish_at.isoformat()}
    one.publish_at = None
    audit.record(uow, "announcement.withdraw", "announcement", one.id, before=before)
