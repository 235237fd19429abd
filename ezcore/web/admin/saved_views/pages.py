"""/admin/views/: save what a list is asked for, see one's views, rename, share, delete, begin a list with one."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import func, or_, select

from ezcore.accounts.models import User
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.languages import say
from ezcore.saved_views import operations as views
from ezcore.saved_views import queries
from ezcore.saved_views.models import FirstView, SavedView
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.navigation import ADMIN
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

NEW = "admin/saved_views/new.pt"
ONE = "admin/saved_views/view.pt"


class Named(BaseModel):
    """How a view is called, and whether all staff see it."""

    name: Annotated[str, StringConstraints(max_length=200)] = ""
    shared: bool = False


class Asked(Named):
    """A query of a list, to be kept."""

    place: Annotated[str, StringConstraints(max_length=60)]
    query: Annotated[str, StringConstraints(max_length=2000)] = ""
    first: bool = False


@page("admin.views", "/admin/views/", permission="staff.read", template="admin/saved_views/list.pt")
def list_views(request: Any) -> dict[str, Any]:
    """One's own and those that are shared, list by list; lists that one may not open are left out."""
    me = request.actor.user_id
    rows = request.uow.session.execute(
        select(SavedView, User.name, FirstView.id)
        .join(User, User.id == SavedView.user_id)
        .outerjoin(FirstView, (FirstView.view_id == SavedView.id) & (FirstView.user_id == me))
        .where(or_(SavedView.user_id == me, SavedView.shared))
        .order_by(SavedView.place, func.lower(SavedView.name), SavedView.id)
    )
    paths = {route: path for route, path in _lists(request).items() if path}
    names = _names()
    found = [
        (view, say(names.get(view.place, paths[view.place])), _open(paths[view.place], view), owner, bool(first))
        for view, owner, first in rows
        if view.place in paths
    ]  # fmt: skip
    return {"views": found, "me": me}


@page("admin.views.new", "/admin/views/new/", permission="staff.read", template=NEW)
def new(request: Any) -> Any:
    """Which name it gets, and who sees it. Lists lead here with what they are asked for."""
    given = request.GET
    if not given.get("place"):
        return HTTPSeeOther(request.route_path("admin.views"))
    return _new(request, Form(values={"place": given.get("place", ""), "query": given.get("query", "")}))


@page(
    "admin.views.new", "/admin/views/new/", method="POST", permission="staff.read", audit="view.save",
    template=NEW,
)  # fmt: skip
def save(request: Any) -> Any:
    """Keep it, and show the list by it."""
    form = read_form(request, Asked)
    if form.is_valid:
        typed, path = form.checked(), _path(request, form.checked().place)
        try:
            view = views.save(request.uow, typed.place, typed.name, typed.query, shared=typed.shared)
        except InvalidInput as error:
            form.refuse(error, "name")
        else:
            if typed.first:
                views.begin_with(request.uow, view.place, view)
            flash(request, "ok", say("The view ${name} is saved", name=view.name))
            return HTTPSeeOther(_open(path, view))
    request.response.status_code = 422
    return _new(request, form)


@page("admin.view", "/admin/views/{id}/", permission="staff.read", template=ONE)
def show(request: Any) -> dict[str, Any]:
    """One view, and what can be done with it."""
    view = queries.by_id(request.uow, path_id(request))
    return _one(request, view, Form(values={"name": view.name, "shared": view.shared}))


@page(
    "admin.view", "/admin/views/{id}/", method="POST", permission="staff.read", audit="view.change",
    template=ONE,
)  # fmt: skip
def change(request: Any) -> Any:
    """Another name, shared or not."""
    view, form = queries.by_id(request.uow, path_id(request)), read_form(request, Named)
    if form.is_valid:
        try:
            views.change(request.uow, view, form.checked().name, shared=form.checked().shared)
        except InvalidInput as error:
            form.refuse(error, "name")
        else:
            flash(request, "ok", say("The view ${name} is saved", name=view.name))
            return HTTPSeeOther(request.route_path("admin.views"))
    request.response.status_code = 422
    return _one(request, view, form)


@page(
    "admin.view.first", "/admin/views/{id}/first/", method="POST", permission="staff.read",
    audit="none: concerns the reader only",
)  # fmt: skip
def begin(request: Any) -> Any:
    """The list begins with it for this reader; `off=1`: with everything again."""
    view = queries.by_id(request.uow, path_id(request))
    off = bool(request.POST.get("off"))
    views.begin_with(request.uow, view.place, None if off else view)
    said = "Your list begins with everything again" if off else "Your list begins with this view now"
    flash(request, "ok", said)
    return HTTPSeeOther(request.route_path("admin.views"))


@page(
    "admin.view.delete", "/admin/views/{id}/delete/", method="POST", permission="staff.read",
    audit="view.delete",
)  # fmt: skip
def delete(request: Any) -> Any:
    """It is gone for everybody; the records it showed stay as they are."""
    view = queries.by_id(request.uow, path_id(request))
    views.remove(request.uow, view)
    flash(request, "ok", say("The view ${name} is deleted", name=view.name))
    return HTTPSeeOther(request.route_path("admin.views"))


def _new(request: Any, form: Form[Any]) -> dict[str, Any]:
    path = _path(request, str(form.value("place")))
    names = _names()
    return {
        "form": form,
        "errors": form.errors,
        "path": path,
        "list_name": say(names.get(str(form.value("place")), path)),
        "query": str(form.value("query")),
    }


def _one(request: Any, view: SavedView, form: Form[Any]) -> dict[str, Any]:
    begins = select(FirstView.id).where(
        FirstView.view_id == view.id, FirstView.user_id == request.actor.user_id
    )
    path = _path(request, view.place)
    return {
        "view": view,
        "href": _open(path, view),
        "may": views.may_change(request.uow, view),
        "begins": request.uow.session.scalars(begins).first() is not None,
        "form": form,
        "errors": form.errors,
    }


def _open(path: str, view: SavedView) -> str:
    return f"{path}?{view.query}&view={view.id}"


def _path(request: Any, place: str) -> str:
    """The address of a list that this reader may open. Raises: NotFound."""
    path = _lists(request).get(place)
    if not path:
        raise NotFound("there is no such list")
    return path


def _lists(request: Any) -> dict[str, str]:
    """Pages of the admin area that have an address of their own and are open to this reader."""
    return {
        one.route: one.path
        for one in request.registry["ez.declarations"]
        if one.method == "GET" and one.path.startswith("/admin/") and "{" not in one.path
        and one.permission is not None and request.actor.may(one.permission)
    }  # fmt: skip


def _names() -> dict[str, str]:
    return {route: label for _, entries in ADMIN for label, _icon, route in entries}
