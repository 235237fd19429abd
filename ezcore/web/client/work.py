"""/work/: what our people do for this client, what may be asked for, and questions that wait for an answer."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.services.manual import operations as manual
from ezcore.services.manual import queries
from ezcore.services.manual.models import WorkRequest
from ezcore.services.manual.rules import form_of, is_open
from ezcore.services.services import queries as services
from ezcore.services.services.models import Service
from ezcore.support.tickets import queries as tickets
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import fields_of
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.prose import prose
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

LABELS = {"title": "What is to be done", "answer": "Answer"}


class Titled(BaseModel):
    """What is to be done, in a few words."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=160)] = ""


class Answer(BaseModel):
    """The answer to a question."""

    answer: Annotated[str, StringConstraints(max_length=10_000)] = ""


@page("works", "/work/", permission="client.services", template="client/works.pt")
def list_work(request: EzRequest) -> dict[str, Any]:
    """What was asked for, and what may be."""
    return {
        "rows": queries.of_client(request.uow, request.client_id),
        "allowed": queries.allowances(request.uow, request.client_id),
    }


@page("work.new", "/work/new/{id}/", permission="client.services", template="client/work_new.pt")
def ask(request: EzRequest) -> dict[str, Any]:
    """The request form of a service; `?about=7` begins the title with the name of that service."""
    return _form(request, _service(request), Form(values={"title": _about(request)}), Form())


@page(
    "work.new", "/work/new/{id}/", method="POST", permission="client.services", audit="work.request",
    template="client/work_new.pt", rate="mail",
)  # fmt: skip
def send(request: EzRequest) -> Any:
    """Ask for work."""
    service = _service(request)
    titled = read_form(request, Titled)
    form = read_form(request, form_of(queries.product_of(service).questions))
    if titled.is_valid and form.is_valid:
        try:
            made = manual.request(
                request.uow, service, titled.checked().title, form.checked().model_dump(mode="json")
            )
        except InvalidInput as error:
            titled.refuse(error)
        else:
            flash(request, "ok", "Thank you. We begin as soon as we can.")
            return HTTPSeeOther(request.route_path("work", id=made.id))
    request.response.status_code = 422
    return _form(request, service, titled, form)


@page("work", "/work/{id}/", permission="client.services", template="client/work.pt")
def show(request: EzRequest) -> dict[str, Any]:
    """How it stands."""
    return _facts(request, _work(request), Form())


@page(
    "work.answer", "/work/{id}/answer/", method="POST", permission="client.services", audit="work.queued",
    template="client/work.pt",
)  # fmt: skip
def answer(request: EzRequest) -> Any:
    """Answer what is asked."""
    found, form = _work(request), read_form(request, Answer)
    if form.is_valid:
        try:
            manual.answer(request.uow, found, form.checked().answer)
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", "Thank you. We go on.")
            return HTTPSeeOther(request.route_path("work", id=found.id))
    request.response.status_code = 422
    return _facts(request, found, form)


def _about(request: EzRequest) -> str:
    """The beginning of a title: the label of the client's own service that the address names, or nothing."""
    number = request.GET.get("about", "")
    own = services.of_client(request.uow, request.client_id) if number else []
    return next((f"{service.label}: " for service, _ in own if str(service.id) == number), "")


def _work(request: EzRequest) -> WorkRequest:
    return queries.by_id(request.uow, path_id(request), request.client_id)


def _service(request: EzRequest) -> Service:
    found = services.by_id(request.uow, path_id(request), request.client_id)
    if found.module != queries.MODULE or queries.product_of(found).kind != "requests":
        raise NotFound("This service has no requests")
    return found


def _form(request: EzRequest, service: Service, titled: Form[Any], form: Form[Any]) -> dict[str, Any]:
    model = form_of(queries.product_of(service).questions)
    titles = {name: field.title or name for name, field in model.model_fields.items()}
    return {
        "service": service,
        "allowed": queries.allowance(request.uow, service),
        "titled": titled,
        "fields": fields_of(model, form.values, form.errors),
        "errors": titled.errors | form.errors,
        "labels": LABELS | titles,
    }


def _facts(request: EzRequest, found: WorkRequest, form: Form[Any]) -> dict[str, Any]:
    items = queries.items_of(request.uow, found.id)
    return {
        "work": found,
        "service": request.uow.session.get_one(Service, found.service_id),
        "items": items,
        "done": sum(item.done_at is not None for item in items),
        "open": is_open(found.state),
        "tickets": tickets.about(request.uow, "work_request", found.id, request.client_id),
        "prose": prose,
        "form": form,
        "errors": form.errors,
        "labels": LABELS,
    }
