"""Everything about a client on their pages: made, corrected, noted, closed; lists cost the same however long."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts.models import Client, ClientNote, User
from ezcore.messaging.models import Mail
from tests.functional.admin.conftest import form_to, words_of
from tests.functional.admin.test_pages import flaws

PARTS = ("services", "domains", "invoices", "transactions", "orders", "tickets", "mails", "log")
NEW = {"name": "Mari Maasikas", "company": "Maasikas OÜ", "email": "Mari@maasikas.example", "country": "EE"}


@pytest.fixture
def ann(shop, paid):
    with shop.work.read() as uow:
        return uow.session.scalars(select(Client.id).where(Client.email == "ann@client.example")).one()


def client_of(shop, number):
    with shop.work.read() as uow:
        return uow.session.get_one(Client, number)


def fill(form, values):
    for name, value in values.items():
        form[name] = value
    return form


def crowd(shop, first, last):
    with shop.work.write() as uow:
        for number in range(first, last):
            accounts.create_verified(uow, f"c{number}@crowd.example", f"Crowd {number:03}", country="FI")


def test_a_client_is_seen_whole(staff, ann):
    page = staff.get(f"/admin/clients/{ann}/", status=200)
    said = words_of(page)
    for words in (
        "Ann",
        "ann@client.example",
        "Nothing is owed",
        "Web Pro",
        "Owner: everything",
        "Runs 1 of 1",
    ):
        assert words in said, words
    assert flaws(page) == []


def test_what_is_owed_is_said_first(staff, ordered, shop):
    page = staff.get("/admin/clients/1/")
    assert "Invoice 2026-00001" in words_of(page)
    assert "€" in page.html.select_one(".kpi .value").get_text()


@pytest.mark.parametrize("part", PARTS)
def test_every_list_of_a_client_is_whole_and_theirs(staff, as_client, ann, part):
    page = staff.get(f"/admin/clients/{ann}/{part}/", status=200)
    assert flaws(page) == []
    as_client(email="ben@client.example", name="Ben")
    other = staff.get(f"/admin/clients/{ann + 1}/{part}/", status=200)
    assert "Web Pro" not in words_of(other)
    assert "2026-00001" not in words_of(other)
    assert staff.get(f"/admin/clients/99/{part}/", expect_errors=True).status_int == 404


def test_a_row_of_a_service_names_the_product_and_which_one(staff, ann):
    row = staff.get(f"/admin/clients/{ann}/services/").html.select_one("tbody th")
    assert "Web Pro, service 1" in row.get_text()


def test_the_list_is_filtered_sorted_and_kept_by_its_address(shop, staff, ordered):
    crowd(shop, 0, 3)
    assert "Owes money" in words_of(staff.get("/admin/clients/"))
    rows = staff.get("/admin/clients/?owes=yes").html.select("tbody tr")
    assert [("Ann" in row.get_text(), "€" in row.get_text()) for row in rows] == [(True, True)]
    names = [
        row.th.a.get_text()
        for row in staff.get("/admin/clients/?country=fi&sort=name").html.select("tbody tr")
    ]
    assert names == ["Crowd 000", "Crowd 001", "Crowd 002"]
    page = staff.get("/admin/clients/?country=FI&name=crowd")
    tab = page.html.find("a", string=lambda text: text and text.startswith("Closed"))
    assert "country=FI" in (tab or page.html.select("nav.tabs a")[2])["href"]
    assert staff.get("/admin/clients/?sort=password_hash", expect_errors=True).status_int == 400


def test_the_file_has_the_rows_of_the_filter_and_runs_no_formula(shop, staff, as_client):
    as_client(email="eve@client.example", name="=HYPERLINK(1)")
    crowd(shop, 0, 2)
    text = staff.get("/admin/clients/clients.csv?country=FI").text
    assert text.splitlines()[0].startswith("number,name,company,email")
    assert len(text.splitlines()) == 3
    assert "'=HYPERLINK(1)" in staff.get("/admin/clients/clients.csv").text


def test_a_list_of_a_hundred_asks_no_more_than_a_list_of_one(shop, staff, ann, count_queries):
    staff.get("/admin/clients/")
    counts = {}
    for up_to in (0, 24, 99):
        crowd(shop, len(counts) and (0, 24)[len(counts) - 1], up_to)
        with count_queries(shop.engine) as asked:
            staff.get("/admin/clients/")
        counts[up_to] = len(asked)
    assert len(set(counts.values())) == 1, counts
    assert counts[0] <= 12


def test_the_first_screen_asks_twelve_times_at_most_whatever_the_client_has(shop, staff, ann, count_queries):
    with shop.work.write() as uow:
        for number in range(12):
            accounts.add_note(uow, ann, f"note {number}")
    with count_queries(shop.engine) as asked:
        staff.get(f"/admin/clients/{ann}/")
    assert len(asked) <= 12, asked


def test_staff_make_a_client_who_chooses_a_password_by_mail(shop, staff, office):
    form = fill(form_to(staff.get("/admin/clients/new/"), "/admin/clients/new/"), NEW)
    form["tax_number"] = ""
    page = form.submit(status=303).follow(status=200)
    assert "Maasikas OÜ is a client now" in page.text
    with shop.work.read() as uow:
        made = uow.session.scalars(select(Client).where(Client.company == "Maasikas OÜ")).one()
        user = uow.session.scalars(select(User).where(User.email == "mari@maasikas.example")).one()
        mails = uow.session.scalars(select(Mail.template).where(Mail.recipient == user.email)).all()
    assert (made.currency, user.password_hash, user.verified_at) == ("EUR", "!", None)
    assert mails == ["reset_password"]
    assert len(office.trail("client.create")) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nowhere"),
        ("name", ""),
        ("country", "XX"),
        ("tax_number", "EE123"),
        ("email", "ann@client.example"),
    ],
)
def test_a_client_with_something_wrong_is_not_made_and_nothing_typed_is_lost(staff, as_client, field, value):
    as_client()
    form = fill(form_to(staff.get("/admin/clients/new/"), "/admin/clients/new/"), NEW)
    if field == "country":
        form[field].force_value(value)
    else:
        form[field] = value
    page = form.submit(status=422)
    assert page.html.select_one(f".summary-error a[href='#{field}']")
    assert page.html.select_one("#company")["value"] == "Maasikas OÜ"


def test_staff_correct_a_client_and_issued_invoices_keep_what_they_say(shop, staff, ann, office):
    before = office.invoice().buyer
    form = form_to(staff.get(f"/admin/clients/{ann}/edit/"), "/edit/")
    assert form["email"].value == "ann@client.example"
    fill(form, {"company": "Ann & Co", "email": "books@ann.example", "city": "Tartu"}).submit(status=303)
    now = client_of(shop, ann)
    assert (now.company, now.email, now.city) == ("Ann & Co", "books@ann.example", "Tartu")
    assert office.invoice().buyer == before
    assert office.trail("client.update")[-1].after == {"changed": ["city", "company", "email"]}


def test_a_closed_client_orders_nothing_until_the_account_is_opened_again(shop, staff, as_client, office):
    ben = as_client(email="ben@client.example", name="Ben")
    page = staff.get("/admin/clients/1/close/")
    assert "Say why" in form_to(page, "/close/").submit("do", status=422).text
    form = form_to(page, "/close/")
    form["reason"] = "Asked for it by letter"
    form.submit("do", status=303)
    assert client_of(shop, 1).status == "closed"
    assert office.trail("client.close")[-1].reason == "Asked for it by letter"
    assert form.submit("do", expect_errors=True).status_int == 409
    assert ben.get("/dashboard/").status_int == 200
    again = form_to(staff.get("/admin/clients/1/close/"), "/close/")
    again["reason"] = "Came back"
    again.submit("do", status=303)
    assert client_of(shop, 1).status == "active"


def test_notes_stand_on_top_go_and_are_inert(shop, staff, ann, office):
    def write(body, *, sticky=False):
        form = next(one for one in staff.get(f"/admin/clients/{ann}/").forms.values() if "body" in one.fields)
        form["body"], form["sticky"] = body, sticky
        return form.submit("do", status="*")

    assert "Write something" in write("  ").text
    write("Calls on Mondays <img src=x onerror=alert(1)>", sticky=True)
    write("Paid late twice")
    page = staff.get(f"/admin/clients/{ann}/")
    bodies = [row.get_text() for row in page.html.select("section[aria-labelledby=notes] li")]
    assert "Calls on Mondays" in bodies[0]
    assert "<img src=x" not in page.text
    remove = next(one for one in page.forms.values() if "note" in one.fields)
    remove.submit("do", value="remove", status=303)
    with shop.work.read() as uow:
        gone = uow.session.scalars(select(ClientNote).where(ClientNote.removed_at.is_not(None))).one()
    assert gone.body == ""
    assert "Mondays" not in str([row.after for row in office.trail("client.note")])


def test_no_client_reads_what_staff_wrote(staff, as_client, shop):
    ben = as_client(email="ben@client.example", name="Ben")
    with shop.work.write() as uow:
        accounts.add_note(uow, 1, "quite a difficult person")
    for path in ("/dashboard/", "/account/profile/", "/services/"):
        assert "difficult" not in ben.get(path, expect_errors=True).text


def test_support_sees_no_money_lists_of_a_client(as_staff, ordered):
    support = as_staff(email="sam@staff.example", role="support")
    page = support.get("/admin/clients/1/")
    assert "2026-00001" not in words_of(page)
    assert "/invoices/" not in str(page.html.select_one("nav.tabs[aria-label=Client]"))
    support.get("/admin/clients/1/invoices/", status=403)
