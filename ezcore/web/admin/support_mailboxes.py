"""/admin/support/departments/{id}/mailbox/: where the mail of a department is read from."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, SecretStr, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.support.mail import mailboxes, queries
from ezcore.support.mail.mailboxes import Facts
from ezcore.support.mail.models import Security
from ezcore.support.tickets.models import Department
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

PATH: Final = "/admin/support/departments/{id}/mailbox/"
TEMPLATE: Final = "admin/support_mail/mailbox.pt"
IMAPS: Final = 993
LABELS: Final = {
    "host": "Server", "port": "Port", "security": "TLS", "user": "User", "password": "Password", "folder": "Folder",
    "done_folder": "Move to",
}  # fmt: skip
WAYS: Final = (
    (str(Security.TLS), "TLS from the start (993)"),
    (str(Security.STARTTLS), "STARTTLS (143)"),
    (str(Security.NONE), "None, on this machine only"),
)
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)]


class Box(BaseModel):
    """A mailbox as it is typed; a blank password keeps the one stored."""

    host: Line = ""
    port: Annotated[int, Field(ge=1, le=65535)] = IMAPS
    security: Security = Security.TLS
    user: Line = ""
    password: SecretStr = SecretStr("")
    folder: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = "INBOX"
    done_folder: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    active: bool = False

    def facts(self) -> Facts:
        """As the operation takes it."""
        values = self.model_dump() | {"password": self.password.get_secret_value()}
        return Facts(**values)


@page("admin.mailbox", PATH, permission="settings.manage", template=TEMPLATE)
def show(request: Any) -> dict[str, Any]:
    """The form; the password is never shown."""
    department = _department(request)
    found = queries.mailbox_of(request.uow, department.id)
    standing: dict[str, Any] = {"port": IMAPS, "folder": "INBOX", "active": True, "security": "tls"}
    if found is not None:
        names = ("host", "port", "security", "user", "folder", "done_folder", "active")
        standing = {name: getattr(found, name) for name in names}
    return _facts(request, department, Form(values=standing))


@page(
    "admin.mailbox", PATH, method="POST", permission="settings.manage", audit="mailbox.save",
    template=TEMPLATE,
)  # fmt: skip
def save(request: Any) -> Any:
    """Connect it."""
    department, form = _department(request), read_form(request, Box)
    if form.is_valid:
        try:
            mailboxes.save(request.uow, department, form.checked().facts())
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", "Saved. It is read every minute")
            return HTTPSeeOther(request.route_path("admin.support_mail"))
    request.response.status_code = 422
    return _facts(request, department, form)


@page(
    "admin.mailbox.remove", PATH + "remove/", method="POST", permission="settings.manage",
    audit="mailbox.remove",
)  # fmt: skip
def remove(request: Any) -> HTTPSeeOther:
    """Read it no more."""
    mailboxes.remove(request.uow, _department(request))
    flash(request, "ok", "It is read no more")
    return HTTPSeeOther(request.route_path("admin.support_mail"))


def _department(request: Any) -> Department:
    found: Department | None = request.uow.session.get(Department, path_id(request))
    if found is None:
        raise NotFound("There is no such department")
    return found


def _facts(request: Any, department: Department, form: Form[Any]) -> dict[str, Any]:
    return {
        "department": department, "box": queries.mailbox_of(request.uow, department.id), "ways": WAYS,
        "form": form, "errors": form.errors, "labels": LABELS,
    }  # fmt: skip
