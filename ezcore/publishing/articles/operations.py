"""Verbs of answers: write, publish, withdraw, count a reader, take a vote."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.catalog.products.models import Product
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput
from ezcore.publishing import slugs, text
from ezcore.publishing.articles import queries
from ezcore.publishing.articles.models import Article, ArticleCategory, ArticleVote
from ezcore.publishing.articles.rules import fold
from ezcore.publishing.permission import MANAGE
from ezcore.publishing.titles import check_title
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Words:
    """An answer as staff write it; an empty slug is made from the title."""

    title: str
    body: str
    category_id: int | None
    slug: str = ""
    summary: str = ""
    product_id: int | None = None
    position: int = 0
    private: bool = False


def add(uow: UnitOfWork, words: Words) -> Article:
    """A draft. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    made = Article(**_facts(uow, words, None))
    uow.session.add(made)
    uow.session.flush()
    audit.record(uow, "article.add", "article", made.id, after={"title": made.title, "slug": made.slug})
    return made


def change(uow: UnitOfWork, one: Article, words: Words) -> None:
    """Other words, another shelf. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    if words.slug not in ("", one.slug) and one.published_at is not None:
        raise InvalidInput("Others may have linked it: withdraw it before its address changes", field="slug")
    before = _shown(one)
    for name, value in _facts(uow, words, one).items():
        setattr(one, name, value)
    audit.record(uow, "article.change", "article", one.id, before=before, after=_shown(one))


def publish(uow: UnitOfWork, one: Article) -> None:
    """Readers find it. Safe to repeat. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    if one.published_at is None:
        one.published_at = uow.now()
        audit.record(uow, "article.publish", "article", one.id, after={"private": one.private})


def withdraw(uow: UnitOfWork, one: Article) -> None:
    """A draft again; its votes stay. Safe to repeat. Raises: NotAllowed."""
    uow.actor.require(MANAGE)
    if one.published_at is not None:
        before = {"published_at": one.published_at.isoformat()}
        one.published_at = None
        audit.record(uow, "article.withdraw", "article", one.id, before=before)


def seen(uow: UnitOfWork, slug: str) -> None:
    """Count the actor as a reader of an answer that they may read."""
    uow.session.execute(
        update(Article)
        .where(Article.slug == slug, queries.readable(uow))
        .values(views=Article.views + 1)
        .execution_options(synchronize_session=False)
    )


def vote(uow: UnitOfWork, one: Article, voter: str, *, helpful: bool) -> None:
    """What this reader thinks; said again, the last word counts."""
    facts = {"article_id": one.id, "voter": voter, "helpful": helpful, "at": uow.now()}
    if insert_once(uow.session, ArticleVote, facts) is None:
        own = (ArticleVote.article_id == one.id, ArticleVote.voter == voter)
        uow.session.execute(update(ArticleVote).where(*own).values(helpful=helpful, at=uow.now()))


def _facts(uow: UnitOfWork, words: Words, standing: Article | None) -> dict[str, object]:
    title, body = check_title(words.title), text.check(words.body)
    summary = " ".join(words.summary.split())[:200]
    if words.category_id is None or uow.session.get(ArticleCategory, words.category_id) is None:
        raise InvalidInput("Choose a category", field="category_id")
    product = select(Product.id).where(Product.id == words.product_id)
    if words.product_id is not None and uow.session.scalar(product) is None:
        raise InvalidInput("Choose one of those offered", field="product_id")
    own_id, own_slug = (standing.id, standing.slug) if standing is not None else (None, "")
    return {
        "slug": slugs.free_slug(uow.session, Article, words.slug or own_slug, title, own_id),
        "title": title, "summary": summary, "body": body, "words": fold(f"{title} {summary} {text.plain(body)}"),
        "category_id": words.category_id, "product_id": words.product_id, "position": words.position,
        "private": words.private, "changed_at": uow.now(),
    }  # fmt: skip


def _shown(one: Article) -> dict[str, object]:
    return {"title": one.title, "slug": one.slug, "category_id": one.category_id, "private": one.private}
