"""/admin/content/pages/: the shop's own pages in versions; what was published is never changed again."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.kernel.errors import NotFound
from ezcore.languages import say
from ezcore.publishing.pages import operations as pages
from ezcore.publishing.pages import queries
from ezcore.publishing.pages.models import PageName
from ezcore.web.admin.publishing.editing import (
    BODY,
    FORM,
    MARKDOWN,
    Act,
    attempt,
    form_page,
    read,
    status_of,
    wants_preview,
)
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import NEEDED
from ezcore.web.shared.forms import Form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

TITLES: Final = {
    PageName.TERMS: "Terms of service", PageName.PRIVACY: "Privacy", PageName.ABOUT: "About us",
}  # fmt: skip
LEADS: Final = {
    PageName.TERMS: "Every order keeps which version was accepted with it.",
    PageName.PRIVACY: "What is done with data about people.",
    PageName.ABOUT: "Who sells here, beside what the shelves say.",
}


class PageInput(BaseModel):
    """A version as it is typed."""

    title: str = Field("", title="Title", max_length=400, json_schema_extra=NEEDED)
    body: str = Field("", title="Text", description=MARKDOWN, json_schema_extra=BODY)


@page(
    "admin.pages", "/admin/content/pages/", permission="content.manage", template="admin/publishing/pages.pt"
)  # fmt: skip
def list_pages(request: Any) -> dict[str, Any]:
    """The three pages and their versions."""
    uow, now = request.uow, request.uow.now()
    found = []
    for name in PageName:
        versions = queries.versions(uow, name)
        current = next((one for one in versions if one.published_at and not one.withdrawn_at), None)
        rows = [(one, status_of(one.published_at, now), one is current) for one in versions]
        found.append((str(name), TITLES[name], LEADS[name], rows))
    return {"pages": found}


@page("admin.page", "/admin/content/pages/{name}/", permission="content.manage", template=FORM)
def show(request: Any) -> dict[str, Any]:
    """The draft, or what counts now as the beginning of the next version."""
    return _page(request, _name(request), Form())


@page(
    "admin.page", "/admin/content/pages/{name}/", method="POST", permission="content.manage",
    audit="page.draft", template=FORM,
)  # fmt: skip
def save(request: Any) -> Any:
    """Keep the draft, or see first how it looks."""
    name, form = _name(request), read(request, PageInput)
    if wants_preview(request):
        return _page(request, name, form)
    if attempt(form, lambda typed: pages.save_draft(request.uow, name, typed.title, typed.body)) is None:
        request.response.status_code = 422
        return _page(request, name, form)
    flash(request, "ok", "Kept as a draft. Publish it when it is right.")
    return HTTPSeeOther(request.route_path("admin.page", name=str(name)))


@page(
    "admin.page.publish", "/admin/content/pages/versions/{id}/publish/", method="POST",
    permission="content.manage", audit="page.publish",
)  # fmt: skip
def publish(request: Any) -> Any:
    """From now on this is the page."""
    version = queries.by_id(request.uow, path_id(request))
    pages.publish(request.uow, version)
    flash(request, "ok", f"Version {version.number} counts from now on.")
    return HTTPSeeOther(request.route_path("admin.pages"))


@page(
    "admin.page.withdraw", "/admin/content/pages/versions/{id}/withdraw/", method="POST",
    permission="content.manage", audit="page.withdraw",
)  # fmt: skip
def withdraw(request: Any) -> Any:
    """The version before it counts again."""
    version = queries.by_id(request.uow, path_id(request))
    pages.withdraw(request.uow, version)
    flash(request, "ok", f"Version {version.number} counts no more.")
    return HTTPSeeOther(request.route_path("admin.pages"))


def _name(request: Any) -> PageName:
    """Raises: NotFound for a page that there is not."""
    try:
        return PageName(request.matchdict["name"])
    except ValueError:
        raise NotFound("There is no such page") from None


def _page(request: Any, name: PageName, form: Form[Any]) -> dict[str, Any]:
    url, uow = request.route_path, request.uow
    draft, current = queries.draft(uow, name), queries.current(uow, name)
    standing, acts = draft or current, []
    if draft is not None:
        words = f"Version {draft.number} counts from then on and is not changed again."
        acts.append(Act("Publish", words, "Publish", url("admin.page.publish", id=draft.id)))
    return form_page(
        PageInput, form, title=say(TITLES[name]), here=url("admin.page", name=str(name)),
        back=(say("Pages"), url("admin.pages")), lead=LEADS[name], acts=acts,
        standing={"title": standing.title, "body": standing.body} if standing is not None
        else {"title": TITLES[name]},
        status=status_of(None, uow.now()) if draft is not None else "",
        shown_at=url(str(name)) if current is not None else None,
    )  # fmt: skip
