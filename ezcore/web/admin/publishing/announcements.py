"""/admin/content/announcements/: write news, publish it now or ahead, withdraw it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.kernel.errors import InvalidInput
from ezcore.languages import say
from ezcore.publishing.announcements import operations as announcements
from ezcore.publishing.announcements import queries
from ezcore.publishing.announcements.models import Announcement
from ezcore.publishing.announcements.operations import Words
from ezcore.publishing.instants import read_instant, write_instant
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
from ezcore.web.admin.tables import Column, link, listing
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import NEEDED
from ezcore.web.shared.forms import Form
from ezcore.web.shared.markup import moment
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page


class AnnouncementInput(BaseModel):
    """An announcement as it is typed."""

    title: str = Field("", title="Title", max_length=400, json_schema_extra=NEEDED)
    slug: str = Field("", title="Address", description="Empty: made from the title", max_length=80)
    body: str = Field("", title="Text", description=MARKDOWN, json_schema_extra=BODY)


class Moment(BaseModel):
    """When it is published; nothing is now."""

    at: str = Field("", max_length=40)


@page("admin.announcements", "/admin/content/announcements/", permission="content.manage", template=LIST)
def list_announcements(request: Any) -> dict[str, Any]:
    """All of them, the newest first."""
    now, zone = request.uow.now(), request.settings.shop.time_zone

    def row(found: Any) -> list[Any]:
        (one,) = found
        title = link(request, one.title, "admin.announcement", one.slug, id=one.id)
        return [title, status_of(one.publish_at, now), moment(one.publish_at, zone)]

    return listing(
        request, select(Announcement).order_by(Announcement.id.desc()), row, title="Announcements",
        lead="News for everybody, on the store, on dashboards and as a feed.",
        columns=(Column("Title"), Column("Status", "c-r"), Column("From")),
        empty="Nothing was announced yet.",
    ).page() | {"add": ("Write an announcement", request.route_path("admin.announcement.new"))}  # fmt: skip


@page(
    "admin.announcement.new", "/admin/content/announcements/new/", permission="content.manage", template=FORM
)  # fmt: skip
def new(request: Any) -> dict[str, Any]:
    """An empty form."""
    return _page(request, None, Form())


@page(
    "admin.announcement.new", "/admin/content/announcements/new/", method="POST", permission="content.manage",
    audit="announcement.add", template=FORM,
)  # fmt: skip
def create(request: Any) -> Any:
    """A draft, or its preview."""
    form = read(request, AnnouncementInput)
    if wants_preview(request):
        return _page(request, None, form)
    made = attempt(form, lambda typed: announcements.add(request.uow, Words(**typed.model_dump())))
    if made is None:
        request.response.status_code = 422
        return _page(request, None, form)
    flash(request, "ok", "Kept as a draft. Publish it when it is right.")
    return HTTPSeeOther(request.route_path("admin.announcement", id=made.id))


@page(
    "admin.announcement", "/admin/content/announcements/{id}/", permission="content.manage", template=FORM
)  # fmt: skip
def show(request: Any) -> dict[str, Any]:
    """One of them, as it is shown and as it is written."""
    return _page(request, queries.by_id(request.uow, path_id(request)), Form())


@page(
    "admin.announcement", "/admin/content/announcements/{id}/", method="POST", permission="content.manage",
    audit="announcement.change", template=FORM,
)  # fmt: skip
def save(request: Any) -> Any:
    """Other words, or their preview."""
    one, form = queries.by_id(request.uow, path_id(request)), read(request, AnnouncementInput)
    if wants_preview(request):
        return _page(request, one, form)

    def change(typed: Any) -> Announcement:
        announcements.change(request.uow, one, Words(**typed.model_dump()))
        return one

    if attempt(form, change) is None:
        request.response.status_code = 422
        return _page(request, one, form)
    flash(request, "ok", "Saved.")
    return HTTPSeeOther(request.route_path("admin.announcement", id=one.id))


@page(
    "admin.announcement.publish", "/admin/content/announcements/{id}/publish/", method="POST",
    permission="content.manage", audit="announcement.publish", template=FORM,
)  # fmt: skip
def publish(request: Any) -> Any:
    """Now, or from an instant ahead."""
    one, form = queries.by_id(request.uow, path_id(request)), read(request, Moment)

    def act(typed: Any) -> Announcement:
        at = read_instant(typed.at, request.settings.shop.time_zone, "at")
        if at is not None and at < request.uow.now():
            raise InvalidInput("This is over; leave it empty for now", field="at")
        announcements.publish(request.uow, one, at)
        return one

    if attempt(form, act) is None:
        request.response.status_code = 422
        return _page(request, one, Form(errors=form.errors), typed_at=form.value("at"))
    flash(
        request, "ok", "Published." if one.is_public(request.uow.now()) else "It is published by itself then."
    )
    return HTTPSeeOther(request.route_path("admin.announcement", id=one.id))


@page(
    "admin.announcement.withdraw", "/admin/content/announcements/{id}/withdraw/", method="POST",
    permission="content.manage", audit="announcement.withdraw",
)  # fmt: skip
def withdraw(request: Any) -> Any:
    """A draft again."""
    one = queries.by_id(request.uow, path_id(request))
    announcements.withdraw(request.uow, one)
    flash(request, "ok", "Withdrawn. It is a draft again.")
    return HTTPSeeOther(request.route_path("admin.announcement", id=one.id))


def _page(
    request: Any, one: Announcement | None, form: Form[Any], typed_at: str | None = None
) -> dict[str, Any]:
    url = request.route_path
    if one is None:
        return form_page(
            AnnouncementInput, form, title=say("Write an announcement"), here=url("admin.announcement.new"),
            back=(say("Announcements"), url("admin.announcements")),
        )  # fmt: skip
    now, zone = request.uow.now(), request.settings.shop.time_zone
    words = f"Empty: now. Ahead: such as 2026-03-31 14:30, in {zone}."
    ahead = write_instant(one.publish_at, zone) if one.publish_at and one.publish_at > now else ""
    acts = []
    if not one.is_public(now):
        at = ahead if typed_at is None else typed_at
        acts.append(Act("Publish", words, "Publish", url("admin.announcement.publish", id=one.id), at=at))
    if one.publish_at is not None:
        acts.append(
            Act(
                "Withdraw", "Nobody sees it from then on.", "Withdraw", url("admin.announcement.withdraw", id=one.id),
                danger=True,
            )
        )  # fmt: skip
    public = url("announcement", slug=one.slug) if one.is_public(now) else None
    return form_page(
        AnnouncementInput, form, title=one.title, here=url("admin.announcement", id=one.id),
        back=(say("Announcements"), url("admin.announcements")),
        standing={"title": one.title, "slug": one.slug, "body": one.body}, acts=acts, shown_at=public,
        status=status_of(one.publish_at, now),
        links=[("Audit log", f"{url('admin.audit')}?object=announcement&id={one.id}")],
    )  # fmt: skip
