"""/admin/content/categories/: the shelves of the knowledge base."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from ezcore.languages import say
from ezcore.publishing.articles import categories, queries
from ezcore.publishing.articles.categories import Shelf
from ezcore.publishing.articles.models import Article, ArticleCategory
from ezcore.web.admin.publishing.editing import FORM, LIST, Act, attempt, form_page, read
from ezcore.web.admin.tables import Column, link, listing
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import NEEDED
from ezcore.web.shared.forms import Form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page


class CategoryInput(BaseModel):
    """A shelf as it is typed."""

    name: str = Field("", title="Name", max_length=200, json_schema_extra=NEEDED)
    slug: str = Field("", title="Address", description="Empty: made from the name", max_length=80)
    blurb: str = Field("", title="What is there", max_length=200)
    parent_id: int | None = Field(None, title="Inside")
    position: int = Field(0, title="Place", description="Small numbers stand first", ge=0, le=9999)


@page("admin.categories", "/admin/content/categories/", permission="content.manage", template=LIST)
def list_categories(request: Any) -> dict[str, Any]:
    """All of them with how many answers stand there."""
    parent = aliased(ArticleCategory)
    held = select(func.count()).where(Article.category_id == ArticleCategory.id).scalar_subquery()
    query = (
        select(ArticleCategory, parent.name, held)
        .outerjoin(parent, parent.id == ArticleCategory.parent_id)
        .order_by(ArticleCategory.position, ArticleCategory.name)
    )

    def row(found: Any) -> list[Any]:
        one, above, count = found
        return [link(request, one.name, "admin.category", one.slug, id=one.id), above or "", count]

    return listing(
        request, query, row, title="Categories", lead="Shelves of the knowledge base, in two levels.",
        columns=(Column("Category"), Column("Inside"), Column("Answers", "end")), empty="No category yet.",
    ).page() | {
        "add": ("Add a category", request.route_path("admin.category.new")),
        "more": [("Knowledge base", request.route_path("admin.articles"))],
    }  # fmt: skip


@page("admin.category.new", "/admin/content/categories/new/", permission="content.manage", template=FORM)
def new(request: Any) -> dict[str, Any]:
    """An empty form."""
    return _page(request, None, Form())


@page(
    "admin.category.new", "/admin/content/categories/new/", method="POST", permission="content.manage",
    audit="article_category.add", template=FORM,
)  # fmt: skip
def create(request: Any) -> Any:
    """A new shelf."""
    form = read(request, CategoryInput)
    if attempt(form, lambda typed: categories.add(request.uow, Shelf(**typed.model_dump()))) is None:
        request.response.status_code = 422
        return _page(request, None, form)
    flash(request, "ok", "Added.")
    return HTTPSeeOther(request.route_path("admin.categories"))


@page("admin.category", "/admin/content/categories/{id}/", permission="content.manage", template=FORM)
def show(request: Any) -> dict[str, Any]:
    """One of them."""
    return _page(request, categories.by_id(request.uow, path_id(request)), Form())


@page(
    "admin.category", "/admin/content/categories/{id}/", method="POST", permission="content.manage",
    audit="article_category.change", template=FORM,
)  # fmt: skip
def save(request: Any) -> Any:
    """Another name or place."""
    one, form = categories.by_id(request.uow, path_id(request)), read(request, CategoryInput)

    def change(typed: Any) -> ArticleCategory:
        categories.change(request.uow, one, Shelf(**typed.model_dump()))
        return one

    if attempt(form, change) is None:
        request.response.status_code = 422
        return _page(request, one, form)
    flash(request, "ok", "Saved.")
    return HTTPSeeOther(request.route_path("admin.categories"))


@page(
    "admin.category.remove", "/admin/content/categories/{id}/remove/", method="POST",
    permission="content.manage", audit="article_category.remove",
)  # fmt: skip
def remove(request: Any) -> Any:
    """Take an empty shelf away."""
    categories.remove(request.uow, categories.by_id(request.uow, path_id(request)))
    flash(request, "ok", "Removed.")
    return HTTPSeeOther(request.route_path("admin.categories"))


def _page(request: Any, one: ArticleCategory | None, form: Form[Any]) -> dict[str, Any]:
    url, back = request.route_path, (say("Categories"), request.route_path("admin.categories"))
    tops = [branch.category for branch in queries.tree(request.uow)]
    offered = [(str(top.id), top.name) for top in tops if one is None or top.id != one.id]
    choices = {"parent_id": [("", "Nothing: it stands at the top"), *offered]}
    if one is None:
        here = url("admin.category.new")
        return form_page(
            CategoryInput, form, title=say("Add a category"), here=here, back=back, choices=choices
        )
    words, href = "Only while nothing stands there.", url("admin.category.remove", id=one.id)
    return form_page(
        CategoryInput, form, title=one.name, here=url("admin.category", id=one.id), back=back, choices=choices,
        standing={name: getattr(one, name) for name in CategoryInput.model_fields},
        acts=[Act("Remove", words, "Remove", href, danger=True)],
        shown_at=url("help.category", slug=one.slug),
    )  # fmt: skip
