"""Searching and ordering names, through the browser's door (B061, B063-B065)."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select

from ezcore.domain_names.names.models import DomainCheck, sealed_code
from ezcore.orders.carts.models import CartLine
from tests.fixtures_domains import OWNER, sell_names


@pytest.fixture
def vendors(shop):
    return sell_names(shop)


@pytest.fixture
def registrar(vendors):
    return vendors[0]


def look(browser, typed, status=200):
    return browser.get("/domains/search/", {"q": typed}, status=status)


def fill(form, **changes):
    for name, value in (OWNER | changes).items():
        form[f"owner_{name}" if name in OWNER else name] = value
    return form


def lines(shop):
    with shop.work.read() as uow:
        return uow.session.scalars(select(CartLine).order_by(CartLine.id)).all()


def test_a_search_says_what_is_free_and_what_it_costs_later(browser, registrar):
    registrar.taken.add("tamm.ee")
    page = look(browser, "http://Tamm.com/")
    assert "tamm.com" in page
    assert "€9.00" in page
    assert "renews at" in page
    assert "€12.00" in page
    assert "2 Mar 2027" in page
    assert "Transfer for" in page
    assert registrar.log == [("check", "tamm.com", "tamm.ee")]
    look(browser, "tamm.com")
    assert len(registrar.log) == 1, "what was asked a moment ago is remembered"


def test_a_slow_registrar_leaves_its_names_unchecked_and_the_page_works(browser, registrar, monkeypatch):
    monkeypatch.setattr(
        "ezcore.domain_names.names.search.look.__kwdefaults__", {"seconds": 0.1}, raising=False
    )
    registrar.check = lambda names: time.sleep(0.5)
    page = look(browser, "tamm.com")
    assert "Not checked" in page


def test_a_broken_registrar_is_no_broken_page(browser, registrar):
    registrar.says["check"] = OSError("<script>alert(1)</script>")
    page = look(browser, "tamm.com")
    assert "Not checked" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "a" * 64 + ".com",
        "xn--a.com",
        "-x.com",
        "x..com",
        "\U0001f600.com",
        "x.com; rm",
        "a b",
        "x.nosuch",
    ],
)
def test_B061_a_search_that_is_no_name_is_422_with_the_field(browser, registrar, typed):
    page = look(browser, typed, status=422)
    assert page.html.find(id="q-error") is not None
    assert registrar.log == []


def test_B061_a_disguised_name_is_not_sold(browser, registrar):
    page = look(browser, "p\u0430ypal.ee")
    assert "different alphabets" in page
    assert ("check", "xn--pypal-4ve.ee") not in registrar.log


def test_a_name_goes_into_the_cart_with_its_owner_and_years(shop, browser, registrar):
    form = browser.get("/domains/order/", {"name": "tamm.com"}).forms["order"]
    fill(form)["years"] = "2"
    page = form.submit().follow(status=200)
    assert "tamm.com" in page
    [line] = lines(shop)
    assert (line.cycle_name, line.params["domain"], line.params["years"]) == ("2 years", "tamm.com", 2)
    assert line.params["owner"]["phone"] == "+372.5551234"
    assert "€21.00" in page


def test_a_name_twice_in_a_cart_is_refused(shop, browser, registrar):
    for expected in (303, 422):
        form = fill(browser.get("/domains/order/", {"name": "tamm.com"}).forms["order"])
        answer = form.submit(status=expected)
    assert "in your cart already" in answer
    assert len(lines(shop)) == 1


def test_a_premium_name_is_refused_with_words(browser, registrar):
    registrar.premium.add("gold.com")
    assert "special price" in look(browser, "gold.com")
    assert browser.get("/domains/order/", {"name": "gold.com"}, status=303).location.endswith("?q=gold.com")


def test_a_name_taken_since_the_form_was_opened_is_409(shop, browser, registrar):
    form = fill(browser.get("/domains/order/", {"name": "tamm.com"}).forms["order"])
    with shop.work.write() as uow:
        uow.session.get(DomainCheck, "tamm.com").answer = {"available": False}
    assert "registered already" in form.submit(status=409)
    assert lines(shop) == []


def test_a_form_of_yesterday_is_asked_again(shop, browser, registrar):
    form = fill(browser.get("/domains/order/", {"name": "tamm.com"}).forms["order"])
    shop.work.clock.advance(__import__("datetime").timedelta(hours=2))
    assert "/domains/order/" in form.submit(status=303).location
    assert lines(shop) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"nameservers": "192.0.2.1\nns2.x.net"}, "nameservers"),
        ({"nameservers": "ns1.tamm.com\nns2.x.net"}, "nameservers"),
        ({"nameservers": "\n".join(f"ns{n}.x.net" for n in range(14))}, "nameservers"),
        ({"phone": "123"}, "owner_phone"), ({"name": "J\u00fcri"}, "owner_name"), ({"email": "x"}, "owner_email"),
        ({"country": "ZZ"}, "owner_country"), ({"city": ""}, "owner_city"),
    ],
)  # fmt: skip
def test_B064_B065_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    shop, browser, registrar, changes, field
):
    form = fill(browser.get("/domains/order/", {"name": "tamm.com"}).forms["order"], **changes)
    page = form.submit(status=422)
    assert page.html.find(id=f"{field}-error") is not None
    assert page.forms["order"]["owner_street"].value == OWNER["street"]
    assert lines(shop) == []


def test_B065_the_plain_form_is_proposed(browser, registrar):
    form = fill(
        browser.get("/domains/order/", {"name": "tamm.com"}).forms["order"], name="J\u00fcri T\u00e4ht"
    )
    assert "Juri Taht" in form.submit(status=422)


@pytest.mark.parametrize("code", ["", "a b c", "x" * 1024])
def test_B063_a_transfer_wants_a_code_that_can_be_one(shop, browser, registrar, code):
    registrar.taken.add("tamm.com")
    form = browser.get("/domains/order/", {"name": "tamm.com", "kind": "transfer"}).forms["order"]
    page = fill(form, auth_code=code).submit(status=422)
    assert page.html.find(id="auth_code-error") is not None
    assert not code.strip() or code not in page
    assert lines(shop) == []


def test_the_code_of_a_transfer_is_sealed_in_the_cart(shop, browser, registrar):
    registrar.taken.add("tamm.com")
    form = browser.get("/domains/order/", {"name": "tamm.com", "kind": "transfer"}).forms["order"]
    fill(form, auth_code="Xy-42-secret").submit(status=303)
    [line] = lines(shop)
    assert "Xy-42-secret" not in str(line.params)
    assert shop.work.box.open(sealed_code("tamm.com"), line.params["code_sealed"]) == "Xy-42-secret"


def test_the_product_page_of_an_ending_leads_to_the_search(browser, registrar):
    assert browser.get("/pricing/domain-com/", status=303).location.endswith("/domains/search/")


def test_searches_are_limited_per_visitor(browser, registrar):
    answers = [look(browser, "tamm.com", status="*").status_int for _ in range(31)]
    assert answers[:30] == [200] * 30
    assert answers[30] == 429


def test_the_search_has_no_write_of_its_own_but_what_it_remembers(shop, browser, registrar):
    look(browser, "tamm.com")
    with shop.work.read() as uow:
        assert uow.session.get(DomainCheck, "tamm.com").answer["available"] is True
