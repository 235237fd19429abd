"""Bank statements that are none: a file, a column, a line, an invoice number; nothing of them is imported."""

from __future__ import annotations

import pytest
from webtest import Upload

from tests.fixtures_shop import order
from tests.functional.admin.conftest import form_to
from tests.functional.money.untouched import untouched

SCRIPT = '"><b id=alive>1</b>'


@pytest.fixture
def told(shop, ann):
    """Ann ordered Web Pro for 7.00 and has not paid."""
    order(ann)
    return shop


FILE = """Booking date;Payer;Amount;Currency;Details;Transaction ID
02.03.2026;Ann Tamm;7,00;EUR;Invoice 2026-00001;B1
"""


def read_in(browser, body, status="*"):
    form = form_to(browser.get("/admin/statements/"), "/read/")
    form["file"] = Upload("march.csv", body)
    return form.submit(status=status)


def test_a_statement_that_is_none_is_refused(told, staff):
    bodies = (
        b"",
        b"hello",
        b"a;b\n",
        b"\x00\x01;\x00",
        b"\xff\xfe\x00",
        b"PK\x03\x04;;;",
        b'"never closed;1\n2;3',
    )
    for body in bodies:
        with untouched(told, body):
            page = read_in(staff, body)
        assert page.status_int == 422, body
        assert page.html.find(id="file")["aria-invalid"] == "true"


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("7,00;EUR", "x;EUR"), ("7,00;EUR", "7,00;XXQ"), ("7,00;EUR", "7,001;EUR"), ("7,00;EUR", "NaN;EUR"),
        ("7,00;EUR", f"{'9' * 30};EUR"), ("02.03.2026;Ann", "31.02.2026;Ann"), ("02.03.2026;Ann", "soon;Ann"),
    ],
)  # fmt: skip
def test_a_line_of_a_statement_that_is_none_is_named_and_nothing_is_imported(told, staff, broken, words):
    form = form_to(read_in(staff, FILE.replace(broken, words).encode(), 200), "/import/")
    with untouched(told, words):
        page = form.submit(status="*")
    assert page.status_int == 422
    assert "line 2" in page.html.find("main").get_text().lower()


@pytest.mark.parametrize("column", ["9", "99999999999", "9" * 5000, "-1", "\uff11", "\u00b2", "x", ""])
def test_a_column_of_a_statement_that_is_none(told, staff, column):
    form = form_to(read_in(staff, FILE.encode(), 200), "/import/")
    form["amount"].force_value(column)
    with untouched(told, column[:10]):
        page = form.submit(status="*")
    assert page.status_int == 422
    assert page.html.select_one("#errors a[href]")


def test_a_line_of_a_statement_pays_no_invoice_that_is_not_there(told, staff):
    page = form_to(read_in(staff, FILE.encode(), 200), "/import/").submit(status=303).follow()
    form = form_to(page, "/lines/1/record/")
    for typed in ("2026-09999", "x" * 500, SCRIPT, "' OR 1=1--", "2026-00001\x00"):
        form["number"].force_value(typed)
        with untouched(told, typed):
            page = form.submit(status="*")
        assert page.status_int == 422, typed
        assert page.html.find(id="number-1")["aria-invalid"] == "true"
        assert page.html.find(id="alive") is None
