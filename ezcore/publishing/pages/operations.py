"""Verbs of the shop's own pages: one draft at a time, versions that stay, and who accepted which terms."""

from __future__ import annotations

from sqlalchemy import func, select

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.kernel.errors import Refused
from ezcore.publishing import text
from ezcore.publishing.pages import queries
from ezcore.publishing.pages.models import PageName, PageVersion, TermsAcceptance
from ezcore.publishing.permission import MANAGE
from ezcore.publishing.titles import check_title
from ezcore.work import UnitOfWork


def save_draft(uow: UnitOfWork, page: PageName, title: str, body: str) -> PageVersion:
    """Write the next version; saved again it is the same draft. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    clean_title, clean_body = check_title(title), text.check(body)
    draft = queries.draft(uow, page)
    if draft is None:
        last = uow.session.scalar(select(func.max(PageVersion.number)).where(PageVersion.page == page)) or 0
        draft = PageVersion(page=page, number=last + 1)
        uow.session.add(draft)
    draft.title, draft.body = clean_title, clean_body
    draft.author_name, draft.changed_at = uow.actor.name[:200], uow.now()
    uow.session.flush()
    after = {"page": str(page), "number": draft.number, "title": clean_title}
    audit.record(uow, "page.draft", "page_version", draft.id, after=after)
    return draft


def publish(uow: UnitOfWork, version: PageVersion) -> None:
    """From now on this is the page. Safe to repeat. Raises: NotAllowed; Refused for one that was withdrawn."""
    uow.actor.require(MANAGE)
    if version.withdrawn_at is not None:
        raise Refused("This version was withdrawn; write a new one")
    if version.published_at is None:
        version.published_at = uow.now()
        after = {"page": version.page, "number": version.number}
        audit.record(uow, "page.publish", "page_version", version.id, after=after)


def withdraw(uow: UnitOfWork, version: PageVersion) -> None:
    """It counts no more: the version before it is the page again. Safe to repeat.

    Raises: NotAllowed; Refused for a draft.
    """
    uow.actor.require(MANAGE)
    if version.published_at is None:
        raise Refused("This version was never published")
    if version.withdrawn_at is None:
        version.withdrawn_at = uow.now()
        before = {"page": version.page, "number": version.number}
        audit.record(uow, "page.withdraw", "page_version", version.id, before=before)


def accept_terms(uow: UnitOfWork, order_id: int, client_id: int) -> PageVersion | None:
    """Keep that the actor accepted the terms of this instant with an order, once; None when there are none."""
    version = queries.current(uow, PageName.TERMS)
    if version is None:
        return None
    facts = {
        "version_id": version.id, "order_id": order_id, "client_id": client_id, "user_id": uow.actor.user_id,
        "ip": uow.actor.ip, "at": uow.now(),
    }  # fmt: skip
    insert_once(uow.session, TermsAcceptance, facts)
    return version
