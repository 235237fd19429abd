"""/admin/servers/groups/: servers that stand for each other, how they are filled, and what is made there."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.catalog.products.models import Product
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.services.servers import operations as servers
from ezcore.services.servers.models import FillPolicy, ProductServerGroup, Server, ServerGroup
from ezcore.web.admin.servers import modules_with_servers
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

POLICIES: Final = (
    (FillPolicy.LEAST_USED, "The one with the fewest accounts"),
    (FillPolicy.FILL_FIRST, "The first in order until it is full"),
    (FillPolicy.ROUND_ROBIN, "Each in turn"),
)


class New(BaseModel):
    """A group of servers of one module."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    module: str = Field(max_length=40)


class Group(BaseModel):
    """Its name, how it is filled, and the products that are made there."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    policy: str = Field(max_length=12)
    products: list[int] = Field(default_factory=list, max_length=1000)


@page(
    "admin.server_groups", "/admin/servers/groups/", method="POST", permission="services.manage",
    audit="server_group.add",
)  # fmt: skip
def add(request: Any) -> Any:
    """Add a group; its page asks for the rest."""
    form = read_form(request, New)
    wanted = form.checked()
    if wanted.module not in [one.name for one in modules_with_servers(request)]:
        raise InvalidInput("there is no such module", field="module")
    group = servers.add_group(request.uow, wanted.name, wanted.module, FillPolicy.LEAST_USED)
    flash(request, "ok", f"{group.name} is added")
    return HTTPSeeOther(request.route_path("admin.server_group", id=group.id))


@page(
    "admin.server_group", "/admin/servers/groups/{id}/", permission="services.manage",
    template="admin/server_group.pt",
)  # fmt: skip
def show(request: Any) -> dict[str, Any]:
    """One group."""
    return _page(request, _group(request), Form())


@page(
    "admin.server_group", "/admin/servers/groups/{id}/", method="POST", permission="services.manage",
    audit="server_group.change", template="admin/server_group.pt",
)  # fmt: skip
def save(request: Any) -> Any:
    """Change it."""
    found, form = _group(request), read_form(request, Group)
    if form.model is not None:
        query = select(Product).where(Product.id.in_(form.model.products))
        chosen = request.uow.session.scalars(query).all()
        try:
            servers.change_group(request.uow, found, form.model.name, form.model.policy, chosen)
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", f"{found.name} is saved")
            return HTTPSeeOther(request.route_path("admin.servers"))
    request.response.status_code = 422
    return _page(request, found, form)


def _page(request: Any, found: ServerGroup, form: Form[Group]) -> dict[str, Any]:
    session = request.uow.session
    mine = select(ProductServerGroup.product_id).where(ProductServerGroup.group_id == found.id)
    products = select(Product).where(Product.module == found.module, Product.retired_at.is_(None))
    return {
        "group": found,
        "name": form.values.get("name", found.name),
        "policy": form.values.get("policy", found.policy),
        "policies": [(str(value), words) for value, words in POLICIES],
        "products": session.scalars(products.order_by(Product.position, Product.id)).all(),
        "chosen": set(session.scalars(mine)),
        "servers": session.scalars(
            select(Server).where(Server.group_id == found.id).order_by(Server.name)
        ).all(),
        "errors": form.errors,
    }


def _group(request: Any) -> ServerGroup:
    found: ServerGroup | None = request.uow.session.get(ServerGroup, path_id(request))
    if found is None:
        raise NotFound("there is no such group")
    return found
