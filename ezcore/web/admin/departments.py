"""/admin/support/departments/: where tickets go, who works there, and where its mail comes in."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.support.tickets import departments, queries
from ezcore.support.tickets.departments import Facts
from ezcore.support.tickets.models import Department, Priority
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

LABELS: Final = {
    "slug": "Short name", "name": "Name", "blurb": "What for", "email": "Mail address", "priority": "Priority",
    "members": "Who works here",
}  # fmt: skip
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class New(BaseModel):
    """A department; its page asks for the rest."""

    slug: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    name: Name


class Changed(BaseModel):
    """All of it but the short name, which tickets of other systems may say."""

    name: Name
    blurb: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)] = ""
    priority: Priority = Priority.NORMAL
    hidden: bool = False
    guests: bool = False
    plus: bool = False
    members: list[Annotated[int, Field(ge=1)]] = Field(default_factory=list, max_length=200)


@page(
    "admin.departments", "/admin/support/departments/", permission="support.manage",
    template="admin/departments.pt",
)  # fmt: skip
def list_departments(request: Any) -> dict[str, Any]:
    """All of them, in their order."""
    return _list(request, Form())


@page(
    "admin.departments", "/admin/support/departments/", method="POST", permission="settings.manage",
    audit="department.add", template="admin/departments.pt",
)  # fmt: skip
def add(request: Any) -> Any:
    """A new one."""
    form = read_form(request, New)
    if form.is_valid:
        typed = form.checked()
        try:
            made = departments.add(request.uow, typed.slug, typed.name)
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", f"{made.name} is added")
            return HTTPSeeOther(request.route_path("admin.department", id=made.id))
    request.response.status_code = 422
    return _list(request, form)


@page(
    "admin.department", "/admin/support/departments/{id}/", permission="support.manage",
    template="admin/department.pt",
)  # fmt: skip
def show(request: Any) -> dict[str, Any]:
    """One department."""
    found = _department(request)
    standing = {
        "name": found.name, "blurb": found.blurb, "email": found.email or "", "priority": found.priority,
        "hidden": found.hidden, "guests": found.guests, "plus": found.plus,
        "members": [str(one) for one in queries.members(request.uow, found)],
    }  # fmt: skip
    return _one(request, found, Form(values=standing))


@page(
    "admin.department", "/admin/support/departments/{id}/", method="POST", permission="settings.manage",
    audit="department.change", template="admin/department.pt",
)  # fmt: skip
def save(request: Any) -> Any:
    """Change it."""
    found, form = _department(request), read_form(request, Changed)
    if form.is_valid:
        try:
            departments.change(request.uow, found, Facts(**form.checked().model_dump()))
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", f"{found.name} is saved")
            return HTTPSeeOther(request.route_path("admin.departments"))
    request.response.status_code = 422
    return _one(request, found, form)


def _department(request: Any) -> Department:
    found: Department | None = request.uow.session.get(Department, path_id(request))
    if found is None:
        raise NotFound("There is no such department")
    return found


def _list(request: Any, form: Form[Any]) -> dict[str, Any]:
    found = queries.departments(request.uow, hidden=True)
    return {"departments": found, "form": form, "errors": form.errors, "labels": LABELS}


def _one(request: Any, found: Department, form: Form[Any]) -> dict[str, Any]:
    return {
        "department": found,
        "staff": [(str(user.id), user.name or user.email) for user in queries.assignees(request.uow)],
        "priorities": [(str(one), str(one).capitalize()) for one in Priority],
        "form": form,
        "errors": form.errors,
        "labels": LABELS,
    }
