"""What staff do with a service through its module, and where it is noted to stand."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.catalog.products.models import Product
from ezcore.jobs.models import Job
from ezcore.kernel.errors import InvalidInput
from ezcore.services.lifecycle.moving import request_move
from ezcore.services.looks import operations as looks
from ezcore.services.servers.models import Server
from ezcore.services.services import queries
from ezcore.services.services.models import Service
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.module_panel import action_page, run_action
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page


class Move(BaseModel):
    """To which server, and why."""

    server: int
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=400)]


@page(
    "admin.service.action", "/admin/services/{id}/do/{name}/", permission="services.manage",
    template="admin/service_action.pt",
)  # fmt: skip
def ask_action(request: Any) -> dict[str, Any]:
    """Say what will happen and ask what the module wants to know."""
    return _with_product(request, action_page(request, _service(request), to_client=False))


@page(
    "admin.service.action", "/admin/services/{id}/do/{name}/", method="POST", permission="services.manage",
    audit="service.action", template="admin/service_action.pt",
)  # fmt: skip
def do_action(request: Any) -> Any:
    """Queue it."""
    found = _service(request)
    done = run_action(request, found, to_client=False)
    if not isinstance(done, Job):
        request.response.status_code = 422
        return _with_product(request, action_page(request, found, to_client=False, errors=done))
    flash(request, "ok", f"Queued: {done.payload['title']}, {found.label}")
    return HTTPSeeOther(request.route_path("admin.service", id=found.id))


@page(
    "admin.service.look", "/admin/services/{id}/look/", method="POST", permission="services.manage",
    audit="none: it changes nothing, it asks how things are",
)  # fmt: skip
def refresh(request: Any) -> Any:
    """Ask for a fresh look."""
    found = _service(request)
    looks.refresh(request.uow, found)
    return HTTPSeeOther(request.route_path("admin.service", id=found.id))


@page(
    "admin.service.move", "/admin/services/{id}/server/", permission="services.manage",
    template="admin/service_move.pt",
)  # fmt: skip
def ask_move(request: Any) -> dict[str, Any]:
    """Note another server for a service."""
    return _move_page(request, _service(request), Form())


@page(
    "admin.service.move", "/admin/services/{id}/server/", method="POST", permission="services.manage",
    audit="service.request_move", template="admin/service_move.pt",
)  # fmt: skip
def move(request: Any) -> Any:
    """Look for our tag there first; only then the books change."""
    found, form = _service(request), read_form(request, Move)
    server = request.uow.session.get(Server, form.model.server) if form.model is not None else None
    if form.model is not None and server is None:
        form.errors["server"] = "There is no such server"
    if form.is_valid and server is not None:
        try:
            request_move(request.uow, found, server, form.checked().reason)
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", f"We look for it on {server.name}; the books change when it is there")
            return HTTPSeeOther(request.route_path("admin.service", id=found.id))
    request.response.status_code = 422
    return _move_page(request, found, form)


def _move_page(request: Any, found: Service, form: Form[Move]) -> dict[str, Any]:
    others = select(Server).where(Server.module == found.module, Server.id != (found.server_id or 0))
    return {
        "service": found,
        "servers": request.uow.session.scalars(others.order_by(Server.name)).all(),
        "errors": form.errors,
        "chosen": str(form.value("server")),
        "reason": form.value("reason"),
    }


def _service(request: Any) -> Service:
    return queries.by_id(request.uow, path_id(request))


def _with_product(request: Any, found: dict[str, Any]) -> dict[str, Any]:
    return found | {"product": request.uow.session.get_one(Product, found["service"].product_id)}
