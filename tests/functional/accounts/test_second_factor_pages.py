"""Two-factor, another address and devices, through the pages."""

from __future__ import annotations

import re

import pyotp
import pytest

from ezcore.accounts import operations as accounts
from ezcore.accounts.factors.rules import PERIOD
from tests.fixtures_accounts import ANN, PASSWORD
from tests.functional.accounts.conftest import Browser, build

STRONG = "granite kettle seven 19"


def code(work, secret: str, after: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(int(work.clock.now().timestamp()) // PERIOD + after)


def set_up(browser, work, password: str = PASSWORD) -> tuple[str, list[str]]:
    """Walk through the pages; the secret and the recovery codes."""
    page = browser.fill("/account/two-factor/", 303, password=password).follow()
    secret = page.html.find("code").text.replace(" ", "")
    form = list(page.forms.values())[-1]
    form["code"] = code(work, secret)
    shown = form.submit(status=200)
    assert shown.headers["Cache-Control"] == "no-store"
    return secret, [one.text for one in shown.html.find_all("code")]


def enter(browser, typed: str, status: int = 303):
    return browser.fill("/accounts/two-factor/", status, code=typed)


def test_from_the_picture_to_the_next_log_in(ann, browser, stranger, work):
    browser.log_in()
    stranger.log_in()
    secret, codes = set_up(browser, work)
    assert len(codes) == 10
    assert browser.is_logged_in
    assert not stranger.is_logged_in, "every other device was logged out"
    answer = stranger.log_in(next="/account/email/")
    assert answer.location.endswith("/accounts/two-factor/?next=%2Faccount%2Femail%2F")
    assert not stranger.is_logged_in
    page = answer.follow()
    form = list(page.forms.values())[-1]
    form["code"] = code(work, secret, 1)
    assert form.submit(status=303).location.endswith("/account/email/")
    assert stranger.is_logged_in


def test_the_picture_has_no_style_and_says_what_it_is(ann, browser):
    browser.log_in()
    page = browser.fill("/account/two-factor/", 303, password=PASSWORD).follow()
    picture = page.html.find("svg", role="img")
    assert picture.title.text.startswith("QR code")
    assert not page.html.find_all(style=True)


def test_a_wrong_code_is_said_at_its_field_and_a_recovery_code_opens(ann, browser, stranger, work):
    browser.log_in()
    _secret, codes = set_up(browser, work)
    stranger.log_in()
    page = enter(stranger, "123456", 422)
    assert page.html.find(class_="summary-error").find("a", href="#code")
    enter(stranger, "", 422)
    enter(stranger, codes[3])
    assert stranger.is_logged_in
    assert "9 recovery codes are left" in stranger.get("/account/security/")


def test_without_a_password_there_is_no_second_step(ann, browser, stranger, work):
    browser.log_in()
    set_up(browser, work)
    assert stranger.get("/accounts/two-factor/", status=303).location.endswith("/accounts/login/")
    stranger.log_in()
    stranger.post("/accounts/login/", status=400)
    for _ in range(5):
        enter(stranger, "000000", 422)
    assert stranger.get("/accounts/two-factor/", status=303).location.endswith("/accounts/login/")


@pytest.mark.parametrize("do", ["off", "codes", "begin", "nonsense"])
def test_each_change_asks_for_the_password_again(ann, browser, work, checksum, do):
    browser.log_in()
    set_up(browser, work)
    token = list(browser.get("/account/two-factor/").forms.values())[-1]["csrf_token"].value
    fields = {"csrf_token": token, "do": do, "password": "wrong"}
    page = browser.post("/account/two-factor/", fields, status=422)
    assert "current password" in page.html.find(class_="summary-error").text
    assert "2026" not in page.html.find("main").text
    fields["password"] = PASSWORD
    expected = {"off": 303, "codes": 200, "begin": 409, "nonsense": 422}[do]
    browser.post("/account/two-factor/", fields, status=expected)


def test_staff_are_led_to_set_it_up_before_anything_else(work):
    app = build(work, security__staff_two_factor="required", security__secret_keys="k" * 32)
    with work.write() as uow:
        accounts.make_staff(uow, "joe@shop.example", "Joe", STRONG, "owner")
    joe = Browser(app)
    joe.log_in("joe@shop.example", STRONG)
    for path in ("/admin/", "/admin/clients/", "/admin/staff/"):
        assert joe.get(path, status=303).location.endswith("/account/two-factor/")
    assert "Set it up before you go on" in joe.get("/account/two-factor/")
    set_up(joe, work, STRONG)
    assert joe.get("/admin/clients/", status=200)
    page = joe.get("/account/two-factor/")
    assert not page.html.find("button", value="off"), "and there it stays"


def test_another_address_is_proved_by_a_link_and_the_old_one_hears_of_it(ann, browser, stranger, letterbox):
    browser.log_in()
    stranger.log_in()
    browser.fill("/account/email/", 303, email="Ann@New.example", password=PASSWORD)
    assert browser.is_logged_in, "nothing changed yet"
    link = letterbox.token("ann@new.example", "email_change")
    assert "ann@new.example" in stranger.get(f"/accounts/email/{link}/")
    stranger.fill(f"/accounts/email/{link}/", 303)
    assert not browser.is_logged_in
    assert [name for name, _ in letterbox.to(ANN)] == ["email_changed"]
    stranger.fill("/accounts/login/", 422, email=ANN, password=PASSWORD)
    stranger.log_in("ann@new.example")
    assert "ann@new.example" in stranger.get("/account/security/")
    assert "This link does not work" in stranger.get(f"/accounts/email/{link}/")


def test_asking_for_the_address_of_another_tells_nothing(ann, browser, work, letterbox):
    with work.write() as uow:
        accounts.create_verified(uow, "bob@client.example", "Bob")
    browser.log_in()
    answers = []
    for email in ("bob@client.example", "nobody@client.example"):
        page = browser.fill("/account/email/", 303, email=email, password=PASSWORD).follow()
        answers.append(re.sub(r"\w+@client.example", "", page.html.find(class_="flashes").text))
    assert answers[0] == answers[1]
    assert [name for name, _ in letterbox.to("bob@client.example")] == ["already_registered"]


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [(ANN, PASSWORD, "email"), ("x", PASSWORD, "email"), ("new@client.example", "wrong", "password")],
)
def test_a_change_of_address_that_is_not_right_is_refused_at_its_field(ann, browser, email, password, field):
    browser.log_in()
    page = browser.fill("/account/email/", 422, email=email, password=password)
    assert page.html.find(class_="summary-error").find("a", href=f"#{field}")


def test_every_other_device_is_logged_out_at_once(ann, browser, stranger):
    browser.log_in()
    stranger.log_in()
    page = browser.get("/account/security/")
    form = next(form for form in page.forms.values() if form.action.endswith("/revoke-others/"))
    assert "1 other device is logged out" in form.submit(status=303).follow()
    assert browser.is_logged_in
    assert not stranger.is_logged_in
