"""/admin/content/parts/: the parts of the network, and which server each stands for."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.languages import say
from ezcore.publishing.incidents import components
from ezcore.publishing.incidents.components import Part
from ezcore.publishing.incidents.models import StatusComponent
from ezcore.services.servers.models import Server
from ezcore.web.admin.publishing.editing import FORM, LIST, attempt, form_page, read
from ezcore.web.admin.tables import Column, link, listing
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import NEEDED
from ezcore.web.shared.forms import Form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page


class PartInput(BaseModel):
    """A part as it is typed."""

    name: str = Field("", title="Name", max_length=200, json_schema_extra=NEEDED)
    blurb: str = Field("", title="What it is", max_length=200)
    server_id: int | None = Field(
        None, title="Server", description="Clients with services there are told on their dashboard"
    )
    position: int = Field(0, title="Place", description="Small numbers stand first", ge=0, le=9999)
    shown: bool = Field(default=False, title="Stands on the page of the network")


@page("admin.parts", "/admin/content/parts/", permission="content.manage", template=LIST)
def list_parts(request: Any) -> dict[str, Any]:
    """All of them in their order."""
    query = select(StatusComponent, Server.name).outerjoin(Server, Server.id == StatusComponent.server_id)

    def row(found: Any) -> list[Any]:
        one, server = found
        shown = say("Yes") if one.shown else say("No")
        return [link(request, one.name, "admin.part", one.blurb, id=one.id), server or "", shown]

    return listing(
        request, query.order_by(StatusComponent.position, StatusComponent.name), row, title="Parts of the network",
        columns=(Column("Part"), Column("Server"), Column("Shown")), empty="No part yet.",
    ).page() | {
        "add": ("Add a part", request.route_path("admin.part.new")),
        "more": [("Network status", request.route_path("admin.incidents"))],
    }  # fmt: skip


@page("admin.part.new", "/admin/content/parts/new/", permission="content.manage", template=FORM)
def new(request: Any) -> dict[str, Any]:
    """An empty form."""
    return _page(request, None, Form(values={"shown": True}))


@page(
    "admin.part.new", "/admin/content/parts/new/", method="POST", permission="content.manage",
    audit="status_component.add", template=FORM,
)  # fmt: skip
def create(request: Any) -> Any:
    """A new part."""
    form = read(request, PartInput)
    if attempt(form, lambda typed: components.add(request.uow, Part(**typed.model_dump()))) is None:
        request.response.status_code = 422
        return _page(request, None, form)
    flash(request, "ok", "Added.")
    return HTTPSeeOther(request.route_path("admin.parts"))


@page("admin.part", "/admin/content/parts/{id}/", permission="content.manage", template=FORM)
def show(request: Any) -> dict[str, Any]:
    """One of them."""
    return _page(request, components.by_id(request.uow, path_id(request)), Form())


@page(
    "admin.part", "/admin/content/parts/{id}/", method="POST", permission="content.manage",
    audit="status_component.change", template=FORM,
)  # fmt: skip
def save(request: Any) -> Any:
    """Another name, place or server."""
    one, form = components.by_id(request.uow, path_id(request)), read(request, PartInput)

    def change(typed: Any) -> StatusComponent:
        components.change(request.uow, one, Part(**typed.model_dump()))
        return one

    if attempt(form, change) is None:
        request.response.status_code = 422
        return _page(request, one, form)
    flash(request, "ok", "Saved.")
    return HTTPSeeOther(request.route_path("admin.parts"))


def _page(request: Any, one: StatusComponent | None, form: Form[Any]) -> dict[str, Any]:
    url = request.route_path
    servers = request.uow.session.execute(select(Server.id, Server.name).order_by(Server.name)).all()
    choices = {"server_id": [("", "None of ours"), *((str(number), str(name)) for number, name in servers)]}
    standing = {name: getattr(one, name) for name in PartInput.model_fields} if one is not None else {}
    return form_page(
        PartInput, form, title=one.name if one is not None else say("Add a part"), choices=choices, standing=standing,
        here=url("admin.part", id=one.id) if one is not None else url("admin.part.new"),
        back=(say("Parts of the network"), url("admin.parts")),
    )  # fmt: skip
