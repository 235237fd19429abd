"""Bad-input rows B037 to B049: what may not go into a cart, and codes that do not hold.

Every row asserts the same things: its status, the field named, what was typed kept as text, and not one row of the
database changed.
"""

from __future__ import annotations

import base64
import re
from datetime import date

from sqlalchemy import delete, select, update

from ezcore.accounts.models import Throttle
from ezcore.catalog.products.models import Product
from ezcore.catalog.promotions.models import Promotion, PromotionAmount
from ezcore.catalog.promotions.operations import REFUSAL, Terms, create
from ezcore.kernel.money import Money
from ezcore.orders.carts.models import Cart, CartLine
from ezcore.orders.orders.models import Order
from tests.fixtures_shop import csrf_of, order, put_in_cart
from tests.functional.money.untouched import refused_at, untouched

SCRIPT = '"><b id=alive>1</b>'
VPS = {"cycle": "1 month", "option-disk": "included", "option-ipv4": "0", "label": "", "do": "add"}
ADMIN_KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIG5vdCBhIHNlY3JldCBidXQgMzIgYnl0ZXMgb2Yga2V5"


def configure(browser, slug="vps-m", token=None, **changes):
    """Post the form of a product; None leaves a field out, a list sends it several times."""
    fields = {"csrf_token": token or csrf_of(browser), **VPS, **changes}
    pairs = [
        (name, one)
        for name, value in fields.items()
        if value is not None
        for one in (value if isinstance(value, list) else [value])
    ]
    return browser.post(f"/pricing/{slug}/", pairs, status="*")


def ordering(browser):
    """The review page's form, with the terms accepted."""
    form = browser.get("/billing/checkout/review/").forms["review"]
    form["terms"] = True
    return form


def due(page):
    return re.search(r"Due today (\S+)", " ".join(page.html.find("aside").get_text(" ").split())).group(1)


def test_B037_a_quantity_that_is_none(shop, browser):
    put_in_cart(browser)
    for typed in ("-1", "1.5", "1e9", "NaN", "", "\uff11", "9", SCRIPT):
        with untouched(shop, typed):
            page = configure(browser, **{"option-ipv4": typed})
        refused_at(page, "option-ipv4", typed)
        assert page.html.find(id="alive") is None


def test_B037_nothing_of_an_option_is_no_negative_line(shop, browser):
    """No units is a good answer of this option: the product, and nothing more."""
    page = configure(browser, **{"option-ipv4": "0"}).follow()
    assert due(page) == "€12.00"


def test_B038_a_product_that_is_absent_or_an_addon(shop, browser):
    put_in_cart(browser)
    for slug in ["nothing", "vps-m'--", "VPS-M", "offsite-copies"]:
        with untouched(shop, slug):
            assert configure(browser, slug).status_int in (404, 422)


def test_B038_a_product_that_is_retired_hidden_or_sold_out(shop, browser):
    put_in_cart(browser)
    for facts, status in (({"retired_at": shop.work.clock.now()}, 404), ({"stock": 0}, 409)):
        with shop.work.write() as uow:
            uow.session.execute(
                update(Product).where(Product.slug == "vps-m").values(retired_at=None, stock=None)
            )
            uow.session.execute(update(Product).where(Product.slug == "vps-m").values(**facts))
        with untouched(shop, facts):
            assert configure(browser).status_int == status, facts


NO_ANSWERS = [
    ("option-disk", "free"),
    ("option-disk", ["included", "double"]),
    ("option-disk", ""),
    ("option-disk", "yes"),
    ("option-ipv4", ["1", "1"]),
    ("option-ipv4", "9"),
    ("option-copies", "no-such"),
]


def test_B039_an_answer_that_the_option_does_not_have(shop, browser):
    put_in_cart(browser)
    for field, sent in NO_ANSWERS:
        with untouched(shop, sent):
            page = configure(browser, **{field: sent})
        assert page.status_int == 422, sent
        assert page.html.select_one(f'#errors a[href="#{field}"]'), sent
        assert page.html.find(id=field) is not None, sent


def test_B040_a_term_that_is_not_sold(shop, browser):
    put_in_cart(browser)
    for cycle in ("3 months", "0", "-12", "", None, ["1 month", "1 year"], "\uff11 month", SCRIPT):
        with untouched(shop, cycle):
            page = configure(browser, cycle=cycle)
        assert page.status_int == 422, cycle
        assert page.html.select_one('#errors a[href="#cycle"]'), cycle
        assert page.html.find(id="alive") is None


OURS = (
    "price",
    "amount_minor",
    "setup_fee",
    "tax",
    "discount",
    "currency",
    "server_id",
    "import",
    "first_minor",
)


def test_B041_a_price_of_ones_own_is_not_read(browser):
    sent = {f"{prefix}{name}": "0.01" for prefix in ("", "option-", "wish-") for name in OURS}
    assert due(configure(browser, **sent).follow()) == "€12.00"


def test_B043_nobody_chooses_a_root_password_here(town, caplog):
    """The machine makes its own one-time password; one that is sent is not stored and not logged."""
    caplog.set_level("DEBUG")
    secret = "hunter'\"`$x2" + "y" * 188
    page = configure(
        town.web,
        "vps-s",
        **{"wish-hostname": "a.example.test", "wish-password": secret, "wish-root_password": secret},
    )
    assert page.status_int == 303
    with town.shop.work.read() as uow:
        assert sorted(uow.session.scalars(select(CartLine)).one().params) == ["hostname", "ssh_keys"]
    assert "hunter" not in caplog.text


def rsa(bits):
    """A public key of so many bits, as ssh-keygen writes it."""
    number = (1 << (bits - 1)) + 1
    parts = (b"ssh-rsa", b"\x01\x00\x01", number.to_bytes(bits // 8 + 1, "big"))
    blob = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return f"ssh-rsa {base64.b64encode(blob).decode()} ana"


def test_B044_what_is_no_public_key(town):
    good = f"ssh-ed25519 {ADMIN_KEY} ana"
    with_line_break = f"ssh-ed25519 {ADMIN_KEY[:30]}\n{ADMIN_KEY[30:]} ana"
    bad = {
        "private": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n-----END OPENSSH PRIVATE KEY-----",
        "weak": rsa(512),
        "broken": with_line_break,
        "options": f'command="/bin/sh" {good}',
        "cut": f"ssh-ed25519 {ADMIN_KEY[:40]}",
        "long": "\n".join([good] * 1200),
        "script": SCRIPT,
    }
    for name, typed in bad.items():
        with untouched(town.shop, name):
            page = configure(town.web, "vps-s", **{"wish-hostname": "a.example.test", "wish-ssh_keys": typed})
        assert page.status_int == 422, name
        refused_at(page, "wish-ssh_keys")
        assert page.html.find(id="alive") is None
    two = {"wish-hostname": "a.example.test", "wish-ssh_keys": f"{good}\n{rsa(2048)}"}
    assert configure(town.web, "vps-s", **two).status_int == 303


def test_B046_a_cart_holds_twenty_lines(shop, browser):
    token = csrf_of(browser)
    for _ in range(20):
        assert configure(browser, token=token).status_int == 303
    with untouched(shop):
        page = configure(browser, token=token)
    assert page.status_int == 422
    assert "at most 20 lines" in page.html.find(id="errors").get_text()


def use(browser, code, token=None):
    return browser.post("/cart/code/", {"csrf_token": token or csrf_of(browser), "code": code}, status="*")


def forget_tries(shop):
    with shop.work.write() as uow:
        uow.session.execute(delete(Throttle))


def refused_code(shop, browser, typed, why, token):
    forget_tries(shop)
    with untouched(shop, why):
        page = use(browser, typed, token)
    assert page.status_int == 422, why
    field = page.html.find(id="code")
    assert field["aria-invalid"] == "true", why
    assert field["value"] == typed[:80], why
    assert page.html.find(id="alive") is None, why
    return page.html.find(id="code-error").get_text(" ").split("Error: ")[1].strip()


NO_CODES = [
    "WRONG",
    "%",
    "WELCOME__",
    "' OR '1'='1",
    "",
    "FREESETUP",
    "\uff37ELCOME20",
    "A" * 15_000,
    SCRIPT,
    "x\ny",
]
FACTS = {
    "over": {"ends_on": date(2026, 3, 2)},
    "not yet": {"starts_on": date(2026, 3, 3)},
    "used up": {"max_uses": 0},
    "another product": {"products": [1]},
    "another cycle": {"cycles": ["1 year"]},
    "retired": {"retired_at": "now"},
}


def test_B047_whatever_is_wrong_with_a_code_the_answer_is_the_same(shop, browser):
    put_in_cart(browser)
    token = csrf_of(browser)
    for typed in NO_CODES:
        assert refused_code(shop, browser, typed, typed[:30], token) == REFUSAL
    with shop.work.write() as uow:
        found = uow.session.scalars(select(Promotion).where(Promotion.code == "WELCOME20")).one()
        usual = {name: getattr(found, name) for facts in FACTS.values() for name in facts}
    for why, facts in FACTS.items():
        given = {name: shop.work.clock.now() if value == "now" else value for name, value in facts.items()}
        change(shop, **usual | given)
        assert refused_code(shop, browser, "WELCOME20", why, token) == REFUSAL
    change(shop, **usual)
    assert use(browser, "welcome20", token).status_int == 303  # a twin in lower case is the same code


def test_B047_a_code_for_another_currency_or_for_new_clients(shop, ann):
    order(ann)
    put_in_cart(ann)
    token = csrf_of(ann)
    with shop.work.write() as uow:
        create(uow, Terms(code="DOLLARS", kind="fixed", amounts=(Money(500, "USD"),)))
    assert refused_code(shop, ann, "DOLLARS", "dollars", token) == REFUSAL
    assert refused_code(shop, ann, "WELCOME20", "not new", token) == REFUSAL


def test_B047_every_answer_costs_the_same_work(shop, browser, count_queries):
    """The time of an answer must not tell which codes exist: the same statements run, also for a megabyte."""
    put_in_cart(browser)
    token = csrf_of(browser)
    change(shop, ends_on=date(2026, 3, 2))
    use(browser, "FIRST", token)  # the first try opens the limiter's row
    counts = {}
    for typed in ("NEVERWAS", "WELCOME20", "", "A" * 1_000_000):
        with untouched(shop), count_queries(shop.engine) as seen:
            assert use(browser, typed, token).status_int == 422
        counts[typed[:10]] = len(seen)
    assert len(set(counts.values())) == 1, counts


def test_B047_after_ten_tries_one_waits(shop, browser):
    put_in_cart(browser)
    token = csrf_of(browser)
    with untouched(shop):
        answers = [use(browser, f"GUESS{turn}", token) for turn in range(11)]
    assert [answer.status_int for answer in answers] == [422] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert use(browser, "WELCOME20", token).status_int == 429  # also the right one


def change(shop, code="WELCOME20", **values):
    with shop.work.write() as uow:
        uow.session.execute(update(Promotion).where(Promotion.code == code).values(**values))


def test_B048_a_code_counts_once_is_never_stacked_and_may_be_taken_off(shop, browser):
    put_in_cart(browser, "support-plus")  # 79.00 a month and 49.00 setup
    for _ in range(2):
        page = use(browser, "WELCOME20").follow()
    assert due(page) == "€112.20"  # 79.00 - 15.80 + 49.00
    page = use(browser, "FREESETUP").follow()
    assert due(page) == "€79.00"  # it takes the place of the first
    remove = next(form for form in page.forms.values() if form.action.endswith("/cart/code/remove/"))
    assert due(remove.submit(status=303).follow()) == "€128.00"


def test_B048_no_code_makes_a_total_below_zero(shop, browser):
    put_in_cart(browser, "support-plus")
    with shop.work.write() as uow:
        create(uow, Terms(code="WHOLE", kind="percent", percent_ppm=1_000_000))
        create(uow, Terms(code="MUCH", kind="fixed", amounts=(Money(99_999, "EUR"),)))
    assert due(use(browser, "WHOLE").follow()) == "€49.00"  # the whole month; setup is not cut
    assert due(use(browser, "MUCH").follow()) in {"€0.00", "€49.00"}
    with shop.work.read() as uow:
        assert uow.session.scalars(select(PromotionAmount.amount_minor)).all() != []


def test_B048_a_code_taken_off_after_the_total_was_shown_orders_nothing(shop, ann):
    put_in_cart(ann)
    use(ann, "WELCOME20")
    form = ordering(ann)
    with shop.work.write() as uow:
        uow.session.scalars(select(Cart)).one().promotion_id = None
    with untouched(shop):
        page = form.submit(status=409)
    assert "€7.00" in page.text
    with shop.work.read() as uow:
        assert uow.session.scalars(select(Order)).all() == []
