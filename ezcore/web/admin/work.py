"""/admin/work/: what people have to do, one piece of it with its checklist, questions and time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts.models import Client
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.services.manual import operations as manual
from ezcore.services.manual import queries
from ezcore.services.manual.models import WorkRequest, WorkState
from ezcore.services.manual.rules import is_open
from ezcore.services.services.models import Service
from ezcore.support.tickets import queries as tickets
from ezcore.web.admin.tables import Column, chosen_state, counted, link, listing, state_filters
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.prose import prose
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page

LABELS = {
    "words": "Words",
    "minutes": "Minutes",
    "text": "What was done",
    "assignee": "Assignee",
    "bill": "Bill it",
}


class Step(BaseModel):
    """What happens to the work, in words for the client."""

    do: Literal["start", "ask", "complete", "failed", "cancelled"]
    words: Annotated[str, StringConstraints(max_length=10_000)] = ""


class Tick(BaseModel):
    """A line of the checklist."""

    item: Annotated[int, Field(ge=1)]
    done: bool = False


class Time(BaseModel):
    """Minutes spent."""

    minutes: Annotated[int, Field(ge=1, le=1440)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
    bill: bool = False


class Assignee(BaseModel):
    """Who has it."""

    assignee: Annotated[int, Field(ge=1)] | None = None


@page("admin.works", "/admin/work/", permission="staff.read", template="admin/list.pt")
def list_work(request: Any) -> dict[str, Any]:
    """Last moved first."""
    zone, counts = request.settings.shop.time_zone, counted(request, WorkRequest.state)
    query = queries.queue()
    if wanted := chosen_state(request, counts, "state", set(WorkState)):
        query = query.where(WorkRequest.state == wanted)

    def row(found: Any) -> list[Any]:
        work, service, client, assignee = found
        return [
            link(request, work.title, "admin.work", f"{service}, {client}", id=work.id),
            badge(f"work_{work.state}"),
            assignee or "nobody",
            moment(work.moved_at, zone),
        ]

    return listing(
        request, query, row,
        title="Work", lead="What people do: websites, support, everything that no module does.",
        columns=(Column("Work"), Column("State", "c-r"), Column("Assignee"), Column("Last change")),
        keep=("state",),
        filters=state_filters(request, counts, "state", lambda state: kind_and_word(f"work_{state}")[1]),
        empty="Nobody asked for work.",
    ).page()  # fmt: skip


@page("admin.work", "/admin/work/{id}/", permission="staff.read", template="admin/work.pt")
def show(request: Any) -> dict[str, Any]:
    """One piece of work."""
    return _facts(request, _work(request), Form())


@page(
    "admin.work.step", "/admin/work/{id}/step/", method="POST", permission="services.manage",
    audit="work.<state>", template="admin/work.pt",
)  # fmt: skip
def step(request: Any) -> Any:
    """Start, ask back, or finish."""

    def act(work: WorkRequest, typed: Step) -> None:
        if typed.do == "start":
            manual.start(request.uow, work)
        elif typed.do == "ask":
            manual.ask(request.uow, work, typed.words)
        else:
            manual.finish(request.uow, work, WorkState(typed.do), typed.words)

    return _do(request, Step, act, "words")


@page(
    "admin.work.tick", "/admin/work/{id}/tick/", method="POST", permission="services.manage",
    audit="work.tick", template="admin/work.pt",
)  # fmt: skip
def tick(request: Any) -> Any:
    """Tick a line off, or not."""
    return _do(
        request, Tick, lambda work, typed: manual.tick(request.uow, work, typed.item, done=typed.done), "item"
    )


@page(
    "admin.work.time", "/admin/work/{id}/time/", method="POST", permission="services.manage",
    audit="work.time", template="admin/work.pt",
)  # fmt: skip
def note_time(request: Any) -> Any:
    """Note time; billed time goes with the client's next invoice."""

    def act(work: WorkRequest, typed: Time) -> None:
        manual.note_time(request.uow, work, typed.minutes, typed.text, bill=typed.bill)

    return _do(request, Time, act, "minutes")


@page(
    "admin.work.assign", "/admin/work/{id}/assign/", method="POST", permission="services.manage",
    audit="work.assign", template="admin/work.pt",
)  # fmt: skip
def assign(request: Any) -> Any:
    """Give it to somebody."""
    return _do(
        request, Assignee, lambda work, typed: manual.assign(request.uow, work, typed.assignee), "assignee"
    )


def _do(request: Any, model: type[BaseModel], act: Callable[[WorkRequest, Any], None], default: str) -> Any:
    found, form = _work(request), read_form(request, model)
    if form.is_valid:
        try:
            act(found, form.checked())
        except InvalidInput as error:
            form.refuse(error, default)
        except Refused as error:
            form.errors[default] = error.message.capitalize()
        else:
            flash(request, "ok", "Saved")
            return HTTPSeeOther(request.route_path("admin.work", id=found.id))
    request.response.status_code = 422
    return _facts(request, found, form)


def _work(request: Any) -> WorkRequest:
    return queries.by_id(request.uow, path_id(request))


def _facts(request: Any, found: WorkRequest, form: Form[Any]) -> dict[str, Any]:
    uow = request.uow
    service = uow.session.get_one(Service, found.service_id)
    times = queries.times_of(uow, found.id)
    return {
        "work": found,
        "service": service,
        "client": uow.session.get_one(Client, found.client_id),
        "items": queries.items_of(uow, found.id),
        "times": times,
        "minutes": sum(one.minutes for one in times),
        "may_bill": queries.product_of(service).hourly is not None and request.actor.may("billing.manage"),
        "open": is_open(found.state),
        "tickets": tickets.about(uow, "work_request", found.id),
        "staff": [(str(user.id), user.name or user.email) for user in tickets.assignees(uow)],
        "prose": prose,
        "form": form,
        "errors": form.errors,
        "labels": LABELS,
    }
