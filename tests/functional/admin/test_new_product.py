"""Staff make a product from nothing: shelf, module with the plugin's own form, price grid; then it is sold."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.catalog.products.models import Product
from tests.functional.admin.conftest import form_to, words_of
from tests.functional.admin.test_pages import flaws


def made(shop, slug="backup-box"):
    with shop.work.read() as uow:
        return uow.session.scalars(select(Product).where(Product.slug == slug)).first()


def fill(staff, **more):
    form = form_to(staff.get("/admin/products/new/", status=200), "/new/")
    values = {
        "name": "Backup Box",
        "slug": "backup-box",
        "shelf": "new",
        "new_shelf": "Storage",
        "kind": "other",
    }
    for name, value in (values | more).items():
        form[name].force_value(value) if hasattr(form[name], "force_value") else form.set(name, value)
    return form


def test_a_product_is_made_priced_shown_and_sold(shop, staff, browser, office):
    page = fill(staff).submit(status=303).follow(status=200)
    assert "stays hidden" in page.text
    one = made(shop)
    assert (one.hidden, one.module, one.name) == (True, None, "Backup Box")
    assert browser.get("/pricing/backup-box/", expect_errors=True).status_int == 404
    grid = page.forms["prices"]
    for name, value in {"cycle-0": "1 month", "currency-0": "EUR", "amount-0": "4.00"}.items():
        grid[name] = value
    for name, value in {"cycle-1": "1 year", "currency-1": "USD", "amount-1": "40.00"}.items():
        grid[name] = value
    page = grid.submit(status=303).follow(status=200)
    card = form_to(page, f"/admin/products/{one.id}/")
    card["hidden"] = False
    card.submit(status=303)
    assert "Backup Box" in browser.get("/pricing/backup-box/", status=200).text
    assert [row.after["slug"] for row in office.trail("product.create")][-1] == "backup-box"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("slug", {"slug": "Backup Box"}), ("slug", {"slug": "web-pro"}), ("slug", {"slug": "review"}),
     ("name", {"name": " "}), ("shelf", {"shelf": ""}), ("new_shelf", {"new_shelf": ""}),
     ("kind", {"kind": "spaceship"}), ("module", {"module": "nobody"})],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_typed_is_lost(shop, staff, field, wrong):
    page = fill(staff, blurb="Room for copies", **wrong).submit(status=422)
    assert page.html.select_one(f".summary-error a[href='#{field}']")
    assert page.html.select_one("#blurb")["value"] == "Room for copies"
    assert made(shop) is None
    assert flaws(page) == ["no error"]


def test_the_form_of_a_module_is_the_plugins_own(shop, staff, office):
    page = staff.get("/admin/products/new/")
    modules = [option["value"] for option in page.html.select("#module option") if option["value"]]
    assert "manual" in modules
    page = fill(staff, module="manual").submit(status=303).follow(status=200)
    one = made(shop)
    assert page.request.path == f"/admin/products/{one.id}/module/"
    form = form_to(page, "/module/")
    names = [name for name in form.fields if name and name != "csrf_token"]
    assert names
    assert flaws(page) == []
    form.submit(status=303)
    assert len(office.trail("product.settings")) == 1
    assert made(shop).settings["kind"] == "project"


def test_a_product_without_a_module_has_no_such_form(staff, shop):
    fill(staff).submit(status=303)
    staff.get(f"/admin/products/{made(shop).id}/module/", status=404)
    assert "New product" in words_of(staff.get("/admin/products/"))
