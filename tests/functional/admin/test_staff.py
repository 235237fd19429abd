"""Staff join by a mailed link; nobody raises themselves, and somebody can always do everything."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts.models import StaffRole, User
from ezcore.accounts.permissions import STAFF, WORDS
from ezcore.messaging import queries as mails
from ezcore.messaging.models import Mail
from tests.functional.admin.conftest import form_to, words_of
from tests.functional.admin.test_pages import flaws

STRONG = "granite kettle seven 19"


def user_of(shop, email):
    with shop.work.read() as uow:
        found = uow.session.scalars(select(User).where(User.email == email)).first()
        return found and (found.id, found.staff_role.name if found.staff_role else None, found.disabled_at)


def role_id(shop, name):
    with shop.work.read() as uow:
        return uow.session.scalar(select(StaffRole.id).where(StaffRole.name == name))


def invite(staff, role="support", email="joe@shop.example", name="Joe"):
    form = form_to(staff.get("/admin/staff/"), "/invite/")
    form["name"], form["email"] = name, email
    form["role"].force_value(role)
    return form.submit(status="*")


def link_of(shop, email="joe@shop.example"):
    with shop.work.read() as uow:
        mail = uow.session.scalars(
            select(Mail).where(Mail.recipient == email).order_by(Mail.id.desc()).limit(1)
        ).one()
        body = mails.body_of(uow, mail)
    return re.search(r"/accounts/invitation/[\w-]+/", body).group(0)


def join(browser, link, password=STRONG):
    form = next(one for one in browser.get(link).forms.values() if "password" in one.fields)
    form["password"] = password
    return form.submit(status="*")


def test_an_invited_person_joins_with_a_password_of_their_own(shop, staff, browser, office):
    assert invite(staff).status_int == 303
    assert user_of(shop, "joe@shop.example") is None
    link = link_of(shop)
    assert (
        "too easy" in join(browser, link, "short").text.lower() or "12" in join(browser, link, "short").text
    )
    assert join(browser, link).location.endswith("/accounts/login/")
    assert user_of(shop, "joe@shop.example")[1] == "support"
    assert office.trail("staff.invite")[-1].after == {"role": "support"}
    assert "does not work" in browser.get(link).text


def test_a_link_is_over_after_three_days_and_when_it_is_withdrawn(shop, staff, browser):
    invite(staff)
    link = link_of(shop)
    form_to(staff.get("/admin/staff/"), "/withdraw/").submit(status=303)
    assert "does not work" in browser.get(link).text
    invite(staff)
    late = link_of(shop)
    shop.work.clock.advance(timedelta(days=3, minutes=1))
    assert "does not work" in browser.get(late).text


def test_a_second_invitation_ends_the_first_link(shop, staff, browser):
    invite(staff)
    first = link_of(shop)
    invite(staff, role="billing")
    assert "does not work" in browser.get(first).text
    assert "Join the staff" in browser.get(link_of(shop)).text


def test_an_invitation_falls_with_who_wrote_it(shop, staff, as_staff, browser):
    other = as_staff(email="other@staff.example")
    invite(other)
    with shop.work.write() as uow:
        accounts.disable_user(uow, user_of(shop, "other@staff.example")[0], "left the company")
    assert "does not work" in join(browser, link_of(shop)).text
    assert user_of(shop, "joe@shop.example") is None


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("email", {"email": "nowhere"}), ("name", {"name": " "}), ("role", {"role": "root"}), ("role", {"role": ""}),
     ("email", {"email": "kadri@staff.example"})],
)  # fmt: skip
def test_a_wrong_invitation_names_the_field_and_keeps_the_rest(staff, field, wrong):
    page = invite(staff, **wrong)
    assert page.status_int == 422
    assert page.html.select_one(f".summary-error a[href='#{field}']")


def test_the_last_owner_stays(shop, staff, as_staff):
    as_staff(email="joe@shop.example", role="support")
    owner = user_of(shop, "kadri@staff.example")[0]
    page = staff.get(f"/admin/staff/{owner}/")
    assert "This is you" in words_of(page)
    key = form_to(page, "/logout/")["csrf_token"].value
    for path, fields in (("role", {"role": "support"}), ("rest", {"do": "disable", "reason": "tired"})):
        answer = staff.post(f"/admin/staff/{owner}/{path}/", fields | {"csrf_token": key}, status=422)
        assert "own login" in answer.text
    assert user_of(shop, "kadri@staff.example") == (owner, "owner", None)


def test_a_shut_login_is_out_at_once(shop, staff, as_staff, office):
    joe = as_staff(email="joe@shop.example", role="support")
    number = user_of(shop, "joe@shop.example")[0]
    form = form_to(staff.get(f"/admin/staff/{number}/"), "/rest/")
    assert "Say why" in form.submit("do", status=422).text
    form["reason"] = "left the company"
    form.submit("do", status=303)
    assert joe.get("/admin/", status=303).location.count("/accounts/login/")
    assert office.trail("user.disable")[-1].reason == "left the company"
    assert "joe@shop.example" in words_of(staff.get("/admin/staff/?state=shut"))
    back = form_to(staff.get(f"/admin/staff/{number}/"), "/rest/")
    back["reason"] = "came back"
    back.submit("do", status=303)
    assert user_of(shop, "joe@shop.example")[2] is None


def test_another_role_counts_and_ends_the_sessions(shop, staff, as_staff):
    joe = as_staff(email="joe@shop.example", role="support")
    number = user_of(shop, "joe@shop.example")[0]
    form = form_to(staff.get(f"/admin/staff/{number}/"), "/role/")
    form["role"] = "billing"
    form.submit(status=303)
    assert user_of(shop, "joe@shop.example")[1] == "billing"
    joe.get("/admin/", status=303)


def test_the_matrix_shows_every_permission_of_every_role(staff):
    page = staff.get("/admin/roles/", status=200)
    assert set(WORDS) == STAFF
    assert len(page.html.select("tbody tr")) == len(STAFF)
    row = next(one for one in page.html.select("tbody tr") if "accounts.manage" in one.get_text())
    assert [cell.find(class_="vh").get_text() for cell in row.select("td")] == ["may not", "may", "may not"]
    assert flaws(page) == []


def test_a_role_of_ones_own_is_made_given_and_removed(shop, staff, as_staff, office):
    new = form_to(staff.get("/admin/roles/"), "/admin/roles/")
    new["name"] = "Night desk"
    page = new.submit(status=303).follow(status=200)
    number = role_id(shop, "night desk")
    form = form_to(page, f"/admin/roles/{number}/")
    for box in form.fields["permissions"]:
        if box._value in ("support.manage", "jobs.manage"):
            box.checked = True
    form.submit(status=303)
    night = as_staff(email="nia@shop.example", role="night desk")
    night.get("/admin/tickets/", status=200)
    night.get("/admin/staff/", status=403)
    assert office.trail("role.change")[-1].after["permissions"] == [
        "jobs.manage",
        "staff.read",
        "support.manage",
    ]
    assert not [
        one for one in staff.get(f"/admin/roles/{number}/").forms.values() if one.action.endswith("/remove/")
    ]
    with shop.work.write() as uow:
        accounts.change_role(uow, user_of(shop, "nia@shop.example")[0], "support")
    form_to(staff.get(f"/admin/roles/{number}/"), "/remove/").submit(status=303)
    assert role_id(shop, "night desk") is None


def test_nobody_raises_themselves(shop, staff, as_staff):
    with shop.work.write() as uow:
        accounts.create_role(uow, "hr", ("accounts.manage", "staff.read"))
        accounts.create_role(uow, "reader", ("staff.read",))
    hr = as_staff(email="hr@shop.example", role="hr")
    key = form_to(hr.get("/admin/"), "/logout/")["csrf_token"].value
    grab = {"csrf_token": key, "permissions": "billing.manage"}
    own, reader, owner = role_id(shop, "hr"), role_id(shop, "reader"), role_id(shop, "owner")
    give = {"csrf_token": key, "permissions": "staff.read"}  # what they may give to any other role
    assert "own role" in hr.post(f"/admin/roles/{own}/", give, status=422).text
    assert "may not do" in hr.post(f"/admin/roles/{reader}/", grab, status=422).text
    assert "stays as it is" in hr.post(f"/admin/roles/{owner}/", grab, status=422).text
    assert "may do more than you" in invite(hr, role="owner").text
    me = user_of(shop, "hr@shop.example")[0]
    hr.post(f"/admin/staff/{me}/role/", {"csrf_token": key, "role": "owner"}, status=422)
    boss = user_of(shop, "kadri@staff.example")[0]
    fields = {"csrf_token": key, "do": "disable", "reason": "coup"}
    hr.post(f"/admin/staff/{boss}/rest/", fields, status=422)
    with shop.work.read() as uow:
        kept = uow.session.get_one(StaffRole, own).permissions
    assert sorted(kept) == ["accounts.manage", "staff.read"]
    assert user_of(shop, "kadri@staff.example")[2] is None


def test_a_list_of_a_hundred_asks_no_more_than_a_list_of_one(shop, staff, count_queries):
    staff.get("/admin/staff/")
    counts = []
    for start, end in ((0, 0), (0, 24), (24, 99)):
        with shop.work.write() as uow:
            for number in range(start, end):
                user = accounts.create_verified(uow, f"s{number}@shop.example", f"S {number}").user
                user.staff_role = accounts.ensure_roles(uow)["support"]
        with count_queries(shop.engine) as asked:
            staff.get("/admin/staff/")
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 12
    for path in (
        "/admin/staff/",
        "/admin/roles/1/",
        f"/admin/staff/{user_of(shop, 'kadri@staff.example')[0]}/",
    ):
        assert flaws(staff.get(path, status=200)) == []
