"""Order a name: years, owner, nameservers, privacy; for a transfer the code that the present registrar gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts import queries as accounts
from ezcore.catalog.products.models import Product
from ezcore.domain_names.names import queries as domain_names
from ezcore.domain_names.names import search as names
from ezcore.domain_names.names.contacts import ContactForm, check_letters
from ezcore.domain_names.names.models import DomainCheck, sealed_code
from ezcore.domain_names.names.order import OWNER
from ezcore.domain_names.names.rules import (
    check_scripts,
    parse_code,
    parse_name,
    parse_nameservers,
    split,
    to_unicode,
)
from ezcore.domain_names.tlds import queries as tlds
from ezcore.domain_names.tlds.models import Tld, TldPrice
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.orders.carts import names as cart_names
from ezcore.orders.carts import operations as carts
from ezcore.plugin_api.ports.registrar import Registrar, RegistrarCapability
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import Field as InputField
from ezcore.web.shared.form_fields import fields_of
from ezcore.web.shared.forms import read_form, sentence
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.web.storefront.cart_cookie import cart_for_writing
from ezcore.web.storefront.domains import renews_on
from ezcore.work import UnitOfWork

TEMPLATE: Final = "client/domains/order.pt"
STILL_TRUE: Final = timedelta(minutes=30)
Kind = Literal["register", "transfer"]


class Wishes(BaseModel):
    """What is asked besides the owner."""

    model_config = ConfigDict(extra="ignore")

    nameservers: list[str] = Field(
        default_factory=list, title="Nameservers", description="One per line; leave empty to use ours"
    )
    privacy: bool = Field(default=False, title="Hide my address in the public directory")


class WithCode(BaseModel):
    """The code of a transfer: a secret, never shown again."""

    auth_code: SecretStr = Field(
        title="Authorisation code",
        description="From your present registrar; also called EPP code or auth code",
    )


@dataclass
class Wanted:
    """A name that is about to be ordered."""

    name: str
    kind: Kind
    tld: Tld
    registrar: Registrar | None
    prices: list[TldPrice]
    warning: str = ""
    years: int = 1
    wishes: dict[str, Any] = field(default_factory=dict)
    owner: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """As people read it."""
        return to_unicode(self.name)

    def can(self, capability: RegistrarCapability) -> bool:
        """Does the registrar do this? What it does not is not asked."""
        return self.registrar is not None and capability in self.registrar.capabilities

    @property
    def wish_fields(self) -> list[InputField]:
        """Nameservers and privacy, where the registrar takes them; the code of a transfer."""
        asked = fields_of(Wishes, self.wishes, self.errors)
        able = {"nameservers": RegistrarCapability.NAMESERVERS, "privacy": RegistrarCapability.PRIVACY}
        shown = [one for one in asked if self.can(able[one.name])]
        if self.kind == "transfer" and self.tld.transfer_needs_code:
            code = fields_of(WithCode, {}, self.errors)[0]
            hint = WithCode.model_fields["auth_code"].description
            shown.insert(0, InputField(**{**vars(code), "hint": hint}))
        return shown

    @property
    def owner_fields(self) -> list[InputField]:
        """The owner's address."""
        wrong = {
            name.removeprefix(OWNER): text for name, text in self.errors.items() if name.startswith(OWNER)
        }
        return fields_of(ContactForm, self.owner, wrong)

    @property
    def labels(self) -> dict[str, str]:
        """For the list of what is wrong."""
        return {f"{OWNER}{name}": str(info.title) for name, info in ContactForm.model_fields.items()}


@page(
    "domains.order", "/domains/order/", public="storefront", rate="search", template=TEMPLATE, ambient=False
)
def ask(request: EzRequest) -> Any:
    """The form. The registrar is asked once more whether the name is free (or, for a transfer, registered)."""
    with request.work.read(request.actor) as uow:
        wanted = _wanted(request, uow, request.GET)
        if request.actor.client_id is not None:
            wanted.owner = _own_address(uow, request.actor.client_id)
    [answer] = names.look(request.work, request.host_of_plugins.ports, [wanted.name])
    refusal = _refusal(wanted, answer.verdict, answer.reason)
    if refusal:
        flash(request, "warn", refusal)
        return HTTPSeeOther(request.route_path("domains", _query={"q": wanted.shown}))
    return _page(request, wanted)


@page(
    "domains.order", "/domains/order/", method="POST", public="storefront", template=TEMPLATE,
    audit="none: a cart is nobody's property yet",
)  # fmt: skip
def add(request: EzRequest) -> Any:
    """Put it in the cart. What the registrar said a moment ago counts; later it is asked anew."""
    uow = request.uow
    wanted = _wanted(request, uow, request.POST)
    verdict = _remembered(uow, wanted)
    if verdict is None:
        flash(request, "info", "Please look once more: it is a while since we checked this name.")
        query = {"name": wanted.name, "kind": wanted.kind}
        return HTTPSeeOther(request.route_path("domains.order", _query=query))
    params = _read(request, wanted)
    refusal = _refusal(wanted, verdict, "")
    if refusal:
        raise Refused(refusal)
    if not wanted.errors:
        try:
            return _add(request, wanted, params)
        except InvalidInput as error:
            wanted.errors[error.field or "domain"] = sentence(error.message)
    request.response.status_code = 422
    return _page(request, wanted)


def _add(request: EzRequest, wanted: Wanted, params: dict[str, Any]) -> Any:
    cart = cart_for_writing(request)
    cart_names.check_new(request.uow, cart, wanted.name)
    product_id = wanted.tld.product_id if wanted.kind == "register" else wanted.tld.transfer_product_id
    product = request.uow.session.get(Product, product_id) if product_id else None
    if product is None:
        raise Refused(f"names that end in .{wanted.tld.name} cannot be ordered at the moment")
    cycle = f"{wanted.years} year" + ("" if wanted.years == 1 else "s")
    carts.add_line(request.uow, cart, product.slug, cycle, {}, params, wanted.shown)
    flash(request, "ok", f"{wanted.shown} is in your cart.")
    return HTTPSeeOther(request.route_path("cart"))


def _wanted(request: EzRequest, uow: UnitOfWork, sent: Any) -> Wanted:
    """Raises: InvalidInput for a name that cannot be, Refused for one that is here already."""
    kind: Kind = "transfer" if sent.get("kind") == "transfer" else "register"
    name = parse_name(str(sent.get("name", ""))[:1000], "name")
    sold = {tld.name: tld for tld in tlds.sold(uow)}
    _, ending = split(name, sold, "name")
    tld = sold[ending]
    warning = check_scripts(name, idn=tld.idn, mixed=tld.mixed_scripts, field="name")
    if domain_names.live(uow, name) is not None:
        raise Refused(f"{to_unicode(name)} is registered here already")
    currency = request.settings.shop.currency
    prices = [one for one in tld.prices if one.currency == currency]
    if kind == "transfer":
        prices = [one for one in prices if one.transfer_minor is not None]
    if not prices:
        raise NotFound("this cannot be ordered")
    wanted = Wanted(name, kind, tld, _registrar(request, tld), prices, warning or "", prices[0].years)
    if kind == "transfer" and not wanted.can(RegistrarCapability.TRANSFER):
        raise NotFound("names of this ending cannot be brought here")
    return wanted


def _read(request: EzRequest, wanted: Wanted) -> dict[str, Any]:
    """Read the form into what is stored with the cart's line; what is wrong goes to `wanted.errors`."""
    owner = read_form(request, ContactForm, prefix=OWNER)
    wishes = read_form(request, Wishes)
    wanted.owner, wanted.wishes = owner.values, wishes.values
    wanted.errors = {OWNER + name: text for name, text in owner.errors.items()} | wishes.errors
    years = str(request.POST.get("years", ""))
    offered = {str(price.years): price.years for price in wanted.prices}
    if years in offered:
        wanted.years = offered[years]
    else:
        wanted.errors["years"] = "Choose one of those offered"
    params: dict[str, Any] = {"domain": wanted.name, "years": wanted.years, "owner": owner.values}

    def nameservers() -> None:
        params["nameservers"] = _nameservers(wanted, wishes.values.get("nameservers", []))

    def code() -> None:
        params["code_sealed"] = _code(request, wanted)

    def letters() -> None:
        if owner.model is not None and wanted.tld.ascii_contacts:
            check_letters(owner.model.to_contact(), prefix=OWNER)

    for step in (nameservers, code, letters):
        try:
            step()
        except InvalidInput as error:
            wanted.errors.setdefault(error.field or "name", sentence(error.message))
    if owner.model is not None:
        params["owner"] = owner.model.model_dump(mode="json")
    hides = bool(wishes.values.get("privacy"))
    return params | {"privacy": hides and wanted.can(RegistrarCapability.PRIVACY)}


def _nameservers(wanted: Wanted, typed: list[str]) -> list[str]:
    if not typed or not wanted.can(RegistrarCapability.NAMESERVERS):
        return []
    return list(parse_nameservers(typed, wanted.name))


def _code(request: EzRequest, wanted: Wanted) -> str:
    if wanted.kind != "transfer" or not wanted.tld.transfer_needs_code:
        return ""
    return request.uow.box.seal(sealed_code(wanted.name), parse_code(str(request.POST.get("auth_code", ""))))


def _remembered(uow: UnitOfWork, wanted: Wanted) -> str | None:
    found = uow.session.get(DomainCheck, wanted.name)
    if found is None or found.checked_at < uow.now() - STILL_TRUE:
        return None
    if found.answer.get("premium"):
        return "premium"
    return "free" if found.answer.get("available") else "taken"


def _refusal(wanted: Wanted, verdict: str, reason: str) -> str:
    if verdict == "premium":
        return f"The registry asks a special price for {wanted.shown}; we do not sell such names."
    if verdict in ("unknown", "unsold", "ours"):
        return reason or f"{wanted.shown} cannot be ordered at the moment."
    if wanted.kind == "register" and verdict != "free":
        return f"{wanted.shown} is registered already. If it is yours, bring it here by a transfer."
    if wanted.kind == "transfer" and verdict == "free":
        return f"{wanted.shown} is not registered, so there is nothing to bring here. You can register it."
    return ""


def _own_address(uow: UnitOfWork, client_id: int) -> dict[str, Any]:
    client = accounts.client(uow, client_id)
    return {
        "name": client.name, "organization": client.company, "email": client.email,
        "street": ", ".join(part for part in (client.line1, client.line2) if part), "city": client.city,
        "state": client.region, "postcode": client.postcode, "country": client.country,
    }  # fmt: skip


def _registrar(request: EzRequest, tld: Tld) -> Registrar | None:
    try:
        return request.host_of_plugins.ports.get(Registrar, tld.registrar)  # type: ignore[type-abstract]
    except LookupError:
        return None


def _page(request: EzRequest, wanted: Wanted) -> dict[str, Any]:
    today = request.work.clock.today(request.settings.shop.time_zone)
    return {
        "wanted": wanted,
        "terms": [(price, _first(wanted, price), renews_on(today, price.years)) for price in wanted.prices],
        "limits": wanted.registrar.limits if wanted.registrar is not None else (),
        "errors": wanted.errors,
    }


def _first(wanted: Wanted, price: TldPrice) -> Any:
    return price.register_price if wanted.kind == "register" else price.transfer_price
