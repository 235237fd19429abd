"""/admin/content/articles/: write an answer, publish it, see who reads it and whether it helps."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.catalog.products.models import Product
from ezcore.languages import say
from ezcore.publishing.articles import operations as articles
from ezcore.publishing.articles import queries
from ezcore.publishing.articles.models import Article, ArticleCategory
from ezcore.publishing.articles.operations import Words
from ezcore.web.admin.publishing.editing import (
    BODY,
    FORM,
    LIST,
    MARKDOWN,
    Act,
    attempt,
    form_page,
    read,
    status_of,
    wants_preview,
)
from ezcore.web.admin.tables import Column, link, listing, under
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import NEEDED
from ezcore.web.shared.forms import Form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page


class ArticleInput(BaseModel):
    """An answer as it is typed."""

    title: str = Field(
        "",
        title="Title",
        description="The question as clients ask it",
        max_length=400,
        json_schema_extra=NEEDED,
    )
    slug: str = Field("", title="Address", description="Empty: made from the title", max_length=80)
    summary: str = Field("", title="Summary", description="One sentence, for lists", max_length=200)
    category_id: int | None = Field(None, title="Category")
    product_id: int | None = Field(None, title="About a product")
    position: int = Field(0, title="Place", description="Small numbers stand first", ge=0, le=9999)
    private: bool = Field(default=False, title="For clients only")
    body: str = Field("", title="Text", description=MARKDOWN, json_schema_extra=BODY)


@page("admin.articles", "/admin/content/articles/", permission="content.manage", template=LIST)
def list_articles(request: Any) -> dict[str, Any]:
    """All of them by category; how often they were opened, and what readers said."""
    now, votes = request.uow.now(), {}
    query = (
        select(Article, ArticleCategory.name)
        .join(ArticleCategory, ArticleCategory.id == Article.category_id)
        .order_by(ArticleCategory.position, ArticleCategory.name, Article.position, Article.title)
    )

    def row(found: Any) -> list[Any]:
        one, category = found
        title = link(request, one.title, "admin.article", one.slug, id=one.id)
        reach = say("Clients") if one.private else say("Everybody")
        return [title, status_of(one.published_at, now), category, reach, one.views, one.id]

    values = listing(
        request, query, row, title="Knowledge base", lead="Answers that clients find before they ask.",
        columns=(
            Column("Answer"), Column("Status", "c-r"), Column("Category"), Column("For"), Column("Opened", "end"),
            Column("Helped", "end"),
        ),
        empty="No answer is written yet.",
    )  # fmt: skip
    votes = queries.votes(request.uow, [cells[-1] for cells in values.rows])
    for cells in values.rows:
        yes, said = votes.get(cells[-1], (0, 0))
        cells[-1] = say("${yes} of ${said}", yes=yes, said=said) if said else under(say("nobody said"))
    return values.page() | {
        "add": ("Write an answer", request.route_path("admin.article.new")),
        "more": [("Categories", request.route_path("admin.categories"))],
    }


@page("admin.article.new", "/admin/content/articles/new/", permission="content.manage", template=FORM)
def new(request: Any) -> dict[str, Any]:
    """An empty form."""
    return _page(request, None, Form())


@page(
    "admin.article.new", "/admin/content/articles/new/", method="POST", permission="content.manage",
    audit="article.add", template=FORM,
)  # fmt: skip
def create(request: Any) -> Any:
    """A draft, or its preview."""
    form = read(request, ArticleInput)
    if wants_preview(request):
        return _page(request, None, form)
    made = attempt(form, lambda typed: articles.add(request.uow, Words(**typed.model_dump())))
    if made is None:
        request.response.status_code = 422
        return _page(request, None, form)
    flash(request, "ok", "Kept as a draft. Publish it when it is right.")
    return HTTPSeeOther(request.route_path("admin.article", id=made.id))


@page("admin.article", "/admin/content/articles/{id}/", permission="content.manage", template=FORM)
def show(request: Any) -> dict[str, Any]:
    """One of them, as it is shown and as it is written."""
    return _page(request, queries.by_id(request.uow, path_id(request)), Form())


@page(
    "admin.article", "/admin/content/articles/{id}/", method="POST", permission="content.manage",
    audit="article.change", template=FORM,
)  # fmt: skip
def save(request: Any) -> Any:
    """Other words, or their preview."""
    one, form = queries.by_id(request.uow, path_id(request)), read(request, ArticleInput)
    if wants_preview(request):
        return _page(request, one, form)

    def change(typed: Any) -> Article:
        articles.change(request.uow, one, Words(**typed.model_dump()))
        return one

    if attempt(form, change) is None:
        request.response.status_code = 422
        return _page(request, one, form)
    flash(request, "ok", "Saved.")
    return HTTPSeeOther(request.route_path("admin.article", id=one.id))


@page(
    "admin.article.publish", "/admin/content/articles/{id}/publish/", method="POST",
    permission="content.manage", audit="article.publish",
)  # fmt: skip
def publish(request: Any) -> Any:
    """Readers find it."""
    one = queries.by_id(request.uow, path_id(request))
    articles.publish(request.uow, one)
    flash(request, "ok", "Published.")
    return HTTPSeeOther(request.route_path("admin.article", id=one.id))


@page(
    "admin.article.withdraw", "/admin/content/articles/{id}/withdraw/", method="POST",
    permission="content.manage", audit="article.withdraw",
)  # fmt: skip
def withdraw(request: Any) -> Any:
    """A draft again."""
    one = queries.by_id(request.uow, path_id(request))
    articles.withdraw(request.uow, one)
    flash(request, "ok", "Withdrawn. It is a draft again.")
    return HTTPSeeOther(request.route_path("admin.article", id=one.id))


def _page(request: Any, one: Article | None, form: Form[Any]) -> dict[str, Any]:
    url, back = request.route_path, (say("Knowledge base"), request.route_path("admin.articles"))
    choices = {"category_id": _categories(request), "product_id": product_choices(request)}
    if one is None:
        return form_page(
            ArticleInput, form, title=say("Write an answer"), here=url("admin.article.new"), back=back, choices=choices
        )  # fmt: skip
    if one.published_at is None:
        act = Act("Publish", "Readers find it at once.", "Publish", url("admin.article.publish", id=one.id))
    else:
        words, href = "Nobody finds it from then on.", url("admin.article.withdraw", id=one.id)
        act = Act("Withdraw", words, "Withdraw", href, danger=True)
    yes, said = queries.votes(request.uow, [one.id]).get(one.id, (0, 0))
    return form_page(
        ArticleInput, form, title=one.title, here=url("admin.article", id=one.id), back=back, choices=choices,
        standing={name: getattr(one, name) for name in ArticleInput.model_fields}, acts=[act],
        status=status_of(one.published_at, request.uow.now()),
        shown_at=url("help.article", slug=one.slug) if one.published_at is not None else None,
        links=[
            (f"Opened {one.views} times; {yes} of {said} say that it helped", None),
            ("Audit log", f"{url('admin.audit')}?object=article&id={one.id}"),
        ],
    )  # fmt: skip


def _categories(request: Any) -> list[tuple[str, str]]:
    found = [("", "Choose")]
    for branch in queries.tree(request.uow):
        found.append((str(branch.category.id), branch.category.name))
        found += [(str(one.id), f"{branch.category.name} / {one.name}") for one in branch.inside]
    return found


def product_choices(request: Any) -> list[tuple[str, str]]:
    """Products that are sold, for a list to choose from; none stands first."""
    query = select(Product.id, Product.name).where(Product.retired_at.is_(None)).order_by(Product.name)
    rows = request.uow.session.execute(query).all()
    return [("", "None"), *((str(number), str(name)) for number, name in rows)]
