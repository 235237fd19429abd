"""/admin/content/network/: tell what happens to the network, tell how it goes on, plan work."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.languages import say
from ezcore.publishing.incidents import operations as incidents
from ezcore.publishing.incidents import queries
from ezcore.publishing.incidents.models import Impact, Incident, IncidentKind, IncidentState
from ezcore.publishing.incidents.operations import Facts
from ezcore.publishing.incidents.rules import STEPS, phase
from ezcore.publishing.instants import read_instant, write_instant
from ezcore.publishing.text import render
from ezcore.web.admin.publishing.editing import (
    BODY,
    FORM,
    LIST,
    MARKDOWN,
    Act,
    attempt,
    form_page,
    read,
    status_of,
    wants_preview,
)
from ezcore.web.admin.tables import Column, link, listing
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import NEEDED
from ezcore.web.shared.forms import Form
from ezcore.web.shared.markup import moment
from ezcore.web.shared.network_words import phase_badge, phase_word
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page


class FactsInput(BaseModel):
    """What is the matter, as it is typed; instants are in the shop's time zone."""

    title: str = Field("", title="Title", max_length=400, json_schema_extra=NEEDED)
    impact: Impact = Field(Impact.DEGRADED, title="What clients notice")
    starts_at: str = Field("", title="From", description="2026-03-31 14:30; empty: now", max_length=40)
    ends_at: str = Field("", title="To", description="Planned work has an end", max_length=40)
    components: list[Annotated[int, Field(ge=1)]] = Field(default_factory=list, max_length=200)


class NewInput(FactsInput):
    """A new one says its kind and its first words as well."""

    kind: IncidentKind = Field(IncidentKind.INCIDENT, title="Kind")
    body: str = Field("", title="What we know", description=MARKDOWN, json_schema_extra=BODY)


class UpdateInput(BaseModel):
    """How it goes on."""

    state: IncidentState = Field(IncidentState.INVESTIGATING, title="How far we are")
    body: str = Field("", title="What we know now", description=MARKDOWN, json_schema_extra=BODY)


@page("admin.incidents", "/admin/content/network/", permission="content.manage", template=LIST)
def list_incidents(request: Any) -> dict[str, Any]:
    """All of them, the newest first."""
    now, zone = request.uow.now(), request.settings.shop.time_zone

    def row(found: Any) -> list[Any]:
        (one,) = found
        title = link(request, one.title, "admin.incident", one.kind.capitalize(), id=one.id)
        return [
            title, status_of(one.published_at, now), phase_badge(phase(one, now)), moment(one.starts_at, zone)
        ]  # fmt: skip

    return listing(
        request, queries.for_staff(), row, title="Network status", lead="What happened, happens and is planned.",
        columns=(Column("Report"), Column("Status", "c-r"), Column("How far"), Column("From")),
        empty="Nothing was reported yet.",
    ).page() | {
        "add": ("Report or plan", request.route_path("admin.incident.new")),
        "more": [("Parts", request.route_path("admin.parts"))],
    }  # fmt: skip


@page("admin.incident.new", "/admin/content/network/new/", permission="content.manage", template=FORM)
def new(request: Any) -> dict[str, Any]:
    """An empty form."""
    return _new_page(request, Form())


@page(
    "admin.incident.new", "/admin/content/network/new/", method="POST", permission="content.manage",
    audit="incident.add", template=FORM,
)  # fmt: skip
def create(request: Any) -> Any:
    """A report that only staff see yet, or its preview."""
    form = read(request, NewInput)
    if wants_preview(request):
        return _new_page(request, form)
    made = attempt(
        form, lambda typed: incidents.begin(request.uow, _facts(request, typed, typed.kind), typed.body)
    )
    if made is None:
        request.response.status_code = 422
        return _new_page(request, form)
    flash(request, "ok", "Kept. Publish it so that everybody sees it.")
    return HTTPSeeOther(request.route_path("admin.incident", id=made.id))


@page("admin.incident", "/admin/content/network/{id}/", permission="content.manage", template=FORM)
def show(request: Any) -> dict[str, Any]:
    """One of them with what was said."""
    return _page(request, path_id(request), Form())


@page(
    "admin.incident", "/admin/content/network/{id}/", method="POST", permission="content.manage",
    audit="incident.change", template=FORM,
)  # fmt: skip
def save(request: Any) -> Any:
    """Correct the facts."""
    told, form = queries.one_told(request.uow, path_id(request), published=False), read(request, FactsInput)

    def change(typed: Any) -> Incident:
        facts = _facts(request, typed, IncidentKind(told.incident.kind), told.incident)
        incidents.change(request.uow, told.incident, facts)
        return told.incident

    if attempt(form, change) is None:
        request.response.status_code = 422
        return _page(request, told.incident.id, form)
    flash(request, "ok", "Saved.")
    return HTTPSeeOther(request.route_path("admin.incident", id=told.incident.id))


@page("admin.incident.tell", "/admin/content/network/{id}/tell/", permission="content.manage", template=FORM)
def tell_form(request: Any) -> dict[str, Any]:
    """The form for an update."""
    return _tell_page(request, path_id(request), Form())


@page(
    "admin.incident.tell", "/admin/content/network/{id}/tell/", method="POST", permission="content.manage",
    audit="incident.update", template=FORM,
)  # fmt: skip
def tell(request: Any) -> Any:
    """Say how it goes on, or see first how that looks."""
    told, form = queries.one_told(request.uow, path_id(request), published=False), read(request, UpdateInput)
    if wants_preview(request):
        return _tell_page(request, told.incident.id, form)
    said = attempt(form, lambda typed: incidents.tell(request.uow, told.incident, typed.state, typed.body))
    if said is None:
        request.response.status_code = 422
        return _tell_page(request, told.incident.id, form)
    flash(request, "ok", "Said.")
    return HTTPSeeOther(request.route_path("admin.incident", id=told.incident.id))


@page(
    "admin.incident.publish", "/admin/content/network/{id}/publish/", method="POST",
    permission="content.manage", audit="incident.publish",
)  # fmt: skip
def publish(request: Any) -> Any:
    """Everybody sees it."""
    one = queries.one_told(request.uow, path_id(request), published=False).incident
    incidents.publish(request.uow, one)
    flash(request, "ok", "Published. Clients on these servers see it on their dashboard.")
    return HTTPSeeOther(request.route_path("admin.incident", id=one.id))


@page(
    "admin.incident.withdraw", "/admin/content/network/{id}/withdraw/", method="POST",
    permission="content.manage", audit="incident.withdraw",
)  # fmt: skip
def withdraw(request: Any) -> Any:
    """Only staff see it."""
    one = queries.one_told(request.uow, path_id(request), published=False).incident
    incidents.withdraw(request.uow, one)
    flash(request, "ok", "Withdrawn.")
    return HTTPSeeOther(request.route_path("admin.incident", id=one.id))


def _facts(request: Any, typed: FactsInput, kind: IncidentKind, one: Incident | None = None) -> Facts:
    """Raises: InvalidInput naming the field."""
    zone = request.settings.shop.time_zone
    starts_at = read_instant(typed.starts_at, zone, "starts_at") or (one.starts_at if one else None)
    ends_at = read_instant(typed.ends_at, zone, "ends_at")
    return Facts(kind, typed.title, typed.impact, typed.components, starts_at, ends_at)


def _boxes(request: Any, ticked: set[str]) -> list[tuple[int, str, bool]]:
    return [(one.id, one.name, str(one.id) in ticked) for one in queries.components(request.uow)]


def _without_boxes(values: dict[str, Any]) -> dict[str, Any]:
    """The parts are printed as boxes, not as a field."""
    values["fields"] = [field for field in values["fields"] if field.name != "components"]
    return values


def _new_page(request: Any, form: Form[Any]) -> dict[str, Any]:
    url = request.route_path
    return _without_boxes(
        form_page(
            NewInput, form, title=say("Report or plan"), here=url("admin.incident.new"),
            back=(say("Network status"), url("admin.incidents")),
            lead=f"Times are those of {request.settings.shop.time_zone}.",
            boxes=_boxes(request, {str(one) for one in form.values.get("components", ())}),
        )
    )  # fmt: skip


def _page(request: Any, number: int, form: Form[Any]) -> dict[str, Any]:
    url, zone = request.route_path, request.settings.shop.time_zone
    told = queries.one_told(request.uow, number, published=False)
    one = told.incident
    touched = {str(part) for part in queries.touched_parts(request.uow, one.id)}
    if form.values:
        touched = {str(part) for part in form.values.get("components", ())}
    standing = {
        "title": one.title, "impact": one.impact, "starts_at": write_instant(one.starts_at, zone),
        "ends_at": write_instant(one.ends_at, zone),
    }  # fmt: skip
    return _without_boxes(
        form_page(
            FactsInput, form, title=one.title, here=url("admin.incident", id=one.id), standing=standing,
            back=(say("Network status"), url("admin.incidents")), lead=f"Times are those of {zone}.",
            status=phase_badge(told.phase), boxes=_boxes(request, touched), acts=[_act(request, one)],
            told=[(said.at, phase_badge(said.state), render(said.body)) for said in told.updates],
            links=[
                ("Say how it goes on", url("admin.incident.tell", id=one.id)),
                ("Audit log", f"{url('admin.audit')}?object=incident&id={one.id}"),
            ],
            shown_at=url("status.report", id=one.id) if one.published_at is not None else None,
        )
    )  # fmt: skip


def _act(request: Any, one: Incident) -> Act:
    url = request.route_path
    if one.published_at is None:
        words = "Everybody sees it; clients on these servers are told on their dashboard."
        return Act("Publish", words, "Publish", url("admin.incident.publish", id=one.id))
    href = url("admin.incident.withdraw", id=one.id)
    return Act("Withdraw", "Only staff see it from then on.", "Withdraw", href, danger=True)


def _tell_page(request: Any, number: int, form: Form[Any]) -> dict[str, Any]:
    url, told = request.route_path, queries.one_told(request.uow, number, published=False)
    states = [(str(state), phase_word(state)) for state in STEPS[told.incident.kind]]
    return form_page(
        UpdateInput, form, title=say("Say how it goes on"), here=url("admin.incident.tell", id=number),
        back=(told.incident.title, url("admin.incident", id=number)), choices={"state": states},
        standing={"state": told.incident.state}, status=phase_badge(told.phase),
        told=[(said.at, phase_badge(said.state), render(said.body)) for said in told.updates],
    )  # fmt: skip
