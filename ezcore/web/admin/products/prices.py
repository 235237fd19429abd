"""The pricing grid of a product: new versions with their days, and cycles that are sold no more."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from ezcore.catalog.products import operations as catalog
from ezcore.kernel.errors import InvalidInput
from ezcore.web.admin.products.grid import read_grid
from ezcore.web.admin.products.pages import TEMPLATE, Typed, again, done, found
from ezcore.web.shared.forms import read_form, sentence
from ezcore.web.shared.views import page


class Dates(BaseModel):
    """From when the new prices count: for buyers, and (nothing: never) for services that run."""

    on_sale_from: str = Field("", max_length=10)
    running_from: str = Field("", max_length=10)


@page(
    "admin.product.prices", "/admin/products/{id}/prices/", method="POST", permission="catalog.manage",
    audit="price.change", template=TEMPLATE,
)  # fmt: skip
def save_prices(request: Any) -> Any:
    """Make new versions of what changed."""
    one, grid = found(request), read_grid(request)
    dates = read_form(request, Dates)
    errors = dates.errors | grid.errors
    on_sale_from = _day(errors, "on_sale_from", dates.value("on_sale_from"))
    running_from = _day(errors, "running_from", dates.value("running_from"))
    if "on_sale_from" not in errors and on_sale_from is None:
        errors["on_sale_from"] = "Say from which day on"
    made = 0
    if not errors and on_sale_from is not None:
        try:
            made = len(
                catalog.set_prices(
                    request.uow, one, grid.wanted, on_sale_from=on_sale_from, running_from=running_from
                )
            )
        except InvalidInput as error:
            errors[error.field or "form"] = sentence(error.message)
    if errors or on_sale_from is None:
        return again(request, one, Typed(grid=grid, dates=dates.values, errors=errors))
    return done(request, one, _words(made))


@page(
    "admin.product.prices.stop", "/admin/products/{id}/prices/stop/", method="POST",
    permission="catalog.manage", audit="price.stop", template=TEMPLATE,
)  # fmt: skip
def stop(request: Any) -> Any:
    """Sell it by this cycle no more; services that have it renew as before."""
    one = found(request)
    cycle, currency = str(request.POST.get("cycle", "")), str(request.POST.get("currency", ""))
    try:
        catalog.stop_selling(request.uow, one, cycle, currency, request.uow.today())
    except InvalidInput as error:
        return again(request, one, Typed(errors={"versions": sentence(error.message)}))
    return done(request, one, f"{one.name} is not sold per {cycle} in {currency} any more")


def _day(errors: dict[str, str], name: str, typed: str) -> date | None:
    """A date as browsers send it; None for nothing."""
    if not typed.strip() or name in errors:
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        errors[name] = "Write a date such as 2026-03-31"
        return None


def _words(made: int) -> str:
    if not made:
        return "Nothing has changed"
    return "One price has changed" if made == 1 else f"{made} prices have changed"
