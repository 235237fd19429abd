"""The demo app: a plugin's pages that show what the web floor does around any page."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field, SecretStr
from pyramid.httpexceptions import HTTPSeeOther
from pyramid.response import Response
from sqlalchemy import text

from ezcore.kernel.errors import InvalidInput, NotAllowed, NotFound, Refused
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import fields_of
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.paging import paging, sorting
from ezcore.web.shared.views import page

OPEN = "storefront"
ERRORS = {"refused": Refused, "invalid": InvalidInput, "missing": NotFound, "forbidden": NotAllowed}


class Mailbox(BaseModel):
    name: str = Field(min_length=2, max_length=40, description="As the client will see it")
    size: int = Field(default=5, ge=1, le=100)
    price: Decimal | None = None
    plan: Literal["small", "large"] = "small"
    password: SecretStr | None = None
    aliases: list[str] = []
    catch_all: bool = False


@page("hello", "/hello/", public=OPEN, template="hello.pt")
def hello(request):
    return {"words": request.GET.get("words", "")}


@page("box", "/box/", public=OPEN, template="box.pt")
def show(request):
    return _page(Form())


@page("box", "/box/", method="POST", public=OPEN, template="box.pt", audit="mailbox.create")
def save(request):
    form = read_form(request, Mailbox)
    _write(request, form.value("name"))
    if not form.is_valid:
        request.response.status_code = 422
        return _page(form)
    flash(request, "ok", f"{form.checked().name} is kept")
    return HTTPSeeOther(request.route_path("demo.hello"))


@page("fails", "/fails/{how}/", method="POST", public=OPEN, audit="none: it always fails")
def fails(request):
    _write(request, request.matchdict["how"])
    how = request.matchdict["how"]
    if how == "redirect":
        raise HTTPSeeOther("/")
    if how == "defect":
        raise RuntimeError("secret detail")
    if how == "late":
        request.uow.session.execute(text("INSERT INTO demo_box (name) VALUES ('late'), ('late')"))
    raise ERRORS[how]("the words of the trade")


@page("vendor", "/vendor/", method="POST", public=OPEN, audit="none: no effect", ambient=False)
def vendor(request):
    return Response(request.uow.actor.name)


@page("reads", "/reads/", public=OPEN)
def reads(request):
    _write(request, "by a GET")
    return Response("kept")


@page("macros", "/macros/", public=OPEN, template="macros.pt")
def macros(request):
    return {
        "paging": paging(request, 730, keep=("state",)),
        "sorting": sorting(request, ("name", "size"), "name", keep=("state",)),
        "now": request.uow.now(),
    }


@page("staff", "/admin/boxes/", permission="staff.read")
def staff(request):
    return Response("for staff")


@page("slow", "/slow/", method="POST", public=OPEN, audit="none: no effect", rate="login")
def slow(request):
    return Response("tried")


def _page(form):
    return {"form": form, "boxes": fields_of(Mailbox, form.values, form.errors)}


def _write(request, name):
    request.uow.ring()
    request.uow.session.execute(text("INSERT INTO demo_box (name) VALUES (:name)"), {"name": str(name)})


@page("contest", "/contest/", method="POST", public=OPEN, audit="none: a table of tests")
def contest(request):
    request.registry["tests.contest"](request)
    return Response("kept")


@page("heard", "/heard/", method="POST", public=OPEN, audit="none: a table of tests", ambient=False)
def heard(request):
    request.registry["tests.contest"](request)
    return Response("kept")
