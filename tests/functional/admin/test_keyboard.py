"""The page of keys, and the switch: each member of staff for themselves."""

from __future__ import annotations

from tests.functional.admin.conftest import form_to, words_of


def keys_of(page):
    return page.html.body["data-keys"]


def test_the_page_names_the_keys_and_where_g_goes_for_whom(staff, as_staff):
    assert "g t Tickets" in words_of(staff.get("/admin/keyboard/"))
    billing = as_staff(email="b@staff.example", role="billing")
    page = billing.get("/admin/keyboard/")
    assert "Tickets" not in words_of(page)
    assert "g i Invoices" in words_of(page)


def test_no_letter_means_two_things(staff):
    letters = [a["data-go"] for a in staff.get("/admin/").html.select("[data-go]")]
    assert len(letters) > 15
    assert len(letters) == len(set(letters))


def test_switched_off_they_are_off_on_every_page_for_this_one_only(staff, as_staff):
    form = form_to(staff.get("/admin/keyboard/"), "/admin/keyboard/")
    form["shortcuts"].checked = False
    page = form.submit(status=303).follow()
    assert keys_of(page) == "off"
    assert not page.html.select(".search kbd")
    assert keys_of(staff.get("/admin/orders/")) == "off"
    assert keys_of(as_staff(email="b@staff.example", role="billing").get("/admin/orders/")) == "on"
    form = form_to(page, "/admin/keyboard/")
    assert not form["shortcuts"].checked
    form["shortcuts"].checked = True
    assert keys_of(form.submit(status=303).follow()) == "on"
