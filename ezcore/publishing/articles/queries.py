"""Reads of the knowledge base. A private answer is there for those who have logged in only, also in counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select
from sqlalchemy.orm import defer

from ezcore.kernel.errors import NotAllowed, NotFound
from ezcore.publishing.articles.models import Article, ArticleCategory, ArticleVote
from ezcore.publishing.articles.rules import fold, pattern, telling, terms
from ezcore.work import UnitOfWork

_RANKED = 60
_NO_TEXT = (defer(Article.body, raiseload=True), defer(Article.words, raiseload=True))


@dataclass(frozen=True)
class Branch:
    """A category with those inside it; `counts` are readable answers by category id."""

    category: ArticleCategory
    inside: Sequence[ArticleCategory]
    counts: Mapping[int, int]

    @property
    def answers(self) -> int:
        """How many there are on this shelf and those inside."""
        return sum(self.counts.get(one.id, 0) for one in (self.category, *self.inside))


def may_read_private(uow: UnitOfWork) -> bool:
    """Clients and staff may; visitors may not."""
    return uow.actor.may("client.read") or uow.actor.may("staff.read")


def readable(uow: UnitOfWork) -> ColumnElement[bool]:
    """Which answers this actor finds."""
    published = Article.published_at.is_not(None)
    return published if may_read_private(uow) else published & Article.private.is_(False)


def tree(uow: UnitOfWork) -> list[Branch]:
    """All categories in their order, two levels."""
    order = (ArticleCategory.position, ArticleCategory.name)
    every = uow.session.scalars(select(ArticleCategory).order_by(*order)).all()
    counted = select(Article.category_id, func.count()).where(readable(uow)).group_by(Article.category_id)
    counts = {int(row[0]): int(row[1]) for row in uow.session.execute(counted)}
    return [
        Branch(top, [one for one in every if one.parent_id == top.id], counts)
        for top in every
        if top.parent_id is None
    ]


def most_read(uow: UnitOfWork, most: int) -> Sequence[Article]:
    """What readers open most."""
    query = select(Article).options(*_NO_TEXT).where(readable(uow))
    return uow.session.scalars(query.order_by(Article.views.desc(), Article.id).limit(most)).all()


def category_by_slug(uow: UnitOfWork, slug: str) -> ArticleCategory:
    """One of them. Raises: NotFound."""
    found = uow.session.scalars(select(ArticleCategory).where(ArticleCategory.slug == slug)).first()
    if found is None:
        raise NotFound("There is no such category")
    return found


def in_categories(uow: UnitOfWork, numbers: Sequence[int]) -> Select[Article]:
    """Readable answers on these shelves, in their order."""
    query = select(Article).options(*_NO_TEXT).where(readable(uow), Article.category_id.in_(numbers))
    return query.order_by(Article.position, Article.title)


def about_product(uow: UnitOfWork, product_id: int, most: int = 20) -> Sequence[Article]:
    """Readable answers about a product."""
    query = select(Article).options(*_NO_TEXT).where(readable(uow), Article.product_id == product_id)
    return uow.session.scalars(query.order_by(Article.position, Article.title).limit(most)).all()


def by_slug(uow: UnitOfWork, slug: str) -> Article:
    """A published answer. Raises: NotFound, also for drafts; NotAllowed for a private one and a visitor."""
    query = select(Article).where(Article.slug == slug, Article.published_at.is_not(None))
    found = uow.session.scalars(query).first()
    if found is None:
        raise NotFound("There is no such answer")
    if found.private and not may_read_private(uow):
        raise NotAllowed("Log in to read this", permission="client.read")
    return found


def by_id(uow: UnitOfWork, number: int) -> Article:
    """Any of them, for staff. Raises: NotFound."""
    found = uow.session.get(Article, number)
    if found is None:
        raise NotFound("There is no such answer")
    return found


def search(uow: UnitOfWork, typed: str, most: int = 30) -> list[Article]:
    """Readable answers that hold every word, those with the words in their title first."""
    wanted = terms(typed)
    if not wanted:
        return []
    query = select(Article).options(*_NO_TEXT).where(readable(uow), *(_holds(term) for term in wanted))
    found = uow.session.scalars(query.order_by(Article.views.desc(), Article.id).limit(_RANKED)).all()
    return sorted(found, key=lambda one: -_in_title(one, wanted))[:most]


def suggest(uow: UnitOfWork, subject: str, most: int = 4) -> list[Article]:
    """Readable answers that may save a ticket: those that hold most of the telling words of its subject."""
    wanted = telling(subject)
    if not wanted:
        return []
    hits: Any = sum((case((_holds(term), 1), else_=0) for term in wanted), start=case((false(), 1), else_=0))
    some = or_(*(_holds(term) for term in wanted))
    query = select(Article, hits).options(*_NO_TEXT).where(readable(uow), some)
    found = uow.session.execute(query.order_by(hits.desc(), Article.views.desc(), Article.id).limit(_RANKED))
    ranked = sorted(found.all(), key=lambda row: -(int(row[1]) + 2 * _in_title(row[0], wanted)))
    return [one for one, _ in ranked[:most]]


def own_vote(uow: UnitOfWork, article_id: int, voter: str) -> bool | None:
    """What this reader said; None when nothing yet."""
    query = select(ArticleVote.helpful).where(
        ArticleVote.article_id == article_id, ArticleVote.voter == voter
    )
    return uow.session.scalar(query)


def votes(uow: UnitOfWork, article_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many said yes, and how many said anything, by answer."""
    yes = func.sum(case((ArticleVote.helpful.is_(True), 1), else_=0))
    query = select(ArticleVote.article_id, yes, func.count()).where(ArticleVote.article_id.in_(article_ids))
    rows = uow.session.execute(query.group_by(ArticleVote.article_id))
    return {int(row[0]): (int(row[1]), int(row[2])) for row in rows}


def _holds(term: str) -> ColumnElement[bool]:
    return Article.words.like(pattern(term), escape="/")


def _in_title(one: Article, wanted: Sequence[str]) -> int:
    title = fold(one.title)
    return sum(term in title for term in wanted)
