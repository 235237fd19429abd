"""A client arrives, signs up inside the checkout, confirms the address, comes back, leaves."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts.models import LoginSession, User
from tests.fixtures_accounts import ANN, PASSWORD
from tests.functional.accounts.conftest import Browser, build

CHECKOUT = "/billing/checkout/"
FORM = {"name": "Ann", "email": ANN, "password": PASSWORD, "country": "EE", "terms": "yes"}


def sign_up(browser, next_url=CHECKOUT, status=303, **changes):
    page = browser.get("/accounts/signup/", {"next": next_url})
    form = list(page.forms.values())[-1]
    for name, value in {**FORM, **changes}.items():
        if name == "country":
            form["country"].force_value(value)
        elif name == "terms":
            form["terms"].checked = value == "yes"
        else:
            form[name] = value
    return form.submit(status=status)


def test_from_sign_up_by_the_mail_sink_back_to_the_checkout(browser):
    page = sign_up(browser).follow()
    assert "Check your mail" in page
    mail = page.click("Open the mail sink").click("Confirm your e-mail address")
    confirm = mail.click(href="/accounts/verify/")
    answer = list(confirm.forms.values())[-1].submit(status=303)
    assert answer.location == f"http://127.0.0.1:6543{CHECKOUT}"
    assert browser.is_logged_in


def test_opening_the_link_changes_nothing(browser, letterbox, checksum):
    sign_up(browser)
    path = f"/accounts/verify/{letterbox.token(ANN, 'verify_email')}/"
    before = checksum()
    assert "Confirm and log in" in browser.get(path)
    browser.head(path)
    assert checksum() == before


def test_a_used_link_says_so(browser, letterbox):
    sign_up(browser)
    path = f"/accounts/verify/{letterbox.token(ANN, 'verify_email')}/"
    browser.fill(path, 303)
    assert "This link does not work" in browser.get(path)


def test_a_stranger_reads_the_same_for_a_known_and_an_unknown_address(ann, browser, stranger, letterbox):
    known, unknown = sign_up(browser), sign_up(stranger, email="new@client.example")
    assert (known.status, known.location, known.body) == (unknown.status, unknown.location, unknown.body)
    assert [name for name, _ in letterbox.to(ANN)] == ["already_registered"]
    known, unknown = (
        browser.fill("/accounts/reset/", 303, email=email) for email in (ANN, "nobody@client.example")
    )
    assert (known.status, known.location, known.body) == (unknown.status, unknown.location, unknown.body)


def test_the_login_cookie_is_out_of_reach_of_scripts(ann, browser):
    cookie = next(c for c in browser.log_in().headers.getall("Set-Cookie") if c.startswith("ez_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "secure" not in cookie.lower()


def test_the_login_cookie_is_secure_on_https(work, ann):
    site = "https://shop.example"
    browser = Browser(build(work, shop__site_url=site), site=site)
    page = browser.get("/accounts/login/")
    form = list(page.forms.values())[-1]
    form["email"], form["password"] = ANN, PASSWORD
    answer = form.submit(headers={"Referer": f"{site}/accounts/login/"}, status=303)
    assert all("secure" in cookie.lower() for cookie in answer.headers.getall("Set-Cookie"))


def test_a_preset_cookie_is_not_taken_over(ann, browser, app):
    browser.set_cookie("ez_session", "planted-by-an-attacker")
    browser.log_in()
    assert browser.cookies["ez_session"] != "planted-by-an-attacker"
    attacker = Browser(app, "203.0.113.9")
    attacker.set_cookie("ez_session", "planted-by-an-attacker")
    assert not attacker.is_logged_in


def test_after_logout_the_old_cookie_is_nobody(ann, browser, app):
    browser.log_in()
    token = browser.cookies["ez_session"]
    page = browser.get("/account/security/")
    next(form for form in page.forms.values() if form.action == "/accounts/logout/").submit(status=303)
    replay = Browser(app)
    replay.set_cookie("ez_session", token)
    assert not replay.is_logged_in
    assert not browser.is_logged_in


def test_a_link_cannot_log_anybody_out(ann, browser):
    browser.log_in()
    browser.get("/accounts/logout/", status=405)
    assert browser.is_logged_in


def test_login_leads_where_it_was_asked_for(ann, browser):
    login = browser.get("/account/profile/", status=303).follow()
    form = list(login.forms.values())[-1]
    form["email"], form["password"] = ANN, PASSWORD
    assert form.submit(status=303).location == "http://127.0.0.1:6543/account/profile/"


def test_staff_come_to_the_admin_area_and_clients_to_their_dashboard(work, ann, browser, stranger):
    with work.write() as uow:
        accounts.make_staff(uow, "joe@shop.example", "Joe", "granite kettle seven 19", "support")
    assert browser.log_in().location.endswith("/dashboard/")
    answer = stranger.log_in("joe@shop.example", "granite kettle seven 19")
    assert answer.location.endswith("/admin/")
    assert stranger.get("/accounts/login/", status=303).location.endswith("/admin/")
    assert stranger.is_logged_in


def test_a_forgotten_password(ann, browser, stranger, letterbox):
    stranger.log_in()
    browser.fill("/accounts/reset/", 303, email=ANN)
    path = f"/accounts/reset/{letterbox.token(ANN, 'reset_password')}/"
    answer = browser.fill(path, 303, password="bright winter ferry 7").follow()
    assert "Your password is changed" in answer
    assert not stranger.is_logged_in
    browser.log_in(password="bright winter ferry 7")
    assert browser.is_logged_in


def test_another_device_is_logged_out_from_the_security_page(ann, browser, stranger):
    browser.log_in()
    stranger.log_in()
    page = browser.get("/account/security/")
    assert "203.0.113.9" in page
    next(form for form in page.forms.values() if form.action.endswith("/revoke/")).submit(status=303)
    assert not stranger.is_logged_in
    assert browser.is_logged_in


def test_a_changed_password_logs_the_others_out(ann, browser, stranger):
    browser.log_in()
    stranger.log_in()
    browser.fill("/account/security/", 422, current="wrong", password="bright winter ferry 7")
    assert stranger.is_logged_in
    browser.fill("/account/security/", 303, current=PASSWORD, password="bright winter ferry 7")
    assert browser.is_logged_in
    assert not stranger.is_logged_in


def test_the_profile_is_kept_and_shown(ann, browser):
    browser.log_in()
    page = browser.fill("/account/profile/", 303, line1="<b>Pikk</b> 2", city="Tartu").follow()
    assert "Your profile is saved" in page
    assert list(page.forms.values())[-1]["line1"].value == "<b>Pikk</b> 2"
    assert "<b>Pikk</b>" not in page


def test_an_unconfirmed_client_is_told_and_can_ask_for_the_link_again(browser, letterbox):
    sign_up(browser)
    browser.log_in()
    page = browser.get("/account/profile/")
    assert "not confirmed" in page
    next(form for form in page.forms.values() if form.action == "/accounts/verify/").submit(status=303)
    assert len(letterbox.to(ANN)) == 2
    token = browser.get("/account/profile/").forms[0]["csrf_token"].value
    browser.post("/account/profile/", {"name": "X", "country": "EE", "csrf_token": token}, status=403)


def test_links_in_mails_lead_to_the_configured_site_whatever_the_host_header_says(ann, browser, letterbox):
    page = browser.get("/accounts/reset/")
    token = list(page.forms.values())[-1]["csrf_token"].value
    browser.post(
        "/accounts/reset/", {"email": ANN, "csrf_token": token}, extra_environ={"HTTP_HOST": "evil.example"},
        status=400,
    )  # fmt: skip
    assert letterbox.to(ANN) == []
    browser.fill("/accounts/reset/", 303, email=ANN)
    assert "http://127.0.0.1:6543/accounts/reset/" in letterbox.to(ANN)[0][1]


def test_where_a_login_came_from_is_kept(work, ann, browser):
    browser.log_in()
    with work.read() as uow:
        row = uow.session.scalars(select(LoginSession)).one()
        assert row.ip == "192.0.2.7"
        assert uow.session.scalars(select(User)).one().email == ANN
