"""A product from nothing: its name, shelf and module; then what the module asks for, as a form of the plugin's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.catalog.products import operations as catalog
from ezcore.catalog.products.models import Product, ProductGroup
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.languages import say
from ezcore.plugin_api.ports.provisioning import ProvisioningModule
from ezcore.web.admin.products.pages import found
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import Field as FormField
from ezcore.web.shared.form_fields import fields_of
from ezcore.web.shared.forms import Form, read_form, sentence
from ezcore.web.shared.views import page

NEW: Final = "admin/products/new.pt"
MODULE: Final = "admin/products/module.pt"
NEW_SHELF: Final = "new"
Slug = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)
]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class NewCard(BaseModel):
    """What a product begins with; everything else is written on its page."""

    name: Line = Field(title="Name")
    slug: Slug = Field(title="Address", description="In /pricing/…/: small letters, digits, hyphens")
    blurb: str = Field("", title="One line", max_length=200)
    shelf: str = Field("", title="Shelf", max_length=60)
    new_shelf: str = Field("", title="Name of the new shelf", max_length=80)
    kind: str = Field("other", title="Kind", max_length=40)
    module: str = Field("", title="Module", description="Who sets it up", max_length=40)
    is_addon: bool = Field(default=False, title="Add-on", description="Sold only with another product")


@page("admin.product.new", "/admin/products/new/", permission="catalog.manage", template=NEW)
def new(request: Any) -> dict[str, Any]:
    """An empty form."""
    return _facts(request, Form())


@page(
    "admin.product.new", "/admin/products/new/", method="POST", permission="catalog.manage",
    audit="product.create", template=NEW,
)  # fmt: skip
def create(request: Any) -> Any:
    """Make the product, hidden: it is shown when it has its prices."""
    form = read_form(request, NewCard)
    if form.is_valid:
        try:
            made = _create(request, form.checked())
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", f"{made.name} is made; it stays hidden until you show it")
            route = "admin.product.module" if made.module else "admin.product"
            return HTTPSeeOther(request.route_path(route, id=made.id))
    request.response.status_code = 422
    return _facts(request, form)


@page(
    "admin.product.module", "/admin/products/{id}/module/", permission="catalog.manage", template=MODULE
)  # fmt: skip
def module(request: Any) -> dict[str, Any]:
    """What the module asks for, as it stands."""
    one = found(request)
    port = _port(request, one)
    return _module(one, port, fields_of(port.product_model, one.settings, {}), {})


@page(
    "admin.product.module", "/admin/products/{id}/module/", method="POST", permission="catalog.manage",
    audit="product.settings", template=MODULE,
)  # fmt: skip
def save_module(request: Any) -> Any:
    """Keep it for what is sold from now on; services that run have their own copy."""
    one = found(request)
    port = _port(request, one)
    form = read_form(request, port.product_model)
    if not form.is_valid:
        request.response.status_code = 422
        return _module(one, port, fields_of(port.product_model, form.values, form.errors), form.errors)
    catalog.set_settings(request.uow, one, form.checked().model_dump(mode="json"))
    flash(request, "ok", "The settings are saved")
    return HTTPSeeOther(request.route_path("admin.product", id=one.id))


def _create(request: Any, typed: NewCard) -> Product:
    with request.uow.session.begin_nested():
        if typed.kind not in dict(_kinds(request)):
            raise InvalidInput("choose one of those offered", field="kind")
        if typed.module and typed.module not in dict(_modules(request)):
            raise InvalidInput("choose one of those offered", field="module")
        fresh = catalog.NewProduct(
            slug=typed.slug, name=typed.name, kind=typed.kind, blurb=typed.blurb, module=typed.module or None,
            is_addon=typed.is_addon,
        )  # fmt: skip
        made = catalog.create_product(request.uow, _shelf(request, typed), fresh)
        catalog.change_product(
            request.uow, made, catalog.ProductFacts(name=made.name, blurb=made.blurb, hidden=True)
        )
        return made


def _shelf(request: Any, typed: NewCard) -> ProductGroup:
    """The shelf that was chosen, or a new one. Raises: InvalidInput."""
    if typed.shelf == NEW_SHELF:
        name = typed.new_shelf.strip()
        if not name:
            raise InvalidInput("give the new shelf a name", field="new_shelf")
        slug = "-".join(
            "".join(char if char.isascii() and char.isalnum() else " " for char in name.lower()).split()
        )
        if not slug:
            raise InvalidInput("use some plain letters or digits", field="new_shelf")
        try:
            return catalog.create_group(request.uow, slug[:60].strip("-"), name)
        except InvalidInput as error:
            raise InvalidInput(error.message, field="new_shelf") from error
    for one in _groups(request):
        if one.slug == typed.shelf:
            return one
    raise InvalidInput("choose a shelf", field="shelf")


def _groups(request: Any) -> list[ProductGroup]:
    order = (ProductGroup.position, ProductGroup.id)
    return list(request.uow.session.scalars(select(ProductGroup).order_by(*order)))


def _kinds(request: Any) -> list[tuple[str, str]]:
    """Kinds that plugins bring, those that are sold already, and what is neither."""
    brought = {
        one.name: one.title for kinds in request.host_of_plugins.product_kinds().values() for one in kinds
    }
    sold = request.uow.session.scalars(select(Product.kind).distinct())
    known = {name: name.replace("_", " ").capitalize() for name in (*sold, "other")}
    return sorted((known | brought).items(), key=lambda item: item[1])


def _modules(request: Any) -> list[tuple[str, str]]:
    ports = request.host_of_plugins.ports
    return [
        (name, say(ports.get(ProvisioningModule, name).label)) for name in ports.names(ProvisioningModule)
    ]


def _port(request: Any, one: Product) -> ProvisioningModule:
    """The module of a product. Raises: NotFound when people set it up, or when the plugin rests."""
    ports = request.host_of_plugins.ports
    if one.module is None or one.module not in ports.names(ProvisioningModule):
        raise NotFound("no module asks for anything here")
    port: ProvisioningModule = ports.get(ProvisioningModule, one.module)
    return port


def _facts(request: Any, form: Form[NewCard]) -> dict[str, Any]:
    fields = fields_of(NewCard, form.values, form.errors)
    shelves = tuple((one.slug, one.name) for one in _groups(request))
    choices = {
        "shelf": (("", "Choose"), *shelves, (NEW_SHELF, "A new shelf")),
        "kind": tuple(_kinds(request)),
        "module": (("", "Nobody: set up by hand"), *_modules(request)),
    }
    offered = [
        replace(one, kind="select", choices=choices[one.name], required=True) if one.name in choices else one
        for one in fields
    ]
    labels = {name: info.title for name, info in NewCard.model_fields.items()}
    return {"fields": offered, "errors": form.errors, "labels": labels}


def _module(
    one: Product, port: ProvisioningModule, fields: list[FormField], errors: dict[str, str]
) -> dict[str, Any]:
    return {
        "product": one,
        "module": say(port.label),
        "fields": fields,
        "errors": {name: sentence(words) for name, words in errors.items()},
        "labels": {field.name: field.label for field in fields},
    }
