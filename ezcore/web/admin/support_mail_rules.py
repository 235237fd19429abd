"""/admin/support/mail-rules/: from whom, and with which words, no mail becomes a ticket."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.kernel.errors import InvalidInput
from ezcore.support.mail import blocking, queries
from ezcore.support.mail.models import RuleKind
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.paging import paged
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

MAY: Final = "support.manage"
TEMPLATE: Final = "admin/support_mail/rules.pt"
PATH: Final = "/admin/support/mail-rules/"
KINDS: Final = (
    (str(RuleKind.ADDRESS), "Address"),
    (str(RuleKind.DOMAIN), "Domain"),
    (str(RuleKind.SUBJECT), "Words in the subject"),
)
LABELS: Final = {"kind": "What is blocked", "value": "Which"}


class Rule(BaseModel):
    """What it looks at, and for what."""

    kind: RuleKind = RuleKind.ADDRESS
    value: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)] = ""


@page("admin.support_mail.rules", PATH, permission=MAY, template=TEMPLATE)
def list_rules(request: Any) -> dict[str, Any]:
    """All of them."""
    return _facts(request, Form())


@page(
    "admin.support_mail.rules", PATH, method="POST", permission=MAY, audit="mail_block.add",
    template=TEMPLATE,
)  # fmt: skip
def add(request: Any) -> Any:
    """A new one."""
    form = read_form(request, Rule)
    if form.is_valid:
        try:
            blocking.add(request.uow, form.checked().kind, form.checked().value)
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", "Blocked from now on")
            return HTTPSeeOther(request.route_path("admin.support_mail.rules"))
    request.response.status_code = 422
    return _facts(request, form)


@page(
    "admin.support_mail.rule.remove", PATH + "{id}/remove/", method="POST", permission=MAY,
    audit="mail_block.remove",
)  # fmt: skip
def remove(request: Any) -> HTTPSeeOther:
    """It blocks no more."""
    blocking.remove(request.uow, path_id(request))
    flash(request, "ok", "Removed")
    return HTTPSeeOther(request.route_path("admin.support_mail.rules"))


def _facts(request: Any, form: Form[Any]) -> dict[str, Any]:
    rules, pages = paged(request, queries.rules(request.uow))
    return {
        "rules": rules, "paging": pages, "kinds": KINDS, "kind_words": dict(KINDS),
        "form": form, "errors": form.errors, "labels": LABELS,
    }  # fmt: skip
