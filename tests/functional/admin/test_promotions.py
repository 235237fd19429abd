"""Staff make codes: each says in one sentence what it does, and shows it on a cart before anybody buys."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.catalog.products.models import Product
from ezcore.catalog.promotions.models import Promotion
from tests.fixtures_shop import csrf_of, put_in_cart
from tests.functional.admin.conftest import form_to, words_of


def made(shop, code):
    with shop.work.read() as uow:
        return uow.session.scalars(select(Promotion).where(Promotion.code == code)).first()


def new(staff, **fields):
    form = staff.get("/admin/promotions/new/", status=200).forms["terms"]
    for name, value in fields.items():
        form[name].force_value(value)
    return form


def test_the_list_says_what_each_code_does(staff):
    text = words_of(staff.get("/admin/promotions/", status=200))
    assert "20 % off everything for the first 3 billings, for new clients." in text
    assert "No setup fee for everything." in text


def test_a_code_is_made_and_works_at_once(shop, staff, browser, office):
    form = new(
        staff,
        code="spring",
        kind="fixed",
        amounts="2.00 EUR\n300 JPY",
        recurrences="1",
        last_day="2026-12-31",
    )
    page = form.submit(status=303).follow(status=200)
    assert "2.00 EUR or 300 JPY off everything for the first billing, until 31 Dec 2026." in words_of(page)
    put_in_cart(browser)
    sent = {"csrf_token": csrf_of(browser), "code": "Spring"}
    summary = browser.post("/cart/code/", sent, status=303).follow().html.find("aside").get_text(" ")
    assert "€5.00" in summary
    assert office.trail("promotion.create")[-1].after["code"] == "SPRING"


WRONG = [
    ({"code": "A B"}, "code"),
    ({"code": ""}, "code"),
    ({"code": "welcome20"}, "code"),
    ({"kind": "gift"}, "kind"),
    ({"percent": "101"}, "percent"),
    ({"percent": "-5"}, "percent"),
    ({"percent": "NaN"}, "percent"),
    ({"percent": ""}, "percent"),
    ({"kind": "fixed"}, "amounts"),
    ({"kind": "fixed", "amounts": "5"}, "amounts"),
    ({"kind": "fixed", "amounts": "5.001 EUR"}, "amounts"),
    ({"kind": "fixed", "amounts": "5.50 JPY"}, "amounts"),
    ({"kind": "fixed", "amounts": "-5 EUR"}, "amounts"),
    ({"kind": "fixed", "amounts": "99999999999999999 EUR"}, "amounts"),
    ({"kind": "fixed", "amounts": "5 EUR\n6 EUR"}, "amounts"),
    ({"recurrences": "0"}, "recurrences"),
    ({"max_uses": "-1"}, "max_uses"),
    ({"max_uses": "1.5"}, "max_uses"),
    ({"cycles": "1 moon"}, "cycles"),
    ({"starts_on": "2026-05-02", "last_day": "2026-05-01"}, "last_day"),
    ({"starts_on": "soon"}, "starts_on"),
]


@pytest.mark.parametrize(("typed", "field"), WRONG)
def test_wrong_terms_are_named_and_nothing_typed_is_lost(shop, staff, typed, field):
    page = new(staff, **{"code": "SPRING", "percent": "10", "note": "for the fair"} | typed).submit(
        status=422
    )
    assert page.html.find(id="errors").find("a")["href"] == f"#{field}"
    assert page.forms["terms"]["note"].value == "for the fair"
    assert made(shop, "SPRING") is None


def test_the_test_cart_shows_the_amounts_before_anybody_buys(shop, staff):
    with shop.work.read() as uow:
        product = uow.session.scalar(select(Product.id).where(Product.slug == "support-plus"))
    number = made(shop, "WELCOME20").id
    text = words_of(staff.get(f"/admin/promotions/{number}/?product={product}", status=200))
    # 79.00 - 15.80 + 49.00
    assert "€112.20" in text
    assert "then €63.20 per month until 3 are paid, then €79.00" in text


def test_what_services_were_promised_stays_and_an_ended_code_is_over(shop, staff, as_client):
    from tests.functional.storefront.test_codes_and_addons import order_it, use

    ann = as_client()
    put_in_cart(ann)
    use(ann, "WELCOME20", status=303)
    order_it(ann)
    address = f"/admin/promotions/{made(shop, 'WELCOME20').id}/"
    form = staff.get(address).forms["terms"]
    form["percent"] = "50"
    form.submit(status=409)
    form["percent"], form["max_uses"] = "20", "5"
    form.submit(status=303)
    form_to(staff.get(address), "/end/").submit(status=303)
    assert "Over" in words_of(staff.get(address))
    form_to_gone = [one for one in staff.get(address).forms.values() if one.action.endswith("/end/")]
    assert form_to_gone == []


def test_products_and_a_required_one_are_ticked(shop, staff):
    form = new(staff, code="WITH", percent="10")
    form.fields["products"][0].checked = True
    form["requires"] = form["requires"].options[2][0]
    page = form.submit(status=303).follow()
    assert page.forms["terms"].fields["products"][0].checked
    assert "together with" in words_of(page)
