"""Somebody invited to the staff chooses a password by the link of the mail."""

from __future__ import annotations

from typing import Any

from ezcore.accounts.errors import LinkNotGood
from ezcore.accounts.inputs import NewPasswordInput
from ezcore.accounts.operations import invitations
from ezcore.kernel.errors import InvalidInput
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.web.storefront.accounts.answers import again, go

TEMPLATE = "client/accounts/invitation.pt"


@page("invitation", "/accounts/invitation/{token}/", public="account door", template=TEMPLATE)
def show_invitation(request: EzRequest) -> dict[str, Any]:
    """The form for a password, if the link is good."""
    return {"form": Form(), "good": invitations.invitation_of(request.uow, request.matchdict["token"])}


@page(
    "invitation", "/accounts/invitation/{token}/", method="POST", public="account door", rate="login",
    template=TEMPLATE, audit="staff.create", ambient=False,
)  # fmt: skip
def accept_invitation(request: EzRequest) -> Any:
    """Make the login; they log in with it."""
    form, token = read_form(request, NewPasswordInput), request.matchdict["token"]
    with request.work.read(request.actor) as look:
        found = invitations.invitation_of(look, token)
    if not form.is_valid:
        return again(request, form, good=found)
    try:
        invitations.accept(request.work, request.actor, token, form.checked().password.get_secret_value())
    except LinkNotGood:
        return again(request, form, good=None)
    except InvalidInput as error:
        form.refuse(error)
        return again(request, form, good=found)
    flash(request, "ok", "Welcome. Please log in with your new password.")
    return go(request, "login")
