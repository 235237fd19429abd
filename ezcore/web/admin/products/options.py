"""The options editor: how a question is asked, its answers, and what each of them adds per cycle and once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, Field
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.catalog.options import operations as options
from ezcore.catalog.options.operations import AddedPrice, NewChoice, NewOption
from ezcore.catalog.options.rules import NO, YES
from ezcore.catalog.products.models import OptionChoice, OptionKind, Price, Product, ProductOption
from ezcore.catalog.products.rules import choice_amounts, prices_on
from ezcore.kernel.errors import InvalidInput
from ezcore.web.admin.products.grid import in_order, read_money
from ezcore.web.admin.products.pages import done, found, option_of
from ezcore.web.shared import cycles
from ezcore.web.shared.flash import flash
from ezcore.web.shared.form_fields import NEEDED, fields_of
from ezcore.web.shared.forms import Form, read_form, sentence
from ezcore.web.shared.views import page

TEMPLATE: Final = "admin/products/option.pt"
BLANK: Final = 2
MOST: Final = 60


class Kind(StrEnum):
    """How an option is answered, in the words of the form."""

    ONE_OF_SEVERAL = "choice"
    QUANTITY = "quantity"
    YES_OR_NO = "yesno"


class Question(BaseModel):
    """How an option is asked."""

    key: str = Field(
        "",
        title="Key",
        description="Small letters, digits, - and _; it stays",
        max_length=40,
        json_schema_extra=NEEDED,
    )
    title: str = Field("", title="What is asked", max_length=80, json_schema_extra=NEEDED)
    kind: Kind = Field(Kind.ONE_OF_SEVERAL, title="Answered by")
    required: bool = Field(default=False, title="Must be answered")
    minimum: int = Field(0, title="Smallest quantity")
    maximum: int | None = Field(None, title="Largest quantity", description="Empty: no limit")
    step: int = Field(1, title="In steps of")
    unit: str = Field("", title="Unit", description="Such as GB or addresses", max_length=20)
    shown_if: str = Field(
        "",
        title="Asked only if",
        max_length=81,
        description="An earlier option and its answer, such as copies=yes",
    )


@dataclass
class Answers:
    """The table of answers as it stands or was typed: key, title, settings and a cell per price column."""

    rows: list[dict[str, str]]
    errors: dict[str, str] = field(default_factory=dict)
    choices: list[NewChoice] = field(default_factory=list)


@page(
    "admin.product.option.new",
    "/admin/products/{id}/options/",
    permission="catalog.manage",
    template=TEMPLATE,
)
def new_option(request: Any) -> dict[str, Any]:
    """An empty form."""
    return _page(request, found(request), None, Form(), None)


@page(
    "admin.product.option.new", "/admin/products/{id}/options/", method="POST", permission="catalog.manage",
    audit="option.create", template=TEMPLATE,
)  # fmt: skip
def create_option(request: Any) -> Any:
    """Ask one more question."""
    one, form = found(request), read_form(request, Question)
    answers = _read(request, one)
    try:
        wanted = _wanted(form, answers)
        if wanted is not None:
            options.add_option(request.uow, one, wanted)
            return done(request, one, f"{wanted.title} is asked from now on")
    except InvalidInput as error:
        form.refuse(error)
    request.response.status_code = 422
    return _page(request, one, None, form, answers)


@page(
    "admin.product.option", "/admin/products/{id}/options/{name}/", permission="catalog.manage",
    template=TEMPLATE,
)  # fmt: skip
def show_option(request: Any) -> dict[str, Any]:
    """The question as it stands."""
    one = found(request)
    return _page(request, one, option_of(one, request.matchdict["name"]), Form(), None)


@page(
    "admin.product.option", "/admin/products/{id}/options/{name}/", method="POST",
    permission="catalog.manage", audit="option.change", template=TEMPLATE,
)  # fmt: skip
def save_option(request: Any) -> Any:
    """Ask it like this from now on; what was sold stays as it was sold."""
    one = found(request)
    option = option_of(one, request.matchdict["name"])
    form = read_form(request, Question, standing={"key": option.key})
    answers = _read(request, one)
    try:
        wanted = _wanted(form, answers, option.key)
        if wanted is not None:
            options.change_option(request.uow, one, option, wanted)
            return done(request, one, f"{wanted.title} is saved")
    except InvalidInput as error:
        form.refuse(error)
    request.response.status_code = 422
    return _page(request, one, option, form, answers)


@page(
    "admin.product.option.remove", "/admin/products/{id}/options/{name}/remove/", method="POST",
    permission="catalog.manage", audit="option.remove",
)  # fmt: skip
def remove_option(request: Any) -> Any:
    """Ask it no more."""
    one = found(request)
    option = option_of(one, request.matchdict["name"])
    try:
        options.remove_option(request.uow, one, option)
    except InvalidInput as error:
        flash(request, "bad", sentence(error.message))
        return HTTPSeeOther(request.route_path("admin.product.option", id=one.id, name=option.key))
    return done(request, one, f"{option.title} is not asked any more")


def columns_of(request: Any, one: Product) -> list[Price]:
    """The prices on sale: each is a column of what answers add."""
    return in_order(prices_on(one, request.uow.today()))


def _wanted(form: Form[Question], answers: Answers, key: str | None = None) -> NewOption | None:
    """What was typed as an option; None when a field is wrong. Raises: InvalidInput."""
    if not form.is_valid or answers.errors:
        form.errors.update(answers.errors)
        return None
    asked = form.checked()
    shown = asked.shown_if.replace(" ", "")
    name, equals, answer = shown.partition("=")
    if shown and not (name and equals and answer):
        raise InvalidInput("write an option and its answer, such as copies=yes", field="shown_if")
    facts = asked.model_dump(exclude={"key", "shown_if", "title"})
    return NewOption(
        key=key or asked.key, title=asked.title.strip(), choices=tuple(answers.choices),
        shown_if=(name, answer) if shown else None, **facts,
    )  # fmt: skip


def _read(request: Any, one: Product) -> Answers:
    columns, answers = columns_of(request, one), Answers([])
    for number in range(MOST):
        if f"choice-title-{number}" not in request.POST:
            break
        names = ["key", "title", "settings"]
        names += [f"{what}-{column}" for column in range(len(columns)) for what in ("price", "setup")]
        row = {name: str(request.POST.get(_cell(name, number), "")).strip()[:200] for name in names}
        answers.rows.append(row)
        if any(row.values()):
            _read_choice(answers, number, row, columns)
    return answers


def _read_choice(answers: Answers, number: int, row: Mapping[str, str], columns: list[Price]) -> None:
    added = []
    for place, column in enumerate(columns):
        cells = {}
        for what in ("price", "setup"):
            name = f"{what}-{place}"
            try:
                cells[what] = read_money(row[name] or "0", column.currency, negative=what == "price")
            except InvalidInput as error:
                answers.errors[_cell(name, number)] = sentence(error.message)
        if len(cells) == len(("price", "setup")) and not all(cell.is_zero for cell in cells.values()):
            added.append(AddedPrice(column.cycle_name, cells["price"], cells["setup"]))
    try:
        settings = read_settings(row["settings"])
    except InvalidInput as error:
        answers.errors[_cell("settings", number)] = sentence(error.message)
        settings = {}
    title = row["title"]
    answers.choices.append(NewChoice(row["key"], title, settings, more_prices=tuple(added)))


def read_settings(typed: str) -> dict[str, Any]:
    """Read `disk_gb=50, backups=yes`: whole numbers, yes and no, or words. Raises: InvalidInput."""
    settings: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in typed.split(","))):
        name, equals, value = (text.strip() for text in part.partition("="))
        if not (name.isidentifier() and equals and value):
            raise InvalidInput("write settings as disk_gb=50, separated by commas")
        whole = value.lstrip("-").isascii() and value.lstrip("-").isdigit() and len(value) < 12  # noqa: PLR2004 - digits
        settings[name] = int(value) if whole else {YES: True, NO: False}.get(value, value)
    return settings


def print_settings(settings: Mapping[str, Any]) -> str:
    """The settings as they are typed."""
    words = {True: YES, False: NO}
    return ", ".join(
        f"{name}={words[value] if isinstance(value, bool) else value}" for name, value in settings.items()
    )


def _cell(name: str, number: int) -> str:
    what, _, column = name.partition("-")
    return f"choice-{what}-{number}" + (f"-{column}" if column else "")


def _row(choice: OptionChoice, columns: list[Price]) -> dict[str, str]:
    row = {"key": choice.key, "title": choice.title, "settings": print_settings(choice.settings or {})}
    for place, column in enumerate(columns):
        amount, setup = choice_amounts(choice, column)
        row[f"price-{place}"] = "" if amount.is_zero else f"{amount.decimal:f}"
        row[f"setup-{place}"] = "" if setup.is_zero else f"{setup.decimal:f}"
    return row


def _page(
    request: Any, one: Product, option: ProductOption | None, form: Form[Any], answers: Answers | None
) -> dict[str, Any]:
    columns = columns_of(request, one)
    standing: dict[str, Any] = {}
    rows = []
    if option is not None:
        standing = {name: getattr(option, name) for name in Question.model_fields if name != "shown_if"}
        standing["shown_if"] = (
            f"{option.shown_if_option}={option.shown_if_answer}" if option.shown_if_option else ""
        )
        rows = [_row(choice, columns) for choice in option.choices]
    if option is None or option.kind == OptionKind.CHOICE:
        empty = dict.fromkeys(
            (
                "key",
                "title",
                "settings",
                *(f"{w}-{c}" for c in range(len(columns)) for w in ("price", "setup")),
            ),
            "",
        )
        rows += [dict(empty) for _ in range(BLANK)]
    shown = form.values if form.errors else standing
    fields = fields_of(Question, shown, form.errors)
    return {
        "product": one,
        "option": option,
        "fields": fields if option is None else [one for one in fields if one.name != "key"],
        "columns": [(price, f"{price.currency} {cycles.per(price.cycle)}") for price in columns],
        "rows": answers.rows if answers is not None and answers.rows else rows,
        "cell": _cell,
        "errors": form.errors,
    }
