"""Verbs of files: put one there, put another in its place, publish, withdraw, hand out."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.catalog.products.models import Product
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.plugin_api.ports.file_store import FileLost
from ezcore.publishing.downloads import queries
from ezcore.publishing.downloads.models import Audience, Download, key_of
from ezcore.publishing.permission import MANAGE
from ezcore.publishing.titles import check_title
from ezcore.work import UnitOfWork
from ezcore.work.stored_files import choose_store

LARGEST_MB: Final = 24
"""One file. The web takes a body of 25 MB; larger things belong on a server made for them."""
LONGEST_NAME: Final = 120


@dataclass(frozen=True)
class File:
    """A file as it was sent; `name` is one clean line already."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Facts:
    """What a file is and who may save it; `product_id` counts for owners."""

    title: str
    audience: Audience
    blurb: str = ""
    product_id: int | None = None
    position: int = 0


def add(uow: UnitOfWork, facts: Facts, file: File | None) -> Download:
    """A file that only staff see yet. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    if file is None:
        raise InvalidInput("Choose a file", field="file")
    values = _facts(uow, facts)
    made = Download(**values, **_kept(uow, file), changed_at=uow.now())
    uow.session.add(made)
    uow.session.flush()
    audit.record(uow, "download.add", "download", made.id, after=_shown(made))
    return made


def change(uow: UnitOfWork, one: Download, facts: Facts, file: File | None = None) -> None:
    """Other words or, with `file`, another content. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    before = _shown(one)
    values = _facts(uow, facts) | (_kept(uow, file) if file is not None else {})
    for name, value in values.items():
        setattr(one, name, value)
    one.changed_at = uow.now()
    audit.record(uow, "download.change", "download", one.id, before=before, after=_shown(one))


def publish(uow: UnitOfWork, one: Download) -> None:
    """Its audience can save it. Safe to repeat. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    if one.published_at is None:
        one.published_at = uow.now()
        audit.record(uow, "download.publish", "download", one.id, after={"audience": one.audience})


def withdraw(uow: UnitOfWork, one: Download) -> None:
    """Only staff see it. Safe to repeat. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    if one.published_at is not None:
        before = {"published_at": one.published_at.isoformat()}
        one.published_at = None
        audit.record(uow, "download.withdraw", "download", one.id, before=before)


def content_of(uow: UnitOfWork, one: Download) -> bytes:
    """The bytes. Raises: NotFound when the store has lost them."""
    try:
        return choose_store(uow.settings).get(one.key)
    except FileLost as lost:
        raise NotFound("This file is not here any more") from lost


def count(uow: UnitOfWork, number: int) -> None:
    """The actor, who may, saves it."""
    mine = queries.visible(uow).with_only_columns(Download.id).order_by(None)
    uow.session.execute(
        update(Download)
        .where(Download.id == number, Download.id.in_(mine))
        .values(saved=Download.saved + 1)
        .execution_options(synchronize_session=False)
    )


def _facts(uow: UnitOfWork, facts: Facts) -> dict[str, object]:
    owners = facts.audience == Audience.OWNERS
    if owners and facts.product_id is None:
        raise InvalidInput("Choose the product that its owners have", field="product_id")
    known = select(Product.id).where(Product.id == facts.product_id)
    if facts.product_id is not None and uow.session.scalar(known) is None:
        raise InvalidInput("Choose one of those offered", field="product_id")
    return {
        "title": check_title(facts.title, longest=120), "blurb": " ".join(facts.blurb.split())[:200],
        "audience": facts.audience, "product_id": facts.product_id if owners else None, "position": facts.position,
    }  # fmt: skip


def _kept(uow: UnitOfWork, file: File) -> dict[str, object]:
    """Put the bytes on the disk before the row: a row never points to nothing."""
    name = check_title(file.name, "file", LONGEST_NAME)
    if "/" in name or "\\" in name:
        raise InvalidInput("This is no name of a file", field="file")
    if not file.content:
        raise InvalidInput("This file is empty", field="file")
    if len(file.content) > LARGEST_MB * 1024 * 1024:
        raise InvalidInput(f"This file is larger than {LARGEST_MB} MB", field="file")
    digest = sha256(file.content).hexdigest()
    choose_store(uow.settings).put(key_of(digest), file.content)
    return {"name": name, "size": len(file.content), "sha256": digest}


def _shown(one: Download) -> dict[str, object]:
    return {"title": one.title, "name": one.name, "sha256": one.sha256, "audience": str(one.audience)}
