"""/admin/content/downloads/: put a file there, say who may save it, publish it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.languages import say
from ezcore.publishing.downloads import operations as downloads
from ezcore.publishing.downloads import queries
from ezcore.publishing.downloads.models import Audience, Download
from ezcore.publishing.downloads.operations import LARGEST_MB, Facts, File
from ezcore.support.attachments.rules import clean_name
from ezcore.web.admin.publishing.articles import product_choices
from ezcore.web.admin.publishing.editing import FORM, LIST, Act, attempt, form_page, read, status_of
from ezcore.web.admin.tables import Column, link, listing
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import NEEDED
from ezcore.web.shared.forms import Form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.readable import MAX_UPLOAD
from ezcore.web.shared.views import page


class DownloadInput(BaseModel):
    """A file as it is described."""

    title: str = Field("", title="Title", max_length=400, json_schema_extra=NEEDED)
    blurb: str = Field("", title="What it is for", max_length=200)
    audience: Audience = Field(Audience.EVERYBODY, title="Who may save it")
    product_id: int | None = Field(None, title="Product", description="For owners: those who have it")
    position: int = Field(0, title="Place", description="Small numbers stand first", ge=0, le=9999)


@page("admin.downloads", "/admin/content/downloads/", permission="content.manage", template=LIST)
def list_downloads(request: Any) -> dict[str, Any]:
    """All of them in their order."""
    now = request.uow.now()

    def row(found: Any) -> list[Any]:
        (one,) = found
        title = link(request, one.title, "admin.download", one.name, id=one.id)
        size = f"{max(1, one.size // 1024)} kB"
        return [title, status_of(one.published_at, now), say(one.audience.capitalize()), size, one.saved]

    return listing(
        request, queries.for_staff(), row, title="Downloads", lead="Files that are handed out to be saved.",
        columns=(
            Column("File"), Column("Status", "c-r"), Column("For"), Column("Size", "end"), Column("Saved", "end"),
        ),
        empty="No file yet.",
    ).page() | {"add": ("Add a file", request.route_path("admin.download.new"))}  # fmt: skip


@page("admin.download.new", "/admin/content/downloads/new/", permission="content.manage", template=FORM)
def new(request: Any) -> dict[str, Any]:
    """An empty form."""
    return _page(request, None, Form())


@page(
    "admin.download.new", "/admin/content/downloads/new/", method="POST", permission="content.manage",
    audit="download.add", template=FORM,
)  # fmt: skip
def create(request: Any) -> Any:
    """A file that only staff see yet."""
    form = read(request, DownloadInput)
    made = attempt(
        form, lambda typed: downloads.add(request.uow, Facts(**typed.model_dump()), _file(request))
    )
    if made is None:
        request.response.status_code = 422
        return _page(request, None, form)
    flash(request, "ok", "Kept. Publish it when it is right.")
    return HTTPSeeOther(request.route_path("admin.download", id=made.id))


@page("admin.download", "/admin/content/downloads/{id}/", permission="content.manage", template=FORM)
def show(request: Any) -> dict[str, Any]:
    """One of them."""
    return _page(request, queries.by_id(request.uow, path_id(request)), Form())


@page(
    "admin.download", "/admin/content/downloads/{id}/", method="POST", permission="content.manage",
    audit="download.change", template=FORM,
)  # fmt: skip
def save(request: Any) -> Any:
    """Other words or another content."""
    one, form = queries.by_id(request.uow, path_id(request)), read(request, DownloadInput)

    def change(typed: Any) -> Download:
        downloads.change(request.uow, one, Facts(**typed.model_dump()), _file(request))
        return one

    if attempt(form, change) is None:
        request.response.status_code = 422
        return _page(request, one, form)
    flash(request, "ok", "Saved.")
    return HTTPSeeOther(request.route_path("admin.download", id=one.id))


@page(
    "admin.download.publish", "/admin/content/downloads/{id}/publish/", method="POST",
    permission="content.manage", audit="download.publish",
)  # fmt: skip
def publish(request: Any) -> Any:
    """Its audience can save it."""
    one = queries.by_id(request.uow, path_id(request))
    downloads.publish(request.uow, one)
    flash(request, "ok", "Published.")
    return HTTPSeeOther(request.route_path("admin.download", id=one.id))


@page(
    "admin.download.withdraw", "/admin/content/downloads/{id}/withdraw/", method="POST",
    permission="content.manage", audit="download.withdraw",
)  # fmt: skip
def withdraw(request: Any) -> Any:
    """Only staff see it."""
    one = queries.by_id(request.uow, path_id(request))
    downloads.withdraw(request.uow, one)
    flash(request, "ok", "Withdrawn.")
    return HTTPSeeOther(request.route_path("admin.download", id=one.id))


def _file(request: Any) -> File | None:
    """The file of the form; a field that was left empty is none."""
    sent = [one for one in request.POST.getall("file") if not isinstance(one, str | bytes) and one.filename]
    return File(clean_name(sent[0].filename), sent[0].file.read(MAX_UPLOAD)) if sent else None


def _page(request: Any, one: Download | None, form: Form[Any]) -> dict[str, Any]:
    url, back = request.route_path, (say("Downloads"), request.route_path("admin.downloads"))
    choices, hint = {"product_id": product_choices(request)}, f"Up to {LARGEST_MB} MB"
    if one is None:
        here = url("admin.download.new")
        return form_page(
            DownloadInput, form, title=say("Add a file"), here=here, back=back, choices=choices, file_hint=hint
        )  # fmt: skip
    if one.published_at is None:
        act = Act("Publish", "Its audience can save it.", "Publish", url("admin.download.publish", id=one.id))
    else:
        words, href = "Only staff see it from then on.", url("admin.download.withdraw", id=one.id)
        act = Act("Withdraw", words, "Withdraw", href, danger=True)
    return form_page(
        DownloadInput, form, title=one.title, here=url("admin.download", id=one.id), back=back, choices=choices,
        standing={name: getattr(one, name) for name in DownloadInput.model_fields}, acts=[act],
        status=status_of(one.published_at, request.uow.now()),
        file_hint=f"{hint}. Empty: {one.name} stays",
        links=[
            (f"Save {one.name}", url("download", id=one.id)),
            (f"Saved {one.saved} times", None),
            ("Audit log", f"{url('admin.audit')}?object=download&id={one.id}"),
        ],
    )  # fmt: skip
