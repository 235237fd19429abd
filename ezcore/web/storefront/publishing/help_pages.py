"""/help/: the knowledge base. Search, shelves, an answer, and whether it helped."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Final, Literal

from pydantic import BaseModel
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.catalog.products.models import Product
from ezcore.kernel.errors import NotFound
from ezcore.publishing.articles import operations as articles
from ezcore.publishing.articles import queries
from ezcore.publishing.articles.models import Article, ArticleCategory
from ezcore.publishing.articles.rules import LONGEST
from ezcore.publishing.text import render
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import read_form
from ezcore.web.shared.paging import paging
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.security import COOKIE
from ezcore.web.shared.views import page

MOST_READ: Final = 6


class Vote(BaseModel):
    """Was this helpful?"""

    helpful: Literal["yes", "no"]


@page("help", "/help/", public="storefront", template="client/publishing/help.pt")
def show_help(request: EzRequest) -> dict[str, Any]:
    """Shelves and what is read most; with `?q=` what was found, with `?product=` what is about a product."""
    uow = request.uow
    typed = request.GET.get("q", "")[:LONGEST]
    product = _product(request, request.GET.get("product", ""))
    asked = bool(typed.strip()) or product is not None
    found = queries.search(uow, typed) if typed.strip() else []
    if product is not None and not typed.strip():
        found = list(queries.about_product(uow, product.id))
    return {
        "typed": typed,
        "product": product,
        "found": found if asked else None,
        "branches": queries.tree(uow),
        "most_read": queries.most_read(uow, MOST_READ) if not asked else [],
    }


@page(
    "help.category", "/help/categories/{slug}/", public="storefront",
    template="client/publishing/help_category.pt",
)  # fmt: skip
def show_category(request: EzRequest) -> dict[str, Any]:
    """A shelf with its answers, and the shelves inside it."""
    uow = request.uow
    category = queries.category_by_slug(uow, request.matchdict["slug"])
    branches = queries.tree(uow)
    branch = next(one for one in branches if category.id in (one.category.id, *(i.id for i in one.inside)))
    top = category.parent_id is None
    total = branch.counts.get(category.id, 0)
    found = paging(request, total)
    query = queries.in_categories(uow, [category.id]).offset(found.offset).limit(found.limit)
    return {
        "category": category,
        "parent": None if top else branch.category,
        "inside": [(one, branch.counts.get(one.id, 0)) for one in branch.inside] if top else [],
        "rows": uow.session.scalars(query).all(),
        "paging": found,
    }


@page(
    "help.matching", "/help/matching/answers/", public="storefront", rate="typing",
    template="client/publishing/matching.pt",
)  # fmt: skip
def matching(request: EzRequest) -> Any:
    """Answers to a subject that is being typed, alone, for the form around it; people are sent to the search."""
    typed = str(request.GET.get("q", ""))
    if "X-Fragment" not in request.headers:
        return HTTPSeeOther(request.route_path("help", _query={"q": typed[:LONGEST]}))
    return {"found": queries.suggest(request.uow, typed)}


@page("help.article", "/help/{slug}/", public="storefront", template="client/publishing/article.pt")
def show_article(request: EzRequest) -> dict[str, Any]:
    """One answer. A reader who is not staff is counted first, in a transaction of its own."""
    slug = request.matchdict["slug"]
    if request.method == "GET" and request.actor.kind != "staff":
        with request.work.write(request.actor) as counting:
            articles.seen(counting, slug)
    return _facts(request, queries.by_slug(request.uow, slug))


@page(
    "help.vote", "/help/{slug}/vote/", method="POST", public="storefront",
    audit="none: what a reader thinks of an answer changes nothing that is owed or owned",
)  # fmt: skip
def vote(request: EzRequest) -> Any:
    """Yes or no, once per reader."""
    found = queries.by_slug(request.uow, request.matchdict["slug"])
    form = read_form(request, Vote)
    if form.is_valid:
        helpful = form.checked().helpful == "yes"
        articles.vote(request.uow, found, voter_of(request), helpful=helpful)
        flash(request, "ok", "Thank you for telling us.")
    return HTTPSeeOther(f"{request.route_path('help.article', slug=found.slug)}#helpful")


def voter_of(request: EzRequest) -> str:
    """A print of who asks: the login, else the visitor's cookie that every form needs."""
    own = f"user:{request.actor.user_id}"
    if request.actor.user_id is None:
        own = f"visitor:{request.cookies.get(COOKIE, '')}"
    return sha256(own.encode("utf-8", "replace")).hexdigest()


def _facts(request: EzRequest, found: Article) -> dict[str, Any]:
    uow = request.uow
    category = uow.session.get_one(ArticleCategory, found.category_id)
    parent = uow.session.get(ArticleCategory, category.parent_id) if category.parent_id else None
    return {
        "article": found,
        "prose": render(found.body),
        "category": category,
        "parent": parent,
        "product": uow.session.get(Product, found.product_id) if found.product_id else None,
        "own_vote": queries.own_vote(uow, found.id, voter_of(request)),
    }


def _product(request: EzRequest, slug: str) -> Product | None:
    """The product of `?product=`. Raises: NotFound for one that there is not."""
    if not slug:
        return None
    found = request.uow.session.scalars(select(Product).where(Product.slug == slug[:60])).first()
    if found is None or found.hidden:
        raise NotFound("There is no such product")
    return found
