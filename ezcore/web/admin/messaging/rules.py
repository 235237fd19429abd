"""/admin/notice-rules/: when something happens, tell somebody; written, tried, paused and deleted here."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.kernel.errors import InvalidInput
from ezcore.messaging.notices import operations as notices
from ezcore.messaging.notices import queries
from ezcore.messaging.notices import rules as pure
from ezcore.messaging.notices.models import NoticeRule
from ezcore.messaging.notices.operations import Wanted
from ezcore.web.admin.tables import Column, Filter, link, listing
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import badge
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

MAY: Final = "settings.manage"
FORM: Final = "admin/messaging/rule.pt"
CONDITIONS: Final = 3
ACTIONS: Final = (
    ("mail", "Mail to addresses"),
    ("chat", "Message in a chat"),
    ("note", "Note in the admin area"),
)
LABELS: Final = {
    "name": "Name", "event": "Event", "action": "How it tells", "addresses": "Addresses",
    "url": "Address of the webhook", "words": "Words",
} | {f"value_{n}": f"Condition {n}" for n in range(1, CONDITIONS + 1)}  # fmt: skip
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class RuleForm(BaseModel):
    """A rule as it is typed; a condition without a field is none. A blank address keeps the one stored."""

    name: Short = ""
    action: Short = ""
    field_1: Short = ""
    compare_1: Short = "is"
    value_1: Short = ""
    field_2: Short = ""
    compare_2: Short = "is"
    value_2: Short = ""
    field_3: Short = ""
    compare_3: Short = "is"
    value_3: Short = ""
    addresses: list[Short] = []
    url: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    words: Annotated[str, StringConstraints(max_length=5000)] = ""

    def wanted(self, event: str) -> Wanted:
        """As the operation takes it."""
        rows = (
            [getattr(self, f"{part}_{n}") for part in ("field", "compare", "value")]
            for n in range(1, CONDITIONS + 1)
        )
        conditions = [one for one in rows if one[0]]
        return Wanted(self.name, event, self.action, conditions, self.addresses, self.url, self.words)


@page("admin.notice_rules", "/admin/notice-rules/", permission=MAY, template="admin/messaging/rules.pt")
def list_rules(request: Any) -> dict[str, Any]:
    """Those that listen or are paused, with `?show=deleted` the others; and the events a new one can wait for."""
    words, deleted = dict(ACTIONS), request.GET.get("show") == "deleted"

    def row(found: Any) -> list[Any]:
        one = found[0]
        where = one.host or ", ".join(one.addresses)
        return [
            link(request, one.name, "admin.notice_rule", pure.event_words(one.event), id=one.id),
            badge("removed" if one.removed_at else "paused" if one.paused else "active"),
            f"{words[one.action]}{': ' + where if where else ''}",
            len(one.conditions) or "always",
        ]

    columns = (Column("Rule"), Column("Status", "c-r"), Column("Tells", "c-wide"), Column("Conditions"))
    which = NoticeRule.removed_at.is_not(None) if deleted else NoticeRule.removed_at.is_(None)
    query = select(NoticeRule).where(which).order_by(NoticeRule.name, NoticeRule.id)
    found = listing(
        request,
        query,
        row,
        title="Notification rules",
        lead="When something happens, somebody is told: by mail, in a chat, or here.",
        columns=columns,
        keep=("show",),
        filters=(
            Filter("In use", request.path, None, not deleted),
            Filter("Deleted", f"{request.path}?show=deleted", None, deleted),
        ),
        empty="No rule was deleted." if deleted else "Nobody is told of anything yet: choose an event.",
    ).page()
    return found | {"events": pure.event_names()}


@page("admin.notice_rule.new", "/admin/notice-rules/new/", permission=MAY, template=FORM)
def new(request: Any) -> Any:
    """A new rule for the event of the address, which the list offers; without one for the first of them."""
    event = request.GET.get("event", "") or pure.event_names()[0][0]
    pure.event_class(event)
    return _page(event, Form(values={"name": pure.event_words(event), "action": "note"}), None)


@page(
    "admin.notice_rule.new", "/admin/notice-rules/new/", method="POST", permission=MAY,
    audit="notice_rule.add", template=FORM,
)  # fmt: skip
def add(request: Any) -> Any:
    """Make it."""
    form, event = read_form(request, RuleForm), str(request.GET.get("event", ""))
    pure.event_class(event)
    if form.is_valid:
        try:
            made = notices.add(request.uow, form.checked().wanted(event))
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", f"{made.name} listens from now on")
            return HTTPSeeOther(request.route_path("admin.notice_rule", id=made.id))
    request.response.status_code = 422
    return _page(event, form, None)


@page("admin.notice_rule", "/admin/notice-rules/{id}/", permission=MAY, template=FORM)
def show(request: Any) -> dict[str, Any]:
    """One rule, and what came of it."""
    rule = queries.rule(request.uow, path_id(request))
    values: dict[str, Any] = {
        "name": rule.name,
        "action": rule.action,
        "addresses": rule.addresses,
        "words": rule.words,
    }
    for number, condition in enumerate(rule.conditions, 1):
        values |= {
            f"{part}_{number}": one
            for part, one in zip(("field", "compare", "value"), condition, strict=True)
        }
    return _page(rule.event, Form(values=values), rule, request)


@page(
    "admin.notice_rule", "/admin/notice-rules/{id}/", method="POST", permission=MAY,
    audit="notice_rule.change", template=FORM,
)  # fmt: skip
def save(request: Any) -> Any:
    """Change it."""
    rule, form = queries.living(request.uow, path_id(request)), read_form(request, RuleForm)
    if form.is_valid:
        try:
            notices.change(request.uow, rule, form.checked().wanted(rule.event))
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", "Saved")
            return _back(request, rule)
    request.response.status_code = 422
    return _page(rule.event, form, rule, request)


@page(
    "admin.notice_rule.pause", "/admin/notice-rules/{id}/pause/", method="POST", permission=MAY,
    audit="notice_rule.pause",
)  # fmt: skip
def pause(request: Any) -> Any:
    """Stop hearing, or hear again."""
    rule = queries.living(request.uow, path_id(request))
    notices.pause(request.uow, rule, paused=request.POST.get("paused") == "yes")
    flash(request, "ok", "It is paused" if rule.paused else "It listens again")
    return _back(request, rule)


@page(
    "admin.notice_rule.try", "/admin/notice-rules/{id}/try/", method="POST", permission=MAY,
    audit="notice_rule.try",
)  # fmt: skip
def try_now(request: Any) -> Any:
    """Tell of an event that did not happen."""
    rule = queries.living(request.uow, path_id(request))
    notices.try_now(request.uow, rule)
    flash(request, "ok", "A sample is on its way; what comes of it stands below")
    return _back(request, rule)


@page(
    "admin.notice_rule.remove", "/admin/notice-rules/{id}/delete/", permission=MAY,
    template="admin/messaging/rule_remove.pt",
)  # fmt: skip
def ask_to_remove(request: Any) -> dict[str, Any]:
    """What is lost by deleting, and the button."""
    return {"rule": queries.living(request.uow, path_id(request))}


@page(
    "admin.notice_rule.remove", "/admin/notice-rules/{id}/delete/", method="POST", permission=MAY,
    audit="notice_rule.remove",
)  # fmt: skip
def remove(request: Any) -> Any:
    """Delete it."""
    rule = queries.rule(request.uow, path_id(request))
    notices.remove(request.uow, rule)
    flash(request, "ok", "The rule is deleted; what came of it stays")
    return HTTPSeeOther(request.route_path("admin.notice_rules"))


def _back(request: Any, rule: NoticeRule) -> Any:
    return HTTPSeeOther(request.route_path("admin.notice_rule", id=rule.id))


def _page(event: str, form: Form[Any], rule: NoticeRule | None, request: Any = None) -> dict[str, Any]:
    known = pure.event_class(event)
    secret = None
    if rule is not None and rule.secret is not None:
        secret = request.uow.box.open(rule.sealed_as, rule.secret)
    return {
        "event": event,
        "event_words": pure.event_words(event),
        "fields": list(pure.fields_of(known).values()),
        "comparisons": list(pure.COMPARISONS.items()),
        "numbers": range(1, CONDITIONS + 1),
        "actions": ACTIONS,
        "places": sorted(pure.names_for(known)),
        "default_words": pure.default_words(known),
        "rule": rule,
        "secret": secret,
        "outcomes": queries.outcomes(request.uow, rule.id) if rule is not None else (),
        "form": form,
        "errors": form.errors,
        "labels": LABELS,
    }
