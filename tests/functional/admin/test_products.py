"""Staff change what is sold: prices as versions, options, add-ons, stock; wrong figures are named and lose nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.catalog.products.models import Price, Product, ProductOption
from ezcore.catalog.products.rules import configure
from tests.functional.admin.conftest import form_to, words_of


def number(shop, slug="web-pro"):
    with shop.work.read() as uow:
        return uow.session.scalar(select(Product.id).where(Product.slug == slug))


def prices(shop, slug="web-pro"):
    with shop.work.read() as uow:
        query = select(Price).where(Price.product_id == number(shop, slug)).order_by(Price.id)
        return [
            (p.cycle_name, p.currency, p.amount_minor, p.setup_minor, p.first_minor)
            for p in uow.session.scalars(query)
        ]


def page_of(staff, shop, slug="web-pro"):
    return staff.get(f"/admin/products/{number(shop, slug)}/", status=200)


def grid(page):
    return page.forms["prices"]


def test_the_list_shows_prices_stock_and_what_is_an_addon(staff):
    page = staff.get("/admin/products/", status=200)
    assert "€7.00 per month" in words_of(page)
    assert "Add-on" in words_of(page)


def test_a_new_price_is_a_new_version_and_the_rest_stays(shop, staff, office):
    form = grid(page_of(staff, shop))
    assert (form["cycle-0"].value, form["amount-0"].value) == ("1 month", "7.00")
    form["amount-0"], form["first-0"], form["running_from"] = "8.00", "1.00", "2026-06-01"
    form["cycle-2"], form["currency-2"], form["amount-2"], form["setup-2"] = "1 month", "JPY", "1200", "300"
    page = form.submit(status=303).follow(status=200)
    assert "2 prices have changed" in page.text
    assert prices(shop)[2:] == [("1 month", "EUR", 800, 0, 100), ("1 month", "JPY", 1200, 300, None)]
    assert len(office.trail("price.change")) == 2
    assert "Nothing has changed" in grid(page).submit(status=303).follow().text


WRONG = [
    ("negative", {"amount-0": "-1"}, "amount-0"),
    ("three decimals in EUR", {"amount-0": "1.234"}, "amount-0"),
    ("two decimals in JPY", {"currency-0": "JPY", "amount-0": "100.50"}, "amount-0"),
    ("huge", {"amount-0": "99999999999999999999"}, "amount-0"),
    ("large", {"amount-0": "99999999999.00"}, "amount-0"),
    ("NaN", {"amount-0": "NaN"}, "amount-0"),
    ("exponent", {"amount-0": "1e3"}, "amount-0"),
    ("foreign digits", {"amount-0": "\uff11"}, "amount-0"),
    ("comma", {"amount-0": "1,50"}, "amount-0"),
    ("negative setup", {"setup-0": "-0.01"}, "setup-0"),
    ("negative first term", {"first-0": "-5"}, "first-0"),
    ("no price beside a setup fee", {"amount-0": "", "setup-0": "3"}, "amount-0"),
    ("the same twice", {"cycle-1": "1 month"}, "cycle-1"),
    ("no cycle", {"cycle-0": "0 months"}, "cycle-0"),
    ("months below nothing", {"cycle-0": "-12"}, "cycle-0"),
    ("no currency", {"currency-0": "EURO"}, "currency-0"),
    ("no date", {"on_sale_from": "tomorrow"}, "on_sale_from"),
    ("an empty date", {"on_sale_from": ""}, "on_sale_from"),
    ("the past", {"on_sale_from": "2026-03-01"}, "on_sale_from"),
    ("running before sold", {"running_from": "2026-03-01"}, "running_from"),
]


@pytest.mark.parametrize(("typed", "field"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_figure_is_named_and_nothing_typed_is_lost(shop, staff, typed, field):
    before, form = prices(shop), grid(page_of(staff, shop))
    for name, value in typed.items():
        form[name].force_value(value)
    form["amount-1"] = "71.00"
    page = form.submit(status=422)
    assert [link["href"] for link in page.html.find(id="errors").find_all("a")] == [f"#{field}"]
    assert page.html.find(id=field)["aria-invalid"] == "true"
    assert grid(page)["amount-1"].value == "71.00"
    assert prices(shop) == before


def test_a_cell_sent_twice_is_refused(shop, staff):
    form = grid(page_of(staff, shop))
    fields = [*form.submit_fields(), ("amount-0", "0.01")]
    page = staff.post(form.action, fields, status=422)
    assert page.html.find(id="errors").find("a")["href"] == "#amount-0"


def test_a_cycle_is_sold_no_more(shop, staff):
    page = page_of(staff, shop)
    stop = [form for form in page.forms.values() if form.action.endswith("/prices/stop/")]
    assert [form["cycle"].value for form in stop] == ["1 month", "1 year"]
    stop[1].submit(status=303)
    assert "Yearly" not in staff.get("/pricing/web-pro/").text
    stop[1].submit(status=422)


def test_the_card_and_the_stock(shop, staff):
    page = page_of(staff, shop)
    card = page.forms["card"]
    card["name"], card["features"] = "Web Plus", "20 websites\n80 GB storage"
    card.submit(status=303)
    assert "80 GB storage" in staff.get("/pricing/web-hosting/").text
    stock = page_of(staff, shop).forms["stock-form"]
    stock["stock"] = "0"
    stock.submit(status=303)
    assert "Sold out" in staff.get("/pricing/web-pro/").text


@pytest.mark.parametrize("typed", ["-1", "1.5", "1e3", "many", "9999999999"])
def test_a_stock_that_is_no_number_is_refused(shop, staff, typed):
    stock = page_of(staff, shop).forms["stock-form"]
    stock["stock"] = typed
    page = stock.submit(status=422)
    assert page.html.find(id="errors").find("a")["href"] == "#stock"


def test_a_stock_that_moved_meanwhile_is_not_overwritten(shop, staff):
    stock = page_of(staff, shop).forms["stock-form"]
    stock["stock"] = "5"
    stock.submit(status=303)
    stock["stock"] = "9"
    stock.submit(status=409)


def test_an_empty_name_is_refused_at_its_field(shop, staff):
    card = page_of(staff, shop).forms["card"]
    card["name"] = " "
    assert card.submit(status=422).html.find(id="errors").find("a")["href"] == "#name"


def test_options_of_three_kinds_are_added_changed_and_removed(shop, staff):
    address = f"/admin/products/{number(shop)}/options/"
    form = staff.get(address, status=200).forms["option"]
    form["key"], form["title"], form["kind"], form["maximum"], form["unit"] = (
        "disk",
        "More disk",
        "quantity",
        "10",
        "GB",
    )
    form["choice-title-0"], form["choice-settings-0"] = "GB", "disk_gb=1"
    form["choice-price-0-0"], form["choice-setup-0-0"] = "0.50", "1.00"
    assert "More disk is asked from now on" in form.submit(status=303).follow().text
    with shop.work.read() as uow:
        product = uow.session.get_one(Product, number(shop))
        found = configure(product, "1 month", "EUR", {"disk": "4"}, uow.today())
    assert (found.recurring.minor, found.setup.minor, found.settings) == (700 + 4 * 50, 400, {"disk_gb": 4})
    again = staff.get(f"{address}disk/", status=200)
    assert again.forms["option"]["choice-settings-0"].value == "disk_gb=1"
    again.forms["option"]["step"] = "5"
    again.forms["option"].submit(status=303)
    form_to(staff.get(f"{address}disk/"), "/remove/").submit(status=303)
    with shop.work.read() as uow:
        assert (
            uow.session.scalars(select(ProductOption).where(ProductOption.product_id == number(shop))).all()
            == []
        )


WRONG_OPTION = [
    ({"key": "Bad key"}, "key"),
    ({"title": ""}, "title"),
    ({"kind": "quantity", "maximum": "-1"}, "maximum"),
    ({"kind": "quantity", "step": "0"}, "step"),
    ({"minimum": "x"}, "minimum"),
    ({"shown_if": "nothing"}, "shown_if"),
    ({"shown_if": "disk=double"}, "shown_if"),
    ({"choice-key-0": "A B"}, "choices"),
    ({"choice-price-0-0": "1.234"}, "choice-price-0-0"),
    ({"choice-setup-0-1": "-1"}, "choice-setup-0-1"),
    ({"choice-settings-0": "disk"}, "choice-settings-0"),
]


@pytest.mark.parametrize(("typed", "field"), WRONG_OPTION)
def test_a_wrong_option_is_named(shop, staff, typed, field):
    form = staff.get(f"/admin/products/{number(shop)}/options/").forms["option"]
    good = {"key": "colour", "title": "Colour", "choice-key-0": "red", "choice-title-0": "Red"}
    for name, value in (good | typed).items():
        form[name].force_value(value)
    page = form.submit(status=422)
    assert page.html.find(id="errors").find("a")["href"] == f"#{field}"
    assert page.forms["option"]["choice-title-0"].value == "Red"


def test_addons_are_ticked(shop, staff):
    page = page_of(staff, shop)
    boxes = page.forms["addons"].fields["addon"]
    assert [box.checked for box in boxes] == [True, True]
    boxes[0].checked = False
    page = page.forms["addons"].submit(status=303).follow()
    assert [box.checked for box in page.forms["addons"].fields["addon"]] == [False, True]


def test_what_is_retired_is_not_sold_and_comes_back(shop, staff):
    form_to(page_of(staff, shop), "/retire/").submit(status=303)
    staff.get("/pricing/web-pro/", status=404)
    form_to(page_of(staff, shop), "/retire/").submit(status=303)
    staff.get("/pricing/web-pro/", status=200)


def test_a_list_of_products_is_a_fixed_number_of_queries(shop, staff, count_queries):
    with count_queries(shop.engine) as seen:
        staff.get("/admin/products/", status=200)
    assert len(seen) <= 12
    with count_queries(shop.engine) as seen:
        page_of(staff, shop, "vps-m")
    assert len(seen) <= 14


def test_support_has_no_door_to_the_catalog(as_staff):
    support = as_staff(role="support")
    assert "/admin/products/" not in support.get("/admin/").text
    support.get("/admin/products/", status=403)
