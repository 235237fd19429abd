"""What may not work: rows B013 to B034 of the bad-input table that have a page, and rows H16 to H25."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from ezcore.accounts.models import Client, LoginSession, User
from ezcore.db.base import Base
from ezcore.db.rooms import import_models
from ezcore.web.shared.views import UNSAFE
from tests.fixtures_accounts import ANN, PASSWORD
from tests.functional.accounts.conftest import Browser, build
from tests.functional.accounts.test_journey import FORM, sign_up

ROUTES = [
    ("POST", "/accounts/login/"), ("POST", "/accounts/logout/"), ("POST", "/accounts/signup/"),
    ("POST", "/accounts/verify/x/"), ("POST", "/accounts/verify/"), ("POST", "/accounts/reset/"),
    ("POST", "/accounts/reset/x/"), ("POST", "/account/profile/"), ("POST", "/account/security/"),
    ("POST", "/account/security/revoke/"), ("POST", "/accounts/invitation/x/"),
    ("POST", "/account/security/revoke-others/"), ("POST", "/account/email/"), ("POST", "/accounts/email/x/"),
    ("POST", "/account/two-factor/"), ("POST", "/account/two-factor/confirm/"), ("POST", "/accounts/two-factor/"),
    ("POST", "/accounts/join/x/"), ("POST", "/account/switch/"), ("POST", "/account/stop-looking/"),
    ("POST", "/account/people/"), ("POST", "/account/people/1/"), ("POST", "/account/people/1/remove/"),
    ("POST", "/account/people/withdraw/1/"), ("POST", "/account/contacts/"), ("POST", "/account/contacts/1/"),
    ("POST", "/account/privacy/"), ("POST", "/account/privacy/withdraw/"), ("POST", "/account/notifications/"),
    ("POST", "/account/api-keys/"), ("POST", "/account/api-keys/1/revoke/"),
]  # fmt: skip
PAGES = [
    "/accounts/login/", "/accounts/signup/", "/accounts/check-mail/", "/accounts/verify/x/",
    "/accounts/reset/", "/accounts/reset/x/", "/account/profile/", "/account/security/", "/_mail/",
    "/accounts/invitation/x/", "/accounts/security/", "/accounts/profile/", "/account/email/", "/accounts/email/x/",
    "/account/two-factor/", "/accounts/two-factor/", "/accounts/join/x/", "/account/people/", "/account/people/1/",
    "/account/contacts/1/", "/account/mails/", "/account/mails/1/", "/account/privacy/", "/account/privacy/copy/x/",
    "/account/notifications/", "/account/api-keys/",
]  # fmt: skip
import_models()
EVERY_COLUMN = sorted({column.name for table in Base.metadata.sorted_tables for column in table.columns})


def csrf(browser, path="/accounts/login/"):
    return list(browser.get(path).forms.values())[-1]["csrf_token"].value


def test_the_lists_above_name_every_route(app):
    def pattern(path: str) -> str:
        return path.replace("/x/", "/{token}/").replace("/1/", "/{id}/")

    said = {(method, pattern(path)) for method, path in ROUTES} | {("GET", pattern(path)) for path in PAGES}
    declared = {
        (page.method, page.path)
        for page in app.registry["ez.declarations"]
        if page.path.startswith(("/accounts/", "/account/")) or page.path == "/_mail/"
    }
    assert said == declared


# B013, H25
@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("kind", ["missing", "wrong", "of another", "after logout"])
def test_no_form_works_without_its_own_token(ann, browser, stranger, checksum, method, path, kind):
    assert method in UNSAFE
    tokens = {"missing": None, "wrong": "x" * 64, "of another": csrf(stranger)}
    browser.log_in()
    if kind == "after logout":
        tokens[kind] = csrf(browser, "/account/security/")
        browser.post("/accounts/logout/", {"csrf_token": tokens[kind]}, status=303)
    before = checksum()
    fields = {**FORM, "csrf_token": tokens[kind]} if tokens[kind] else FORM
    answer = browser.post(path, fields, status="*")
    # A page for users sends one who logged out to the login page before it looks at the form.
    assert answer.status_code == 400 or answer.location.startswith("http://127.0.0.1:6543/accounts/login/")
    assert checksum() == before


@pytest.mark.parametrize("site", ["https://shop.example", "http://shop.example"])
def test_a_form_from_elsewhere_is_refused(work, ann, checksum, site):
    browser = Browser(build(work, shop__site_url=site), site=site)
    token, before = csrf(browser), checksum()
    fields = {"email": ANN, "password": PASSWORD, "csrf_token": token}
    browser.post("/accounts/login/", fields, headers={"Origin": "https://evil.example"}, status=400)
    assert checksum() == before
    browser.post("/accounts/login/", fields, headers={"Origin": site}, status=303)


@pytest.mark.parametrize("path", PAGES)
def test_looking_twice_writes_nothing(ann, browser, checksum, path):
    browser.log_in()
    before = checksum()
    for _ in range(2):
        browser.get(path, status="*")
    assert checksum() == before


def smuggled(*asked: str) -> list[dict[str, str]]:
    """Every column of every table as a field, but those the form asks for; a hundred at a time."""
    names = [name for name in EVERY_COLUMN if name not in asked]
    return [dict.fromkeys(names[start : start + 100], "1") for start in range(0, len(names), 100)]


# B014, H20
def test_no_column_can_be_smuggled_into_a_sign_up(browser, work):
    for extra in smuggled(*FORM, "company", "tax_number", "leave_empty"):
        browser.post("/accounts/signup/", {**extra, **FORM, "csrf_token": csrf(browser)}, status=303)
    with work.read() as uow:
        user, client = uow.session.scalars(select(User)).one(), uow.session.scalars(select(Client)).one()
        assert (user.verified_at, user.staff_role_id, user.disabled_at) == (None, None, None)
        assert (client.id, client.status, client.currency, client.language) == (1, "active", "EUR", "en")
        assert (client.tax_exempt, client.tax_number_state) == (False, "none")


def test_no_column_can_be_smuggled_into_a_profile(ann, browser, work):
    browser.log_in()
    own = {"name": "Ann", "country": "FI"}
    fields = (
        "name",
        "company",
        "line1",
        "line2",
        "postcode",
        "city",
        "region",
        "country",
        "language",
        "tax_number",
    )
    token = csrf(browser, "/account/profile/")
    for extra in smuggled(*fields):
        browser.post("/account/profile/", {**extra, **own, "csrf_token": token}, status=303)
    with work.read() as uow:
        client = uow.session.scalars(select(Client)).one()
        assert (client.country, client.email, client.status, client.currency) == ("FI", ANN, "active", "EUR")
        assert (client.tax_exempt, client.tax_number_state) == (False, "none")


# B016
@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https:evil",
        "/\\evil.example",
        "javascript:alert(1)",
        "https://evil.example/",
        "/\r\nX: y",
    ],
)
def test_login_leads_nowhere_else(ann, browser, target):
    fields = {"email": ANN, "password": PASSWORD, "next": target, "csrf_token": csrf(browser)}
    answer = browser.post("/accounts/login/", fields, status=303)
    assert answer.location == "http://127.0.0.1:6543/dashboard/"


# B017, B019, B020, B021, B024, B025
REFUSED_SIGN_UPS = [
    ("email", "a"), ("email", "a@"), ("email", "a@b"), ("email", "x" * 255 + "@a.example"), ("email", ""),
    ("email", "a@b.example\nBcc:x@y.example"), ("email", '"<script>"@x.example'),
    ("email", "ann@bücher.example"), ("email", "ann@shop.example."), ("password", ""), ("password", ANN),
    ("password", "short 7"), ("password", "password123"), ("password", "EZ Solutions"),
    ("password", "x" * 9_000), ("password", "x" * 129), ("country", "XX"), ("country", ""),
    ("name", ""), ("name", "x" * 1000), ("name", "\u200b"), ("leave_empty", "spam"), ("terms", "no"),
    ("tax_number", "EE100931557"), ("tax_number", "DE136695976"), ("tax_number", "x" * 50),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), REFUSED_SIGN_UPS)
def test_a_sign_up_that_is_not_right_is_refused_at_its_field(browser, work, field, value):
    page = sign_up(browser, status=422, **{field: value})
    assert page.html.find(class_="summary-error").find("a", href=f"#{field}")
    assert page.html.find(id=field)
    if field != "name":
        assert page.html.find(id="name")["value"] == "Ann", "nothing typed is lost"
    assert not page.html.find(id="password").get("value"), "a secret is never sent back"
    with work.read() as uow:
        assert uow.session.scalars(select(User)).all() == []


def test_a_field_sent_twice_is_refused(browser, work):
    token = csrf(browser)
    pairs = [*FORM.items(), ("email", "other@client.example"), ("csrf_token", token)]
    browser.post("/accounts/signup/", pairs, status=422)
    with work.read() as uow:
        assert uow.session.scalars(select(User)).all() == []


@pytest.mark.parametrize(
    "name", ["=cmd|'/c calc'!A0", "${7*7}", "{{7*7}}", "<svg onload=alert(1)>", "'; DROP TABLE client;--"]
)
def test_odd_names_are_shown_literally(browser, name, letterbox):
    sign_up(browser, name=name)
    browser.log_in()
    page = browser.get("/account/profile/")
    assert page.html.find(id="name")["value"] == name
    assert not page.html.find_all("svg", onload=True)


@pytest.mark.parametrize("length", [64, 128])
def test_a_long_password_is_taken_whole(browser, length):
    password = "".join(f"{number:x}q" for number in range(100))[:length]
    sign_up(browser, password=password)
    browser.fill("/accounts/login/", 422, email=ANN, password=password[:-1])
    browser.log_in(password=password)


# B018 is in test_journey. B023
def test_a_flood_of_sign_ups_is_stopped_for_its_place_only(browser, stranger):
    token = csrf(browser)
    fields = {**FORM, "email": "a", "csrf_token": token}
    statuses = [browser.post("/accounts/signup/", fields, status="*") for _ in range(35)]
    stopped = [answer for answer in statuses if answer.status_code == 429]
    assert stopped
    assert int(stopped[0].headers["Retry-After"]) > 0
    assert sign_up(stranger).status_code == 303


# B026
@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nobody@client.example", PASSWORD),
        (ANN, "wrong"),
        ("", ""),
        (ANN, ""),
        ("x" * 5000, "y" * 4_000),
        ("🙂", "🙂"),
    ],
)
def test_every_failed_login_shows_the_same_page(ann, browser, email, password):
    page = browser.fill("/accounts/login/", 422, email=email, password=password)
    assert page.html.find(class_="summary-error").p.text == "The e-mail address or the password is not right."
    assert not browser.is_logged_in


def test_guessing_is_answered_with_how_long_to_wait(ann, browser, stranger):
    for _ in range(6):
        browser.fill("/accounts/login/", 422, email=ANN, password="guess")
    page = browser.fill("/accounts/login/", 429, email=ANN, password=PASSWORD)
    assert "Please wait" in page
    assert int(page.headers["Retry-After"]) > 0
    assert stranger.log_in().status_code == 303


# B031, H22
@pytest.mark.parametrize(
    "token", ["x", "a" * 5000, "%00", "%ff", "%F0%9F%99%82", "' OR 1=1--", "..%2f..%2fetc%2fpasswd"]
)
@pytest.mark.parametrize("what", ["verify", "reset"])
def test_a_made_up_link_opens_nothing(ann, browser, what, token):
    answer = browser.get(f"/accounts/{what}/{token}/", status="*")
    assert answer.status_code in (200, 400, 404)
    if answer.status_code == 200:
        assert "This link does not work" in answer


def test_guessing_links_is_stopped(ann, browser):
    fields = {"password": "bright winter ferry 7", "csrf_token": csrf(browser)}
    statuses = {browser.post("/accounts/reset/guess/", fields, status="*").status_code for _ in range(35)}
    assert statuses == {422, 429}


# H16, H18
@pytest.mark.parametrize(
    "path", ["/account/profile/", "/account/security/", "/account/email/", "/account/two-factor/"]
)
def test_a_visitor_is_asked_to_log_in(browser, path):
    answer = browser.get(path, status=303)
    assert answer.location == f"http://127.0.0.1:6543/accounts/login/?next={path}"


@pytest.mark.parametrize(
    "path",
    [
        "/account/profile/", "/account/security/", "/account/security/revoke/", "/account/email/",
        "/account/security/revoke-others/", "/account/two-factor/", "/account/two-factor/confirm/",
    ],
)  # fmt: skip
def test_a_visitor_changes_nothing(browser, checksum, path):
    token, before = csrf(browser), checksum()
    answer = browser.post(path, {**FORM, "csrf_token": token}, status=303)
    assert "/accounts/login/" in answer.location
    assert checksum() == before


def test_nobody_ends_the_session_of_another(ann, browser, stranger, work):
    from ezcore.accounts import operations as accounts

    with work.write() as uow:
        accounts.create_verified(uow, "bob@client.example", "Bob", password=PASSWORD)
    browser.log_in()
    stranger.log_in(email="bob@client.example")
    with work.read() as uow:
        mine = uow.session.scalars(select(LoginSession).where(LoginSession.user_id == ann.user.id)).one()
    token = csrf(stranger, "/account/security/")
    bodies = {
        stranger.post("/account/security/revoke/", {"session": wanted, "csrf_token": token}, status=404).text
        for wanted in (mine.public_id, "session_none")
    }
    assert len(bodies) == 1
    assert browser.is_logged_in


@pytest.mark.parametrize("cookie", ["", "x" * 9000, "🙂", "a b", "../../etc/passwd", "' OR 1=1--"])
def test_a_garbage_cookie_is_a_visitor(browser, cookie):
    header = {"Cookie": f"ez_session={cookie}".encode().decode("latin-1")}
    assert browser.get("/accounts/login/", headers=header).status_code == 200


def test_no_secret_of_a_journey_stands_in_the_database(browser, work, letterbox):
    sign_up(browser)
    link = letterbox.token(ANN, "verify_email")
    browser.fill(f"/accounts/verify/{link}/", 303)
    session = browser.cookies["ez_session"]
    with work.read() as uow:
        rows = repr(
            [
                uow.session.execute(text(f'SELECT * FROM "{table.name}"')).all()
                for table in Base.metadata.sorted_tables
            ]
        )
    for secret in (PASSWORD, link, session):
        assert secret not in rows
