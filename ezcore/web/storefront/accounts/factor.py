"""Two-factor: set it up with an app, recovery codes shown once, turn it off after the password. Clients and staff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyramid.renderers import render_to_response

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.errors import TooManyTries
from ezcore.accounts.factors import operations as factors
from ezcore.accounts.factors.queries import begun, state_of
from ezcore.accounts.inputs import CodeInput, PasswordOnlyInput
from ezcore.kernel.errors import InvalidInput, NotAllowed
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.qr_code import qr_code
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.sessions import login_session
from ezcore.web.shared.views import page
from ezcore.web.storefront.accounts.answers import again, go, wait
from ezcore.work import UnitOfWork

TEMPLATE = "client/accounts/factor.pt"
CODES = "client/accounts/factor_codes.pt"
ACTS = {
    "begin": (factors.begin, "Scan the picture with your app, then type the code that it shows."),
    "off": (factors.turn_off, "Two-factor is off. Your password alone opens your account."),
}


@page("factor", "/account/two-factor/", public="account door", template=TEMPLATE)
def show_factor(request: EzRequest) -> dict[str, Any]:
    """What stands, and the next step."""
    return _facts(request, request.uow, Form())


@page(
    "factor", "/account/two-factor/", method="POST", public="account door", rate="login", template=TEMPLATE,
    audit="user.second_factor_begin", ambient=False,
)  # fmt: skip
def act(request: EzRequest) -> Any:
    """Begin, turn off, or new recovery codes: after the password was typed again."""
    form, wanted = read_form(request, PasswordOnlyInput), str(request.POST.get("do", "begin"))
    with request.work.read(request.actor) as uow:
        queries.user_of(uow, request.actor)
    try:
        password = form.checked().password.get_secret_value()
        accounts.confirm_own_password(request.work, request.actor, password)
        if wanted == "codes":
            with request.work.write(request.actor) as uow:
                return _codes(request, factors.new_recovery_codes(uow), is_new=False)
        if wanted not in ACTS:
            raise InvalidInput("There is no such change", field="form")  # noqa: TRY301 - answered as any other
        do, words = ACTS[wanted]
        with request.work.write(request.actor) as uow:
            do(uow)
    except TooManyTries as error:
        with request.work.read(request.actor) as uow:
            return wait(request, form, error, **_more(request, uow))
    except InvalidInput as error:
        if form.model is not None:
            form.refuse(error)
        with request.work.read(request.actor) as uow:
            return again(request, form, **_more(request, uow))
    flash(request, "ok", words)
    return go(request, "factor")


@page(
    "factor.confirm", "/account/two-factor/confirm/", method="POST", public="account door", rate="login",
    template=TEMPLATE, audit="user.second_factor_on", ambient=False,
)  # fmt: skip
def confirm(request: EzRequest) -> Any:
    """A code of the app turns it on; the recovery codes are shown now and never again."""
    facts = login_session(request)
    if facts is None:
        raise NotAllowed("Please log in")
    form = read_form(request, CodeInput)
    try:
        with request.work.write(request.actor) as uow:
            codes = factors.confirm(uow, form.checked().code, keep=facts.token_hash)
    except InvalidInput as error:
        if form.model is not None:
            form.refuse(error)
        with request.work.read(request.actor) as uow:
            return again(request, form, **_more(request, uow))
    return _codes(request, codes, is_new=True)


def _codes(request: EzRequest, codes: Sequence[str], *, is_new: bool) -> Any:
    response = render_to_response(CODES, {"codes": codes, "is_new": is_new}, request=request)
    response.headers["Cache-Control"] = "no-store"
    return response


def _facts(request: EzRequest, uow: UnitOfWork, form: Form[Any]) -> dict[str, Any]:
    return {"form": form, **_more(request, uow)}


def _more(request: EzRequest, uow: UnitOfWork) -> dict[str, Any]:
    user, facts = queries.user_of(uow, request.actor), login_session(request)
    open_ = begun(uow, user)
    words = "QR code with the secret below, for an app that makes one-time codes"
    return {
        "state": state_of(uow, user.id),
        "secret": " ".join(open_[0][at : at + 4] for at in range(0, len(open_[0]), 4)) if open_ else None,
        "picture": qr_code(open_[1], words) if open_ else None,
        "email": user.email,
        "must": facts is not None and facts.must_set_up,
        "stays": user.staff_role_id is not None and request.settings.security.staff_two_factor == "required",
    }
