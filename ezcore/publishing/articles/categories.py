"""Verbs of categories: two levels, and nothing is left without a shelf."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ezcore.audit import operations as audit
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.publishing import slugs
from ezcore.publishing.articles.models import Article, ArticleCategory
from ezcore.publishing.permission import MANAGE
from ezcore.publishing.titles import check_title
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Shelf:
    """A category as staff describe it; an empty slug is made from the name."""

    name: str
    blurb: str = ""
    slug: str = ""
    parent_id: int | None = None
    position: int = 0


def by_id(uow: UnitOfWork, number: int) -> ArticleCategory:
    """One of them. Raises: NotFound."""
    found = uow.session.get(ArticleCategory, number)
    if found is None:
        raise NotFound("There is no such category")
    return found


def add(uow: UnitOfWork, shelf: Shelf) -> ArticleCategory:
    """A new shelf. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    made = ArticleCategory(**_facts(uow, shelf, None))
    uow.session.add(made)
    uow.session.flush()
    audit.record(uow, "article_category.add", "article_category", made.id, after={"name": made.name})
    return made


def change(uow: UnitOfWork, one: ArticleCategory, shelf: Shelf) -> None:
    """Another name, another place. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    before = {"name": one.name, "parent_id": one.parent_id}
    for name, value in _facts(uow, shelf, one).items():
        setattr(one, name, value)
    after = {"name": one.name, "parent_id": one.parent_id}
    audit.record(uow, "article_category.change", "article_category", one.id, before=before, after=after)


def remove(uow: UnitOfWork, one: ArticleCategory) -> None:
    """Take an empty shelf away. Raises: NotAllowed; Refused while something stands on it."""
    uow.actor.require(MANAGE)
    inside = select(Article.id).where(Article.category_id == one.id)
    below = select(ArticleCategory.id).where(ArticleCategory.parent_id == one.id)
    if any(uow.session.execute(query.limit(1)).first() for query in (inside, below)):
        raise Refused("Something is in this category; move it elsewhere first")
    audit.record(uow, "article_category.remove", "article_category", one.id, before={"name": one.name})
    uow.session.delete(one)
    uow.session.flush()


def _facts(uow: UnitOfWork, shelf: Shelf, standing: ArticleCategory | None) -> dict[str, object]:
    name = check_title(shelf.name, "name", 80)
    own_id, own_slug = (standing.id, standing.slug) if standing is not None else (None, "")
    if shelf.parent_id is not None:
        _check_parent(uow, shelf.parent_id, own_id)
    return {
        "name": name, "blurb": " ".join(shelf.blurb.split())[:200], "parent_id": shelf.parent_id,
        "slug": slugs.free_slug(uow.session, ArticleCategory, shelf.slug or own_slug, name, own_id),
        "position": shelf.position,
    }  # fmt: skip


def _check_parent(uow: UnitOfWork, parent_id: int, own_id: int | None) -> None:
    parent = uow.session.get(ArticleCategory, parent_id)
    if parent is None or parent.id == own_id:
        raise InvalidInput("Choose one of those offered", field="parent_id")
    if parent.parent_id is not None:
        raise InvalidInput("That one stands inside another: there are two levels", field="parent_id")
    below = select(ArticleCategory.id).where(ArticleCategory.parent_id == own_id)
    if own_id is not None and uow.session.execute(below.limit(1)).first() is not None:
        raise InvalidInput("This one has others inside: there are two levels", field="parent_id")
