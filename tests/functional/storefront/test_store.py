"""The store shows what is on sale, at the prices of the catalog, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from ezcore.catalog.products.models import Product
from tests.fixtures_shop import csrf_of, put_in_cart

PAGES = (
    "/", "/about/", "/pricing/", "/pricing/vps/", "/pricing/vps/?cycle=1+year", "/pricing/vps-m/", "/cart/",
    "/billing/checkout/vps-m/",
)  # fmt: skip


def change(shop, slug, **facts):
    with shop.work.write() as uow:
        product = uow.session.scalars(select(Product).where(Product.slug == slug)).one()
        for name, value in facts.items():
            setattr(product, name, value)


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_is_whole(browser, path):
    page = browser.get(path, status=200)
    assert len(page.html.find_all("h1")) == 1
    assert not page.html.find_all("style")
    assert not page.html.find_all(style=True)
    assert all(script.get("src") for script in page.html.find_all("script"))
    assert page.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_front_page_shows_the_first_shelf_with_tabs_to_the_others(browser):
    page = browser.get("/")
    assert [plan.h2.text for plan in page.html.select(".plan")] == ["VPS S", "VPS M", "VPS L", "VPS XL"]
    assert [tab.text for tab in page.html.select(".tabs a")] == [
        "Cloud servers", "Web hosting", "Website builds", "Linux support",
    ]  # fmt: skip


def test_a_year_is_shown_per_month_with_the_amount_billed_and_what_it_saves(browser):
    page = browser.get("/pricing/vps/?cycle=1+year")
    card = page.html.select(".plan")[1].text
    assert "€10.00" in card
    assert "€120.00" in card
    assert "2 months free" in page.html.select_one(".seg").text


def test_a_cycle_that_nobody_sells_shows_the_first(browser):
    page = browser.get("/pricing/vps/", {"cycle": "7 fortnights"})
    assert page.html.select_one(".seg a[aria-current]").text.startswith("Monthly")


def test_features_stand_under_each_other_in_the_comparison(browser):
    table = browser.get("/pricing/vps/").html.select_one("table")
    rows = {row.th.text: [cell.text for cell in row.find_all("td")] for row in table.tbody.find_all("tr")}
    assert rows["Memory"] == ["2 GB", "4 GB", "8 GB", "16 GB"]
    assert rows["vCPU"] == ["1", "2", "4", "8"]


@pytest.mark.parametrize("fact", [{"hidden": True}, {"retired_at": datetime(2026, 1, 1, tzinfo=UTC)}])
def test_what_is_not_on_sale_is_not_found(shop, browser, fact):
    change(shop, "web-pro", **fact)
    browser.get("/pricing/web-pro/", status=404)
    browser.get("/billing/checkout/web-pro/", status=404)
    assert "Web Pro" not in browser.get("/pricing/web-hosting/").text


def test_what_is_sold_out_says_so_and_cannot_be_added(shop, browser):
    token = csrf_of(browser)
    change(shop, "web-pro", stock=0)
    assert "Sold out" in browser.get("/pricing/web-hosting/").text
    assert "Add to cart" not in browser.get("/pricing/web-pro/").text
    sent = {"csrf_token": token, "cycle": "1 month", "do": "add"}
    browser.post("/pricing/web-pro/", sent, status=409)


def test_a_product_whose_module_is_away_is_shown_but_not_sold(shop, browser):
    token = csrf_of(browser)
    change(shop, "vps-m", module="module-of-a-missing-plugin")
    assert "Not on sale at the moment" in browser.get("/pricing/vps-m/", status=200).text
    browser.post("/pricing/vps-m/", {"csrf_token": token, "cycle": "1 month", "do": "add"}, status=409)


def test_update_total_shows_the_new_price_and_writes_nothing(browser):
    form = browser.get("/pricing/vps-m/").forms["configure"]
    form["option-disk"], form["cycle"], form["label"] = "double", "1 year", "atlas"
    page = form.submit("do", value="update", status=200)
    assert "€150.00" in page.html.select_one("aside .grand").text
    assert page.forms["configure"]["label"].value == "atlas"
    assert "Your cart is empty" in browser.get("/cart/").text


def test_a_get_puts_nothing_in_the_cart(browser):
    browser.get("/billing/checkout/vps-m/")
    assert "ez_cart" not in browser.cookies


def test_a_plan_link_puts_the_plan_in_the_cart_once(browser):
    for _ in range(2):
        browser.get("/billing/checkout/web-pro/").forms[0].submit(status=303)
    assert browser.get("/cart/").text.count("Remove Web Pro") == 1


def test_the_cart_shows_lines_due_today_and_the_renewal(browser):
    page = put_in_cart(browser, "vps-m", cycle="1 year", label="atlas-01")
    assert "atlas-01" in page.text
    assert "€120.00" in page.html.select_one("aside .grand").text
    assert "2 Mar 2027" in page.html.select_one("aside").text


def test_a_line_can_be_taken_out(browser):
    page = put_in_cart(browser)
    form = next(form for form in page.forms.values() if form.action == "/cart/remove/")
    assert "Your cart is empty" in form.submit(status=303).follow().text


def test_a_line_that_is_no_longer_sold_can_only_be_taken_out(shop, browser):
    put_in_cart(browser)
    change(shop, "web-pro", hidden=True)
    page = browser.get("/cart/", status=200)
    assert "cannot be ordered any more" in page.text
    assert "Go to checkout" not in page.text
    assert browser.get("/billing/checkout/", status=303).location.endswith("/cart/")


def test_the_carts_of_two_visitors_are_strangers(new_browser):
    one, other = new_browser(), new_browser()
    page = put_in_cart(one)
    line = next(form for form in page.forms.values() if form.action == "/cart/remove/")["line"].value
    other.post("/cart/remove/", {"csrf_token": csrf_of(other), "line": line}, status=404)
    put_in_cart(other, "web-start")
    other.post("/cart/remove/", {"csrf_token": csrf_of(other), "line": line}, status=404)
    assert "Web Pro" in one.get("/cart/").text


def test_the_cart_cookie_is_for_the_server_only(browser):
    form = browser.get("/pricing/web-pro/").forms["configure"]
    headers = form.submit("do", value="add").headers.getall("Set-Cookie")
    cookie = next(header for header in headers if header.startswith("ez_cart="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_robots_do_not_read_peoples_pages(browser):
    assert "Disallow: /dashboard/" in browser.get("/robots.txt", status=200).text


def test_the_store_costs_few_queries_however_many_plans_it_shows(shop, browser, count_queries):
    browser.get("/pricing/vps/")
    with count_queries(shop.engine) as seen:
        browser.get("/pricing/vps/")
    assert len(seen) <= 14, seen
