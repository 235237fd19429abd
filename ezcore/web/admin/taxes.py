"""/admin/taxes/: the rules with their dates, adding and ending one, and what a client from somewhere would pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import func, or_, select

from ezcore.accounts.countries import countries
from ezcore.accounts.models import TaxNumberState
from ezcore.accounts.tax_numbers import prefix_of
from ezcore.billing.taxes import operations as taxes
from ezcore.billing.taxes import queries
from ezcore.billing.taxes.cases import Buyer, NoTaxRate
from ezcore.billing.taxes.models import TaxRule
from ezcore.billing.taxes.rules import STANDARD, TaxableLine, apply, parse_rate, percent
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.kernel.money import Money
from ezcore.languages import say
from ezcore.web.admin.tables import Column, Filter, link, listing
from ezcore.web.shared import form_fields
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import fields_of
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import day
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
EVERYWHERE: Final = "Everywhere"
SCHEMES: Final = {
    "none": "No tax is charged",
    "rules": "Tax is charged by these rules",
    "eu_vat": "VAT of the European Union is charged by these rules",
}
TREATMENTS: Final = {
    "taxed": "Taxed",
    "reverse_charge": "Reverse charge: the buyer owes the tax",
    "exempt": "Exempt",
    "outside": "No tax",
}
WHEN: Final = {"today": "Valid today", "later": "Later", "over": "Over"}


class RuleInput(BaseModel):
    """A rule as it is typed."""

    name: Text = Field(title="Name", description="Printed on invoices, such as VAT")
    rate: Annotated[str, StringConstraints(strip_whitespace=True, max_length=12)] = Field(
        title="Rate",
        description="Percent, with up to four decimals",
        json_schema_extra={"ui": {"suffix": "%"}},
    )
    country: Annotated[str, StringConstraints(max_length=2)] = Field("", title="Country")
    region: Text = Field("", title="State or region", description="Empty: the whole country")
    tax_class: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = Field(
        STANDARD, title="Tax class", description="What it applies to; products without a class are standard"
    )
    level: Literal["1", "2"] = Field(
        "1", title="Level", description="A second tax of the same place is of level 2"
    )
    compound: bool = Field(
        default=False, title="On top of level 1", description="Else both taxes are on the same net amount"
    )
    valid_from: date = Field(title="First day")
    valid_until: date | None = Field(
        None, title="First day without it", description="Empty: until further notice"
    )


class EndInput(BaseModel):
    """When a rule ends."""

    valid_until: date = Field(title="First day without it")


class PreviewInput(BaseModel):
    """A client that somebody imagines."""

    country: Annotated[str, StringConstraints(max_length=2)]
    region: Text = ""
    confirmed: bool = False
    on: date
    tax_class: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = STANDARD


@page("admin.taxes", "/admin/taxes/", permission="staff.read", template="admin/taxes.pt")
def rules_list(request: Any) -> dict[str, Any]:
    """Every rule, by place; what is valid today at first."""
    today, chosen = request.uow.today(), request.GET.get("when", "today")
    kinds = _kinds(today)
    query = select(TaxRule).order_by(TaxRule.country, TaxRule.region, TaxRule.tax_class, TaxRule.level)
    if chosen in kinds:
        query = query.where(*kinds[chosen])
    found = listing(
        request,
        query.order_by(TaxRule.valid_from.desc()),
        lambda each: _row(request, each[0]),
        title="Taxes",
        columns=(
            Column("Place"),
            Column("Tax", "c-r"),
            Column("Class"),
            Column("Level", "c-hide"),
            Column("From"),
            Column("Last day"),
        ),
        keep=("when",),
        filters=_filters(request, kinds, chosen),
        empty="No rule here.",
    )
    tax = request.settings.tax
    found.extra = {"tax": tax, "scheme": SCHEMES[tax.scheme], "seller": countries().get(tax.seller_country)}
    return found.page()


@page("admin.taxes.new", "/admin/taxes/new/", permission="billing.manage", template="admin/tax_form.pt")
def new_rule(request: Any) -> dict[str, Any]:
    """An empty rule."""
    return _form_of(Form(values={"valid_from": request.uow.today().isoformat(), "tax_class": STANDARD}))


@page(
    "admin.taxes.new", "/admin/taxes/new/", method="POST", permission="billing.manage", audit="tax_rule.create",
    template="admin/tax_form.pt",
)  # fmt: skip
def add_rule(request: Any) -> Any:
    """Keep it."""
    form = read_form(request, RuleInput)
    if form.is_valid:
        try:
            rule = taxes.add_rule(request.uow, _wish(form.checked()))
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", f"{rule.name} {percent(rule.rate_ppm)} % is valid from {rule.valid_from}")
            return HTTPSeeOther(request.route_path("admin.taxes.rule", id=rule.id))
    request.response.status_code = 422
    return _form_of(form)


@page(
    "admin.taxes.union", "/admin/taxes/eu-rates/", method="POST", permission="billing.manage",
    audit="tax_rule.create",
)  # fmt: skip
def load_eu_rates(request: Any) -> Any:
    """The standard rates of the Union, for countries that have no rule yet."""
    added = taxes.seed_eu_rates(request.uow)
    flash(request, "ok", f"{added} rules were added" if added else "Every member state has its rate already")
    return HTTPSeeOther(request.route_path("admin.taxes"))


@page(
    "admin.taxes.preview", "/admin/taxes/preview/", permission="staff.read", template="admin/tax_preview.pt"
)
def preview(request: Any) -> dict[str, Any]:
    """What a client from there would pay on 100; nothing is kept."""
    form = Form[PreviewInput](values={"on": request.uow.today().isoformat(), "tax_class": STANDARD})
    found = None
    if "country" in request.GET:
        form = read_form(SimpleNamespace(POST=request.GET), PreviewInput)  # a question: nothing is sent
        form.values.setdefault("tax_class", STANDARD)
        found = _tried(request, form) if form.is_valid else None
        request.response.status_code = 200 if form.is_valid else 422
    return {"form": form, "found": found, "countries": countries(), "errors": form.errors}


@page("admin.taxes.rule", "/admin/taxes/rules/{id}/", permission="staff.read", template="admin/tax_rule.pt")
def rule_page(request: Any) -> dict[str, Any]:
    """One rule."""
    return _facts(request, {}, "")


@page(
    "admin.taxes.end", "/admin/taxes/rules/{id}/end/", method="POST", permission="billing.manage",
    audit="tax_rule.end", template="admin/tax_rule.pt",
)  # fmt: skip
def end_rule(request: Any) -> Any:
    """The rule ends; what comes after it is a new one."""
    form = read_form(request, EndInput)
    if form.is_valid:
        try:
            taxes.end_rule(request.uow, path_id(request), form.checked().valid_until)
        except InvalidInput as error:
            form.refuse(error)
        else:
            flash(request, "ok", "The rule has its last day")
            return HTTPSeeOther(request.route_path("admin.taxes.rule", id=path_id(request)))
    request.response.status_code = 422
    return _facts(request, form.errors, form.value("valid_until"))


@page(
    "admin.taxes.remove", "/admin/taxes/rules/{id}/remove/", method="POST", permission="billing.manage",
    audit="tax_rule.remove",
)  # fmt: skip
def remove_rule(request: Any) -> Any:
    """A mistake that no document bears."""
    taxes.remove_rule(request.uow, path_id(request))
    flash(request, "ok", "The rule is gone")
    return HTTPSeeOther(request.route_path("admin.taxes"))


def place_words(rule: TaxRule) -> str:
    """Where a rule holds, in words."""
    country = countries().get(rule.country, rule.country) if rule.country else EVERYWHERE
    return f"{country}, {rule.region}" if rule.region else country


def _row(request: Any, rule: TaxRule) -> list[Any]:
    return [
        link(request, place_words(rule), "admin.taxes.rule", rule.country, id=rule.id),
        f"{rule.name} {percent(rule.rate_ppm)} %",
        rule.tax_class,
        say("${level}, on top", level=rule.level) if rule.compound else rule.level,
        day(rule.valid_from),
        day(_last(rule)) if rule.valid_until else "",
    ]


def _last(rule: TaxRule) -> date | None:
    return rule.valid_until - timedelta(days=1) if rule.valid_until else None


def _kinds(today: date) -> Mapping[str, tuple[Any, ...]]:
    return {
        "today": (
            TaxRule.valid_from <= today,
            or_(TaxRule.valid_until.is_(None), TaxRule.valid_until > today),
        ),
        "later": (TaxRule.valid_from > today,),
        "over": (TaxRule.valid_until <= today,),
    }


def _filters(request: Any, kinds: Mapping[str, tuple[Any, ...]], chosen: str) -> list[Filter]:
    counts = {
        name: request.uow.session.scalar(select(func.count()).select_from(TaxRule).where(*only)) or 0
        for name, only in kinds.items()
    }
    every = Filter("All", f"{request.path}?when=all", sum(counts.values()), chosen not in kinds)
    return [
        *(Filter(WHEN[name], f"{request.path}?when={name}", counts[name], chosen == name) for name in kinds),
        every,
    ]


def _form_of(form: Form[RuleInput]) -> dict[str, Any]:
    fields = fields_of(RuleInput, form.values, form.errors)
    return {"form": form, "fields": [_offered(one) for one in fields], "errors": form.errors}


def _offered(field: form_fields.Field) -> form_fields.Field:
    """The country is chosen from the list; what stands in the form already is not called optional."""
    if field.name == "country":
        return replace(field, kind="select", choices=(("", EVERYWHERE), *countries().items()), required=True)
    return replace(field, required=True) if field.name in ("tax_class", "level") else field


def _wish(typed: RuleInput) -> taxes.NewRule:
    return taxes.NewRule(
        name=typed.name,
        rate_ppm=parse_rate(typed.rate),
        valid_from=typed.valid_from,
        valid_until=typed.valid_until,
        country=typed.country,
        region=typed.region,
        tax_class=typed.tax_class,
        level=int(typed.level),
        compound=typed.compound,
    )


def _tried(request: Any, form: Form[PreviewInput]) -> dict[str, Any] | None:
    typed = form.checked()
    if typed.country not in countries():
        form.errors["country"] = "Choose a country from the list"
        return None
    state = TaxNumberState.VALID if typed.confirmed else TaxNumberState.NONE
    number = prefix_of(typed.country) if typed.confirmed else ""
    try:
        case = queries.case_for(request.uow, Buyer(typed.country, typed.region, number, state), typed.on)
    except NoTaxRate as error:
        form.errors["country"] = error.message
        return None
    currency = request.settings.shop.currency
    price = Money.parse("100", currency)
    taxed = apply([TaxableLine(price, typed.tax_class)], case, currency)
    return {
        "case": case,
        "words": TREATMENTS[case.treatment],
        "price": price,
        "taxed": taxed,
        "percent": percent,
    }


def _facts(request: Any, errors: Mapping[str, str], typed: str) -> dict[str, Any]:
    rule = request.uow.session.get(TaxRule, path_id(request))
    if rule is None:
        raise NotFound("There is no such tax rule")
    return {
        "rule": rule,
        "place": place_words(rule),
        "rate": percent(rule.rate_ppm),
        "last": _last(rule),
        "errors": dict(errors),
        "typed": typed,
    }
