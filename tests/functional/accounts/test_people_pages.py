"""People of a client through the pages; and which page opens to which permission, read off the declarations."""

from __future__ import annotations

import re

import pytest

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.models import Membership, MembershipRole
from ezcore.accounts.permissions import CLIENT, GRANTS
from ezcore.web.shared.views import UNSAFE
from tests.fixtures_accounts import ANN, PASSWORD
from tests.functional.accounts.conftest import Browser

BOB = "bob@client.example"
STRONG = "granite kettle seven 19"
REFUSED = 403


def declared(app):
    """Every page of clients, of the core and of plugins; the API knows no sessions and has tests of its own."""
    found = (one for one in app.registry["ez.declarations"] if (one.permission or "").startswith("client."))
    return [one for one in found if not one.path.startswith("/api/")]


def token_of(browser) -> str:
    return list(browser.get("/account/security/").forms.values())[-1]["csrf_token"].value


def ask(browser, one, token: str) -> int:
    path = re.sub(r"\{[^}]+\}", "1", one.path)
    if one.method in UNSAFE:
        return browser.post(path, {"csrf_token": token}, expect_errors=True).status_int
    return browser.get(path, expect_errors=True).status_int


@pytest.fixture
def as_member(work, ann, app):
    """The browser of somebody who may do for Ann what was given."""

    def enter(*grants: str, role: str = MembershipRole.CUSTOM) -> Browser:
        with work.write() as uow:
            bob = accounts.create_verified(uow, BOB, "Bob")
            own = uow.session.query(Membership).filter_by(user_id=bob.user_id).one()
            own.client_id, own.role, own.grants = ann.client_id, role, list(grants)
            token = accounts.open_session(uow, bob.user_id, ip="192.0.2.8", agent="")
        browser = Browser(app, "192.0.2.8")
        browser.set_cookie("ez_session", token)
        return browser

    return enter


@pytest.mark.parametrize("grants", [(), *((name,) for name in GRANTS), tuple(GRANTS)], ids="+".join)
def test_a_page_opens_exactly_to_those_who_may(app, as_member, grants):
    may = {"client.read"}.union(*(GRANTS[name] for name in grants))
    member, wrong = as_member(*grants), {}
    token = token_of(member)
    for one in declared(app):
        status = ask(member, one, token)
        if (status != REFUSED) is not (one.permission in may) or status >= 500:
            wrong[one.method, one.path] = f"{status}, wants {one.permission}"
    assert wrong == {}


def test_the_list_is_the_whole_and_every_permission_guards_something(app):
    found = declared(app)
    assert len(found) > 80
    assert {one.permission for one in found} == CLIENT


def test_more_permissions_never_open_less(app, as_member):
    assert set().union(*GRANTS.values()) < CLIENT
    owner = as_member(role=MembershipRole.OWNER)
    token = token_of(owner)
    assert not [one.path for one in declared(app) if ask(owner, one, token) == REFUSED]


def test_from_the_invitation_to_the_first_page(ann, browser, stranger, letterbox, work):
    browser.log_in()
    page = browser.get("/account/people/")
    form = next(f for f in page.forms.values() if f.action.endswith("/account/people/"))
    form["email"] = BOB
    form.set("grants", value=True, index=0)
    assert BOB in form.submit(status=303).follow()
    link = re.search(r"/accounts/join/[^/\s]+/", letterbox.to(BOB)[-1][1]).group(0)
    stranger.fill(link, 422, name="Bob", password="short")
    stranger.fill(link, 303, name="Bob", password=STRONG)
    assert stranger.get("/billing/", status=200)
    stranger.get("/tickets/", status=403)
    assert "This link does not work" in stranger.get(link)
    people = browser.get("/account/people/")
    assert "Billing" in people.html.find("section", attrs={"aria-labelledby": "members"}).text


def test_one_with_a_login_logs_in_first_and_then_chooses_for_whom_to_act(
    ann, browser, stranger, letterbox, work
):
    with work.write() as uow:
        bob = accounts.create_verified(uow, BOB, "Bob", password=PASSWORD, company="Bob Ltd")
    browser.log_in()
    form = next(
        f for f in browser.get("/account/people/").forms.values() if f.action.endswith("/account/people/")
    )
    form["email"] = BOB
    form.set("grants", value=True, index=3)
    form.submit(status=303)
    link = re.search(r"/accounts/join/[^/\s]+/", letterbox.to(BOB)[-1][1]).group(0)
    assert "another address" in browser.get(link)
    assert f"/accounts/login/?next={link}" in stranger.get(link)
    stranger.log_in(email=BOB)
    stranger.fill(link, 303)
    choices = [f for f in stranger.get("/dashboard/").forms.values() if f.action == "/account/switch/"]
    assert [f["client"].value for f in choices] == [str(bob.client_id), str(ann.client_id)]
    stranger.get("/account/people/", status=403)
    choices[0].submit(status=303)
    assert "Bob Ltd" in stranger.get("/account/profile/")
    stranger.get("/account/people/", status=200)
    token = token_of(stranger)
    stranger.post("/account/switch/", {"client": "999", "csrf_token": token}, status=404)
    stranger.post("/account/switch/", {"client": "x", "csrf_token": token}, status=404)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"email": "x", "grants": "billing"}, "email"),
        ({"email": ANN, "grants": "billing"}, "email"),
        ({"email": BOB}, "grants"),
        ({"email": BOB, "grants": "root"}, "grants"),
        ({"email": "a@b.example\nBcc: x@y.example", "grants": "billing"}, "email"),
    ],
)
def test_an_invitation_that_is_not_right_is_refused_at_its_field(ann, browser, fields, wrong, letterbox):
    browser.log_in()
    page = browser.post("/account/people/", {**fields, "csrf_token": token_of(browser)}, status=422)
    assert page.html.find(class_="summary-error").find("a", href=f"#{wrong}")
    assert page.html.find(id=wrong)
    assert letterbox.to(BOB) == []


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "", "email": BOB, "kinds": "all"}, "name"),
        ({"name": "B", "email": "x", "kinds": "all"}, "email"),
        ({"name": "B", "email": BOB}, "kinds"),
        ({"name": "B", "email": BOB, "kinds": "secrets"}, "kinds"),
    ],
)
def test_a_contact_that_is_not_right_is_refused_at_its_field(ann, browser, fields, wrong):
    browser.log_in()
    sent = {f"contact_{name}": value for name, value in fields.items()}
    page = browser.post("/account/contacts/", {**sent, "csrf_token": token_of(browser)}, status=422)
    assert page.html.find(class_="summary-error").find("a", href=f"#contact_{wrong}")
    assert page.html.find(id=f"contact_{wrong}")


def test_a_contact_is_added_changed_and_removed(ann, browser):
    browser.log_in()
    token = token_of(browser)
    sent = {
        "contact_name": "Books <b>",
        "contact_email": BOB,
        "contact_kinds": "invoices",
        "csrf_token": token,
    }
    page = browser.post("/account/contacts/", sent, status=303).follow()
    assert "Books &lt;b&gt;" in page
    browser.post("/account/contacts/1/", {"name": "", "kinds": "all", "csrf_token": token}, status=422)
    browser.post("/account/contacts/1/", {"name": "B", "kinds": "all", "csrf_token": token}, status=303)
    browser.post("/account/contacts/1/", {"do": "remove", "csrf_token": token}, status=303)
    assert "Nobody gets copies" in browser.get("/account/people/")
    browser.get("/account/contacts/1/", status=404)


def test_the_last_owner_is_told_why_they_stay(ann, browser):
    browser.log_in()
    token = token_of(browser)
    browser.post("/account/people/1/remove/", {"csrf_token": token}, status=409)
    page = browser.post("/account/people/1/", {"grants": "billing", "csrf_token": token}, status=422)
    assert "last owner" in page.html.find(class_="summary-error").text


def test_staff_look_at_the_pages_of_a_client_and_change_nothing(ann, app, work, checksum):
    with work.write() as uow:
        accounts.make_staff(uow, "joe@shop.example", "Joe", STRONG, "support")
    joe = Browser(app)
    joe.log_in("joe@shop.example", STRONG)
    token = token_of(joe)
    joe.post(f"/admin/clients/{ann.client_id}/look/", {"csrf_token": token}, status=303)
    page = joe.get("/account/profile/")
    assert "You look at the pages of Ann" in page.html.find(role="alert").text
    assert page.html.find(id="name")["value"] == "Ann"
    joe.get("/admin/", status=403)
    before = checksum()
    wrong = [one.path for one in declared(app) if one.method in UNSAFE and ask(joe, one, token) != REFUSED]
    assert wrong == []
    assert checksum() == before
    assert joe.post("/account/stop-looking/", {"csrf_token": token}, status=303).location.endswith(
        f"/admin/clients/{ann.client_id}/"
    )
    assert "You look at the pages" not in joe.get("/admin/")


def test_staff_reset_a_second_factor_with_a_reason(ann, app, work, letterbox):
    from ezcore.accounts.factors.models import SecondFactor, sealed_as

    with work.write() as uow:
        accounts.make_staff(uow, "joe@shop.example", "Joe", STRONG, "support")
        now = uow.now()
        sealed = uow.box.seal(sealed_as(ann.user_id), "JBSWY3DPEHPK3PXP")
        uow.session.add(SecondFactor(user_id=ann.user_id, secret=sealed, created_at=now, confirmed_at=now))
    joe = Browser(app)
    joe.log_in("joe@shop.example", STRONG)
    path, token = f"/admin/clients/{ann.client_id}/users/", token_of(joe)
    assert "Two-factor" in joe.get(path)
    fields = {"user": str(ann.user_id), "csrf_token": token}
    page = joe.post(path, fields, status=422)
    assert page.html.find(class_="summary-error").find("a", href=f"#reason-{ann.user_id}")
    joe.post(path, {**fields, "user": "999", "reason": "lost phone"}, status=404)
    joe.post(path, {**fields, "reason": "lost phone"}, status=303)
    assert letterbox.to(ANN)[-1][0] == "second_factor_reset"
    with work.read() as uow:
        assert queries.members_of(uow, ann.client_id)
