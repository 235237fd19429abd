"""The estimate is the invoice is what the gateway is asked for, whatever is in the cart, taxed and taken off."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ezcore.accounts.models import Client
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.taxes.models import TaxRule
from ezcore.billing.transactions import operations as transactions
from ezcore.catalog.options.operations import AddedPrice, NewChoice, NewOption
from ezcore.catalog.products.models import ProductGroup
from ezcore.catalog.products.operations import NewPrice, NewProduct, create_product, offer_addon
from ezcore.catalog.promotions.operations import Terms, create
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle
from ezcore.orders.carts import operations as carts
from ezcore.orders.carts.queries import estimate
from ezcore.orders.carts.rules import term_before
from ezcore.orders.orders import operations as orders

# A thousand in `make nightly`; a push runs a part of them, other ones each time.
CASES = min(1000, max(100, settings.default.max_examples))

CURRENCIES = ("EUR", "JPY", "KWD")
CYCLES = ("1 month", "3 months", "1 year", "2 weeks", "10 days", "once")

amounts = st.one_of(st.integers(0, 9), st.integers(0, 100_000), st.integers(10**8, 10**10))
goods = st.fixed_dictionaries(
    {
        "amount": amounts,
        "setup": st.one_of(st.just(0), amounts),
        "first": st.one_of(st.none(), amounts),
        "unit": st.integers(0, 5000),
        "unit_setup": st.integers(0, 500),
        "units": st.integers(0, 7),
        "cycle": st.sampled_from(CYCLES),
        "tax_class": st.sampled_from(["standard", "reduced", "none", "unheard-of"]),
        "addon": st.one_of(st.none(), amounts),
    }
)
promotions = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["percent", "fixed", "price_override", "free_setup"]),
            "ppm": st.integers(1, 1_000_000),
            "amount": st.integers(1, 200_000),
            "on_setup": st.booleans(),
            "once": st.booleans(),
            "recurrences": st.one_of(st.none(), st.integers(1, 5)),
        }
    ),
)
rates = st.lists(
    st.tuples(
        st.sampled_from(["standard", "reduced"]), st.sampled_from([0, 55_000, 99_750, 220_000, 255_000]), st.booleans()
    ),
    max_size=2, unique_by=lambda rate: rate[0],
)  # fmt: skip


def stock_up(uow, number, drawn, currency):
    """A product as drawn, with its add-on."""

    def money(minor):
        return Money(minor, currency)

    shelf = uow.session.get_one(ProductGroup, 1)
    unit = NewChoice(
        "unit",
        "Unit",
        {},
        {},
        (AddedPrice(drawn["cycle"], money(drawn["unit"]), money(drawn["unit_setup"])),),
    )
    first = money(drawn["first"]) if drawn["first"] is not None else None
    new = NewProduct(
        f"drawn-{number}", f"Drawn {number}", "hosting", tax_class=drawn["tax_class"],
        more_prices=(NewPrice(drawn["cycle"], money(drawn["amount"]), money(drawn["setup"]), first),),
        options=(NewOption("units", "Units", (unit,), "quantity"),),
    )  # fmt: skip
    product = create_product(uow, shelf, new)
    if drawn["addon"] is not None:
        more = (NewPrice(drawn["cycle"], money(drawn["addon"])),)
        extra = NewProduct(
            f"extra-{number}", "Extra", "hosting", more_prices=more, is_addon=True, cotermed=True
        )
        offer_addon(uow, product, create_product(uow, shelf, extra))
    return product


def fill(uow, cart, lines):
    for number, drawn in enumerate(lines):
        stock_up(uow, number, drawn, cart.currency)
        answers = {"units": str(drawn["units"])}
        line = carts.add_line(uow, cart, f"drawn-{number}", drawn["cycle"], answers, {}, "")
        if drawn["addon"] is not None:
            carts.add_line(uow, cart, f"extra-{number}", drawn["cycle"], {}, {}, "", parent_id=line.id)


def apply_code(uow, cart, drawn):
    if drawn is None:
        return
    amounts = (Money(drawn["amount"], cart.currency),)
    terms = Terms(
        "DRAWN", drawn["kind"], drawn["ppm"], amounts, drawn["on_setup"], drawn["once"],
        recurrences=drawn["recurrences"],
    )  # fmt: skip
    cart.promotion_id = create(uow, terms).id


def tax(uow, rates, inclusive):
    prices = "inclusive" if inclusive else "exclusive"
    found = uow.settings.tax.model_copy(update={"scheme": "rules", "seller_country": "EE", "prices": prices})
    uow.settings = dataclasses.replace(uow.settings, tax=found)
    for tax_class, ppm, second in rates:
        for level in (1, 2) if second else (1,):
            uow.session.add(
                TaxRule(
                    country="EE", tax_class=tax_class, name=f"T{level}", rate_ppm=ppm, level=level,
                    compound=level == 2, valid_from=date(2020, 1, 1), created_at=uow.now(),
                )
            )  # fmt: skip


class Undo(Exception):
    """Ends an example without leaving anything behind."""


@settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(goods, min_size=1, max_size=2), promotion=promotions, rates=rates, inclusive=st.booleans(),
    currency=st.sampled_from(CURRENCIES),
)  # fmt: skip
def test_cart_tax_promotion_currency_the_estimate_is_the_invoice_is_the_payment(
    trade, lines, promotion, rates, inclusive, currency
):
    ann = trade.__dict__.setdefault("ann", None) or trade.newcomer()
    trade.ann = ann
    with suppress(Undo), trade.work.write() as uow:
        tax(uow, rates, inclusive)
        uow.session.get_one(Client, ann.client_id).currency = currency
        cart, _ = carts.open_cart(uow, ann.user_id)
        cart.currency = currency
        fill(uow, cart, lines)
        apply_code(uow, cart, promotion)
        shown = estimate(uow, cart, ann.client_id)
        order = orders.place(uow, cart, ann.client_id, "form")
        invoice = uow.session.get_one(Invoice, order.invoice_id)
        _same(uow, shown, order, invoice)
        raise Undo


def _same(uow, shown, order, invoice):
    assert not shown.due_now.is_negative
    assert (invoice.total, order.total) == (shown.due_now, shown.due_now)
    assert (invoice.net, invoice.tax) == (shown.sums.net, shown.sums.tax)
    assert [(row.name, row.tax) for row in invoice.taxes] == shown.taxes
    assert [line.amount_minor for line in invoice.lines] == [row["amount_minor"] for row in shown.sums.lines]
    gross = sum(line.amount_minor + line.tax_minor for line in invoice.lines)
    assert gross == invoice.total_minor
    cut = Money.total((line.discount.total for line in shown.lines), shown.cart.currency)
    assert shown.before - cut == Money.total((line.due_now for line in shown.lines), shown.cart.currency)
    assert Money.total((line.total_now for line in shown.lines), shown.cart.currency) == shown.due_now
    assert sum(line.kind == "discount" for line in invoice.lines) == sum(
        line.discount.total.is_positive for line in shown.lines
    )
    if invoice.total.is_zero:
        assert invoice.status == "paid"
    else:
        asked = transactions.open_transaction(uow, invoice, "banktransfer", "checkout")
        assert asked.amount == shown.due_now


def test_an_estimate_is_a_fixed_number_of_queries(trade, count_queries):
    """Whatever is in the cart."""
    ann = trade.newcomer()
    counts = []
    with trade.work.write(ann) as uow:
        cart, _ = carts.open_cart(uow, ann.user_id)
    for slug in ("vps-s", "vps-m", "web-start", "web-pro", "support-plus"):
        with trade.work.write(ann) as uow:
            cart = carts.find_cart(uow, None, ann.user_id)
            carts.add_line(uow, cart, slug, "1 month", {}, {}, "")
        with trade.work.read(ann) as uow:
            cart = carts.find_cart(uow, None, ann.user_id)
            with count_queries(trade.work.engine) as seen:
                estimate(uow, cart, ann.client_id)
            counts.append(len(seen))
    assert len(set(counts[1:])) == 1
    assert max(counts) <= 8


@pytest.mark.parametrize(
    ("end", "cycle", "anchor", "start"),
    [
        (date(2027, 2, 28), "1 month", 31, date(2027, 1, 31)),
        (date(2027, 3, 31), "1 month", 31, date(2027, 2, 28)),
        (date(2028, 2, 29), "1 year", 29, date(2027, 2, 28)),
        (date(2027, 1, 15), "3 months", 15, date(2026, 10, 15)),
        (date(2027, 1, 15), "2 weeks", 15, date(2027, 1, 1)),
    ],
)
def test_the_whole_term_that_ends_on_a_day(end, cycle, anchor, start):
    assert term_before(end, Cycle.parse(cycle), anchor).start == start
