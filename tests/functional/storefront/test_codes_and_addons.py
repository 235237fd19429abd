"""In the store without JavaScript: options of three kinds, promotion codes, add-ons, and the price at every step."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from ezcore.billing.invoices.models import Invoice, InvoiceLine
from ezcore.catalog.promotions.models import Promotion
from ezcore.catalog.promotions.operations import REFUSAL
from ezcore.orders.carts.models import Cart
from ezcore.services.services.models import Service
from tests.fixtures_shop import csrf_of, order, put_in_cart


def text_of(page, selector="main"):
    return " ".join(page.html.select_one(selector).get_text(" ").split())


def use(browser, code, **more):
    return browser.post("/cart/code/", {"csrf_token": csrf_of(browser), "code": code}, **more)


def choose(browser, slug="vps-s", **fields):
    sent = {"cycle": "1 month", "option-disk": "included", "label": "", "do": "add"} | fields
    return browser.post(f"/pricing/{slug}/", {"csrf_token": csrf_of(browser), **sent}, status="*")


def change(shop, **values):
    with shop.work.write() as uow:
        uow.session.execute(update(Promotion).where(Promotion.code == "WELCOME20").values(**values))


def test_quantity_and_yes_are_answered_without_javascript(browser):
    page = choose(browser, **{"option-ipv4": "2", "option-copies": "yes", "option-kept": "month"}).follow()
    # 6.00 + 2 x 1.50 + 2.00 + 1.00
    assert "€12.00" in text_of(page, "aside")
    assert "More IPv4 addresses: 2 addresses" in text_of(page)


def test_a_further_question_appears_when_its_answer_is_given(browser):
    form = browser.get("/pricing/vps-s/").forms["configure"]
    assert "option-kept" not in form.fields
    form["option-copies"] = True
    page = form.submit("do", value="update", status=200)
    assert "option-kept" in page.forms["configure"].fields
    assert page.forms["configure"]["option-copies"].checked
    # Added at once, without having been seen, it is asked for and nothing typed is lost.
    again = form.submit("do", value="add", status=422)
    assert again.html.find(id="errors").find("a")["href"] == "#option-kept"
    assert again.forms["configure"]["option-copies"].checked


@pytest.mark.parametrize("typed", ["-1", "1.5", "1e9", "NaN", "", "\uff11", "9", "99999999999"])
def test_b037_a_wrong_quantity_is_refused_at_its_field(browser, typed):
    page = choose(browser, **{"option-ipv4": typed})
    assert page.status_code == 422
    assert page.html.find(id="errors").find("a")["href"] == "#option-ipv4"


@pytest.mark.parametrize("answer", ["no-such", "on"])
def test_b039_a_wrong_yes_is_refused(browser, answer):
    assert choose(browser, **{"option-copies": answer}).status_code == 422


def test_an_answer_to_a_hidden_option_changes_nothing(browser):
    page = choose(browser, **{"option-kept": "month"}).follow()
    assert "€6.00" in text_of(page, "aside")
    assert "kept" not in text_of(page)


@pytest.mark.parametrize("typed", ["WELCOME20", "welcome20", "  Welcome20 "])
def test_a_code_cuts_three_billings_and_says_what_comes_after(browser, typed):
    put_in_cart(browser)  # Web Pro, 7.00 a month
    page = use(browser, typed, status=303).follow()
    summary = text_of(page, "aside")
    assert "Code WELCOME20 −€1.40" in summary
    assert "Due today €5.60" in summary
    assert "then €5.60 per month, from 2 Apr 2026" in summary
    assert "€7.00 from 2 Jun 2026" in summary


REFUSED = ["WRONG", "%", "' OR '1'='1", "A" * 15_000, "", "FREESETUP", "\uff37ELCOME20"]


@pytest.mark.parametrize("typed", REFUSED)
def test_b047_every_code_that_does_not_hold_gets_the_same_words(browser, typed):
    put_in_cart(browser)  # without a setup fee, so FREESETUP has nothing to cut
    page = use(browser, typed, status=422)
    assert page.html.find(id="code-error").get_text(" ").split("Error: ")[1].strip() == REFUSAL
    assert "Due today €7.00" in text_of(page, "aside")


@pytest.mark.parametrize(
    "facts",
    [
        {"starts_on": "2026-03-03"},
        {"ends_on": "2026-03-02"},
        {"max_uses": 0},
        {"products": [1]},
        {"cycles": ["1 year"]},
    ],
)
def test_b047_not_yet_over_used_up_other_product_other_cycle(shop, browser, facts):
    from datetime import date

    change(shop, **{k: date.fromisoformat(v) if k.endswith("_on") else v for k, v in facts.items()})
    put_in_cart(browser)
    assert REFUSAL in use(browser, "WELCOME20", status=422).text


def test_b047_after_ten_tries_one_waits(browser):
    put_in_cart(browser)
    token = csrf_of(browser)
    answers = [
        browser.post("/cart/code/", {"csrf_token": token, "code": f"GUESS{n}"}, status="*").status_code
        for n in range(11)
    ]
    assert answers == [422] * 10 + [429]


def test_b048_twice_is_once_and_a_second_code_takes_the_place_of_the_first(shop, browser):
    put_in_cart(browser, "support-plus")  # 79.00 a month, 49.00 setup
    for _ in range(2):
        page = use(browser, "WELCOME20", status=303).follow()
    assert "Due today €112.20" in text_of(page, "aside")  # 79.00 - 15.80 + 49.00
    page = use_freesetup_after_removal(browser)
    assert "Due today €79.00" in text_of(page, "aside")
    with shop.work.read() as uow:
        assert uow.session.scalars(select(Promotion.used)).all() == [0, 0]


def use_freesetup_after_removal(browser):
    page = browser.get("/cart/")
    assert "code-form" not in page.forms
    form = next(form for form in page.forms.values() if form.action.endswith("/cart/code/remove/"))
    assert "Due today €128.00" in text_of(form.submit(status=303).follow(), "aside")
    return use(browser, "FREESETUP", status=303).follow()


def test_a_code_that_fits_no_longer_is_said_and_not_counted(shop, browser):
    put_in_cart(browser)
    use(browser, "WELCOME20", status=303)
    change(shop, retired_at=shop.work.clock.now())
    summary = text_of(browser.get("/cart/"), "aside")
    assert "Due today €7.00" in summary
    assert "does not fit any more" in summary


def test_a_code_that_ends_while_the_review_is_open_is_shown_before_anything_is_ordered(shop, as_client):
    ann = as_client()
    put_in_cart(ann)
    use(ann, "WELCOME20", status=303)
    form = ann.get("/billing/checkout/review/").forms["review"]
    form["terms"] = True
    change(shop, retired_at=shop.work.clock.now())
    page = form.submit(status=409)
    assert "€7.00" in text_of(page)
    assert "€5.60" not in text_of(page)


def test_the_invoice_has_the_discount_as_a_line_of_its_own(shop, as_client):
    ann = as_client()
    put_in_cart(ann)
    use(ann, "welcome20", status=303)
    order_it(ann)
    with shop.work.read() as uow:
        lines = uow.session.scalars(select(InvoiceLine).order_by(InvoiceLine.position)).all()
        service = uow.session.scalars(select(Service)).one()
        promotion = uow.session.scalars(select(Promotion).where(Promotion.code == "WELCOME20")).one()
        total = uow.session.scalars(select(Invoice.total_minor)).one()
    assert [(line.kind, line.amount_minor) for line in lines] == [("period", 700), ("discount", -140)]
    assert (total, promotion.used) == (560, 1)
    assert (service.promotion_id, service.promotion_left, service.price_minor) == (promotion.id, 2, 700)


def test_b047_a_code_for_new_clients_is_not_for_those_who_have_ordered(as_client):
    ann = as_client()
    order(ann)
    put_in_cart(ann)
    assert REFUSAL in use(ann, "WELCOME20", status=422).text


def order_it(browser):
    form = browser.get("/billing/checkout/review/").forms["review"]
    form["terms"] = True
    return form.submit(status=303)


def take(browser, addon, page=None):
    page = page or browser.get("/cart/")
    form = next(
        form for form in page.forms.values()
        if form.action.endswith("/cart/addon/") and form["addon"].value == addon
    )  # fmt: skip
    return form.submit(status=303).follow()


def test_an_addon_is_offered_taken_and_goes_with_its_product(shop, browser):
    page = take(browser, "offsite-copies", put_in_cart(browser))
    assert "Due today €11.00" in text_of(page, "aside")  # 7.00 + 4.00
    assert "Offsite copies: then €4.00 per month" in text_of(page, "aside")
    left = [form["addon"].value for form in page.forms.values() if form.action.endswith("/cart/addon/")]
    assert left == ["moving-in"]
    remove = next(form for form in page.forms.values() if form.action.endswith("/cart/remove/"))
    assert "Your cart is empty" in remove.submit(status=303).follow().text


def test_an_addon_alone_is_not_sold(shop, browser):
    browser.get("/pricing/offsite-copies/", status=404)
    browser.get("/pricing/offsite-copies/?line=1", status=404)
    browser.get("/pricing/offsite-copies/?service=1", status=404)
    browser.get("/billing/checkout/offsite-copies/", status=404)
    assert "Offsite copies" not in browser.get("/pricing/support/").text
    token = csrf_of(browser)
    sent = {"csrf_token": token, "cycle": "1 month", "label": "", "do": "add", "line": "1"}
    assert browser.post("/pricing/offsite-copies/", sent, status="*").status_code in (404, 422)
    with shop.work.read() as uow:
        assert [cart.lines for cart in uow.session.scalars(select(Cart))] in ([], [[]])


def test_an_addon_of_somebody_elses_cart_is_not_found(browser, new_browser):
    put_in_cart(browser)
    other = new_browser()
    put_in_cart(other, "web-start")
    sent = {"csrf_token": csrf_of(other), "line": "1", "addon": "offsite-copies"}
    other.post("/cart/addon/", sent, status=404)


def test_the_child_knows_its_parent(shop, as_client):
    ann = as_client()
    take(ann, "offsite-copies", put_in_cart(ann))
    order_it(ann)
    with shop.work.read() as uow:
        parent, child = uow.session.scalars(select(Service).order_by(Service.id)).all()
    assert (child.parent_id, parent.parent_id) == (parent.id, None)
    assert (child.billed_until, child.anchor_day) == (parent.billed_until, parent.anchor_day)
