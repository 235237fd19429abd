"""/admin/tlds/: endings that are sold, their rules and prices; what a registrar asks, taken in with a margin."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ezcore.domain_names.tlds import operations, queries
from ezcore.domain_names.tlds.models import Tld
from ezcore.domain_names.tlds.operations import TldFacts
from ezcore.domain_names.tlds.rules import MOST_YEARS, PPM, ImportRow, Margin, YearsPrice
from ezcore.kernel.currency import currency as known_currency
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.kernel.money import Money
from ezcore.plugin_api.errors import StepSignal
from ezcore.plugin_api.ports.registrar import Registrar, RegistrarCapability, TldTerms
from ezcore.web.admin.tables import Column, link, listing
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import fields_of
from ezcore.web.shared.forms import read_form, sentence
from ezcore.web.shared.markup import badge, money
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

FORM: Final = "admin/tld.pt"
IMPORT: Final = "admin/tld_import.pt"
COLUMNS: Final = ("register", "renew", "transfer", "restore")


class TldForm(BaseModel):
    """An ending's rules."""

    model_config = ConfigDict(extra="ignore")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=63)] = Field(
        title="Ending", description="Without the first dot, such as com or co.uk"
    )
    registrar: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)] = Field(
        title="Registrar"
    )
    active: bool = Field(default=True, title="On sale")
    min_years: int = Field(default=1, ge=1, le=10, title="Fewest years")
    max_years: int = Field(default=10, ge=1, le=10, title="Most years")
    grace_days: int = Field(default=0, ge=0, le=120, title="Days of grace after the expiry")
    redemption_days: int = Field(default=0, ge=0, le=120, title="Days of redemption after that")
    idn: bool = Field(default=False, title="International names")
    mixed_scripts: bool = Field(default=False, title="Let names through that mix alphabets")
    ascii_contacts: bool = Field(default=True, title="Contacts in plain letters only")
    transfer_needs_code: bool = Field(default=True, title="Transfers need a code")
    position: int = Field(default=0, ge=0, le=9999, title="Place in the list")


class MarginForm(BaseModel):
    """What is put on costs."""

    model_config = ConfigDict(extra="ignore")

    percent: float = Field(default=0, ge=0, le=1000, title="Margin", description="Percent of the cost")
    fixed: float = Field(default=0, ge=0, le=10_000, title="And an amount")
    ending: int | None = Field(
        default=None, ge=0, le=999, title="Prices end in", description="Such as 99; empty: no rounding"
    )
    rate: float = Field(
        default=1, gt=0, le=100_000, title="Rate", description="One unit of the registrar's currency in ours"
    )

    def margin(self, digits: int) -> Margin:
        """As the rules know it."""
        return Margin(
            round(self.percent * PPM / 100),
            round(self.fixed * 10**digits),
            self.ending,
            round(self.rate * PPM),
        )


@page("admin.tlds", "/admin/tlds/", permission="staff.read", template="admin/tlds.pt")
def tlds_list(request: Any) -> dict[str, Any]:
    """Endings in the operator's order, with the price of the shortest term."""
    currency = request.settings.shop.currency

    def row(found: Any) -> list[Any]:
        tld = found[0]
        price = queries.cheapest(tld, currency)
        state = badge("active", "On sale") if tld.active and price else badge("available", "Not sold")
        return [
            link(request, f".{tld.name}", "admin.tld", tld.registrar, id=tld.id), state,
            money(price.register_price if price else None), money(price.renew_price if price else None),
        ]  # fmt: skip

    columns = (Column("Ending"), Column("Status", "c-r"), Column("Register", "end"), Column("Renew", "end"))
    query = select(Tld).options(selectinload(Tld.prices)).order_by(Tld.position, Tld.name)
    found = listing(
        request, query, row, title="Domain prices", columns=columns,
        empty="No endings yet: add one, or import what your registrar sells.",
    )  # fmt: skip
    return found.page() | {"registrars": _registrars(request)}


@page("admin.tld.new", "/admin/tlds/new/", permission="catalog.manage", template=FORM)
def new(request: Any) -> dict[str, Any]:
    """An empty form."""
    return _page(request, None, {}, {}, {})


@page(
    "admin.tld.new",
    "/admin/tlds/new/",
    method="POST",
    permission="catalog.manage",
    template=FORM,
    audit="tld.add",
)
def add(request: Any) -> Any:
    """Add an ending; its prices come next."""
    form = read_form(request, TldForm)
    if form.model is not None:
        try:
            tld = operations.add(request.uow, TldFacts(**form.model.model_dump()))
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", f".{tld.name} is there. Write its prices now.")
            return HTTPSeeOther(request.route_path("admin.tld", id=tld.id))
    request.response.status_code = 422
    return _page(request, None, form.values, form.errors, {})


@page("admin.tld", "/admin/tlds/{id}/", permission="staff.read", template=FORM)
def show(request: Any) -> dict[str, Any]:
    """Rules and prices of one ending."""
    tld = queries.by_id(request.uow, path_id(request))
    return _page(request, tld, vars(tld), {}, _typed(tld, request.settings.shop.currency))


@page(
    "admin.tld",
    "/admin/tlds/{id}/",
    method="POST",
    permission="catalog.manage",
    template=FORM,
    audit="tld.change",
)
def save(request: Any) -> Any:
    """Rules, or prices by the button that was pressed. A price that is typed here is never replaced by an import."""
    tld = queries.by_id(request.uow, path_id(request))
    currency = request.settings.shop.currency
    if request.POST.get("do") == "prices":
        typed = {
            f"{name}-{year}": str(request.POST.get(f"{name}-{year}", ""))[:20]
            for year in _years()
            for name in COLUMNS
        }
        try:
            operations.set_prices(request.uow, tld, currency, _read_prices(typed, currency))
        except InvalidInput as error:
            request.response.status_code = 422
            return _page(request, tld, vars(tld), {error.field or "prices": sentence(error.message)}, typed)
        flash(request, "ok", f"Prices of .{tld.name} are kept.")
        return HTTPSeeOther(request.route_path("admin.tld", id=tld.id))
    form = read_form(request, TldForm, standing={"name": tld.name})
    if form.model is not None:
        try:
            operations.change(request.uow, tld, TldFacts(**form.model.model_dump() | {"name": tld.name}))
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", f".{tld.name} is changed.")
            return HTTPSeeOther(request.route_path("admin.tld", id=tld.id))
    request.response.status_code = 422
    return _page(request, tld, form.values, form.errors, _typed(tld, currency))


@page(
    "admin.tld.import",
    "/admin/tlds/import/{name}/",
    permission="catalog.manage",
    template=IMPORT,
    ambient=False,
)
def ask(request: Any) -> dict[str, Any]:
    """What the registrar asks, with the margin that was used last; the address carries another one to try."""
    return _import_page(request, *_look(request))


@page(
    "admin.tld.import", "/admin/tlds/import/{name}/", method="POST", permission="catalog.manage", template=IMPORT,
    audit="tld.prices", ambient=False,
)  # fmt: skip
def take_in(request: Any) -> Any:
    """Preview with another margin, or take in the endings that were ticked."""
    terms, currency = _look(request)
    form = read_form(request, MarginForm)
    if form.model is None:
        request.response.status_code = 422
        return _import_page(request, terms, currency, form.values, form.errors)
    margin = form.model.margin(known_currency(currency).exponent)
    if request.POST.get("do") != "take":
        return _import_page(request, terms, currency, form.values, {}, margin)
    chosen = {str(name) for name in request.POST.getall("tld")}
    if not chosen:
        request.response.status_code = 422
        return _import_page(
            request, terms, currency, form.values, {"tld": "Tick the endings to take in"}, margin
        )
    try:
        with request.work.write(request.actor) as uow:
            rows = operations.preview_import(uow, request.matchdict["name"], terms, margin, currency)
            count = operations.take_in(uow, request.matchdict["name"], rows, chosen, margin, currency)
    except InvalidInput as error:
        request.response.status_code = 422
        name = error.field or "percent"
        return _import_page(request, terms, currency, form.values, {name: sentence(error.message)})
    flash(request, "ok", f"{count} endings are taken in. Prices that were typed stay.")
    return HTTPSeeOther(request.route_path("admin.tlds"))


def _look(request: Any) -> tuple[list[TldTerms], str]:
    name = request.matchdict["name"]
    if name not in dict(_registrars(request)):
        raise NotFound("there is no registrar that tells its prices by this name")
    try:
        terms = list(request.host_of_plugins.ports.get(Registrar, name).prices())
    except StepSignal as signal:
        raise Refused(f"the registrar does not answer: {signal}") from signal
    return terms, request.settings.shop.currency


def _import_page(
    request: Any,
    terms: list[TldTerms],
    currency: str,
    values: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
    margin: Margin | None = None,
) -> dict[str, Any]:
    name, wrong = request.matchdict["name"], dict(errors or {})
    rows: list[ImportRow] = []
    with request.work.read(request.actor) as uow:
        margin = margin or queries.margin_of(uow, name, currency)
        try:
            rows = operations.preview_import(uow, name, terms, margin, currency)
        except InvalidInput as error:
            wrong.setdefault(error.field or "percent", sentence(error.message))
            request.response.status_code = 422
    shown = values or {
        "percent": margin.percent_ppm * 100 / PPM, "fixed": Money(margin.fixed_minor, currency).decimal,
        "ending": margin.ending_minor, "rate": margin.rate_ppm / PPM,
    }  # fmt: skip
    return {
        "registrar": name, "rows": rows, "currency": currency, "fields": fields_of(MarginForm, shown, wrong),
        "errors": wrong,
    }  # fmt: skip


def _page(
    request: Any, tld: Tld | None, values: Any, errors: dict[str, str], typed: dict[str, str]
) -> dict[str, Any]:
    fixed = {"name": "what it is"} if tld is not None else {}
    return {
        "tld": tld, "fields": fields_of(TldForm, values, errors, fixed), "errors": errors, "typed": typed,
        "years": _years(), "currency": request.settings.shop.currency, "registrars": _registrars(request),
        "explicit": {one.years for one in tld.prices if one.explicit} if tld is not None else set(),
    }  # fmt: skip


def _registrars(request: Any) -> list[tuple[str, str]]:
    """Those that tell their prices."""
    ports = request.host_of_plugins.ports
    every = [ports.get(Registrar, name) for name in ports.names(Registrar)]
    return [(one.name, one.label) for one in every if RegistrarCapability.PRICES in one.capabilities]


def _years() -> range:
    return range(1, MOST_YEARS + 1)


def _typed(tld: Tld, currency: str) -> dict[str, str]:
    found = {}
    for row in tld.prices:
        if row.currency == currency:
            one = queries.as_years(row)
            for name in COLUMNS:
                amount = getattr(one, name)
                found[f"{name}-{row.years}"] = f"{amount.decimal:f}" if amount is not None else ""
    return found


def _read_prices(typed: dict[str, str], currency: str) -> list[YearsPrice]:
    """The rows that have a price. Raises: InvalidInput naming the field."""
    made = []
    for year in _years():
        cells = {name: typed[f"{name}-{year}"].strip() for name in COLUMNS}
        if not any(cells.values()):
            continue
        amounts: dict[str, Money | None] = {}
        for name, text in cells.items():
            try:
                amounts[name] = Money.parse(text, currency) if text else None
            except InvalidInput as error:
                raise InvalidInput(error.message, field=f"{name}-{year}") from error
        register, renew = amounts["register"], amounts["renew"]
        if register is None or renew is None:
            missing = "register" if register is None else "renew"
            raise InvalidInput(
                "write both: what the first term and what a renewal costs", field=f"{missing}-{year}"
            )
        made.append(YearsPrice(year, register, renew, amounts["transfer"], amounts["restore"]))
    return made
