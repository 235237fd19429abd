"""Staff: endings with their prices, an import with a margin, one name with what a person has to look at."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.catalog.products import queries as products
from ezcore.catalog.products.rules import prices_on
from ezcore.domain_names.names import operations as names
from ezcore.domain_names.names.models import DomainName
from ezcore.domain_names.tlds import queries
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.registrar import TldTerms
from ezcore.services.services.models import Service
from ezcore.worker import drain
from tests.fixtures_domains import NameTrade, eur, sell_names
from tests.fixtures_trade import Trade


@pytest.fixture
def vendors(shop):
    return NameTrade(Trade(shop, shop.work.clock), *sell_names(shop))


@pytest.fixture
def staff(as_staff, vendors):
    return as_staff()


def price(shop, tld, years=1):
    with shop.work.read() as uow:
        return queries.price(queries.by_name(uow, tld), "EUR", years)


def test_a_price_that_is_typed_is_what_the_store_asks(shop, staff):
    page = staff.get("/admin/tlds/").click(r"\.com")
    form = page.forms["prices"]
    form["register-1"], form["renew-1"] = "10.50", "15.00"
    form.submit("do", value="prices", status=303)
    assert price(shop, "com").register_price == eur("10.50")
    with shop.work.read() as uow:
        product = products.product_by_slug(uow, "domain-com")
        assert eur("10.50") in {one.first for one in prices_on(product, uow.today())}


@pytest.mark.parametrize(
    ("field", "value"), [("register-1", "abc"), ("register-1", "-1"), ("renew-1", ""), ("renew-1", "1.234")]
)
def test_a_price_that_is_none_is_422_at_its_field(shop, staff, field, value):
    form = staff.get("/admin/tlds/1/").forms["prices"]
    form[field] = value
    page = form.submit("do", value="prices", status=422)
    assert page.forms["prices"][field].value == value
    assert page.html.find(id=field)["aria-invalid"] == "true"
    assert price(shop, "com").register_price == eur("9.00")


def test_an_ending_is_added_and_taken_off_sale(shop, staff):
    form = staff.get("/admin/tlds/new/").forms["rules"]
    form["name"], form["registrar"] = "co.uk", "toyreg"
    form.submit("do", value="rules", status=303)
    form["name"] = "co.uk"
    assert "in the table already" in form.submit("do", value="rules", status=422)
    form = staff.get("/admin/tlds/1/").forms["rules"]
    form["active"] = False
    form.submit("do", value="rules", status=303)
    assert ".com" not in staff.get("/domains/search/").html.find("table").text


def test_an_import_is_a_preview_until_endings_are_ticked(shop, staff, vendors):
    usd = Money.parse("10.00", "USD")
    vendors.registrar.terms = [TldTerms(tld="net", register_price=usd, renew_price=usd, max_years=2)]
    form = staff.get("/admin/tlds/import/toyreg/").forms["import"]
    form["percent"], form["rate"], form["ending"] = "20", "0.9", "99"
    page = form.submit("do", value="preview")
    assert "€10.99" in page
    with shop.work.read() as uow:
        assert queries.by_name(uow, "net") is None
    form = page.forms["import"]
    assert "Tick the endings" in form.submit("do", value="take", status=422)
    form["tld"] = True
    form.submit("do", value="take", status=303)
    assert price(shop, "net").register_price == eur("10.99")
    assert price(shop, "net", 2).renew_price == eur("21.99")
    assert "20" in staff.get("/admin/tlds/import/toyreg/").forms["import"]["percent"].value


def test_a_registrar_that_is_not_there_is_404(staff):
    staff.get("/admin/tlds/import/nobody/", status=404)


def test_staff_look_at_what_is_odd_and_believe_it(shop, staff, vendors):
    vendors.registered()
    vendors.registrar.change("tamm.com", external_id="another")
    with shop.work.write() as uow:
        names.request(uow, uow.session.scalars(select(DomainName)).one(), "sync")
    drain(shop)
    assert "Look at it" in staff.get("/admin/domains/")
    page = staff.get("/admin/domains/").click("tamm.com")
    form = next(form for form in page.forms.values() if form.action.endswith("/accept/"))
    assert form.submit(status=422)
    form["reason"] = "the registrar merged two accounts"
    form.submit(status=303)
    drain(shop)
    with shop.work.read() as uow:
        row = uow.session.scalars(select(DomainName)).one()
        assert (row.odd, row.external_id) == (None, "another")
        assert uow.session.scalars(select(Service)).one().state == "active"
