"""/account/privacy/: a copy of everything we hold, the wish to be forgotten, no marketing."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response

from ezcore.accounts import operations as accounts
from ezcore.accounts.errors import TooManyTries
from ezcore.accounts.inputs import Password
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.messaging.mailings import operations as mailings
from ezcore.messaging.mailings.queries import refuses
from ezcore.privacy import erasing, exports
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form, sentence
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

TEMPLATE: Final = "client/account/privacy.pt"


class Asked(BaseModel):
    """What is asked for, after the password was typed again."""

    do: Annotated[str, StringConstraints(pattern="^(copy|erase)$")]
    password: Password
    words: Annotated[str, StringConstraints(max_length=erasing.LONGEST_WORDS)] = ""


@page("account.privacy", "/account/privacy/", permission="client.people", template=TEMPLATE)
def show_privacy(request: EzRequest) -> dict[str, Any]:
    """What can be asked, and what was asked."""
    return _facts(request, request.uow, Form())


@page(
    "account.privacy", "/account/privacy/", method="POST", permission="client.people", rate="login",
    template=TEMPLATE, audit="privacy.export", ambient=False,
)  # fmt: skip
def ask(request: EzRequest) -> Any:
    """A copy, or to be forgotten."""
    form = read_form(request, Asked)
    try:
        typed = form.checked()
        accounts.confirm_own_password(request.work, request.actor, typed.password.get_secret_value())
        with request.work.write(request.actor) as uow:
            if typed.do == "copy":
                exports.ask(uow)
            else:
                erasing.ask(uow, typed.words)
    except InvalidInput as error:
        if form.model is not None:
            form.refuse(error)
    except (Refused, TooManyTries) as error:
        form.errors["form"] = sentence(error.message)
    else:
        words = (
            "We mail you a link as soon as the copy is made."
            if typed.do == "copy"
            else "Our staff will answer."
        )
        flash(request, "ok", words)
        return HTTPSeeOther(request.route_path("account.privacy"))
    request.response.status_code = 422
    with request.work.read(request.actor) as look:
        return _facts(request, look, form)


@page(
    "account.privacy.withdraw", "/account/privacy/withdraw/", method="POST", permission="client.people",
    audit="privacy.withdraw_erasure",
)  # fmt: skip
def withdraw(request: EzRequest) -> HTTPSeeOther:
    """Take the wish to be forgotten back."""
    erasing.withdraw(request.uow)
    flash(request, "ok", "You stay with us; nothing was erased.")
    return HTTPSeeOther(request.route_path("account.privacy"))


@page("account.privacy.copy", "/account/privacy/copy/{token}/", permission="client.people")
def copy(request: EzRequest) -> Response:
    """The copy, as a file that no browser runs."""
    content = exports.fetch(request.uow, request.matchdict["token"])
    return Response(
        content,
        content_type="application/json",
        charset=None,
        headers={"Content-Disposition": 'attachment; filename="my-data.json"', "Cache-Control": "no-store"},
    )


@page(
    "notifications",
    "/account/notifications/",
    permission="client.read",
    template="client/account/notifications.pt",
)
def show_notifications(request: EzRequest) -> dict[str, Any]:
    """What is mailed always, and what only to those who want it."""
    wanted = not refuses(request.uow, request.client_id)
    return {"wanted": wanted, "may_save": request.actor.may("client.people")}


@page(
    "notifications", "/account/notifications/", method="POST", permission="client.people",
    audit="mailing.refuse", template="client/account/notifications.pt",
)  # fmt: skip
def save_notifications(request: EzRequest) -> HTTPSeeOther:
    """News and tips, or none."""
    choose = mailings.accept if request.POST.get("news") else mailings.refuse
    choose(request.uow, request.client_id)
    flash(request, "ok", "Your choice is saved.")
    return HTTPSeeOther(request.route_path("notifications"))


def _facts(request: EzRequest, uow: UnitOfWork, form: Form[Asked]) -> dict[str, Any]:
    return {
        "form": form,
        "copies": exports.of_client(uow, request.client_id),
        "now": uow.now(),
        "open": erasing.open_request(uow, request.client_id),
        "hindrances": erasing.hindrances(uow, request.client_id),
        "kept": erasing.KEPT,
        "wanted": not refuses(uow, request.client_id),
    }
