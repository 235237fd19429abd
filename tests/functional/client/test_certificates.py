"""Certificates in the browser: the client's own only, the key once, staff see the next to expire first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.domain_names.certificates import keys
from ezcore.domain_names.certificates.models import Certificate, sealed_key
from ezcore.jobs.models import Job
from ezcore.services.services.models import Service
from ezcore.worker import drain
from tests.fixtures_shop import PASSWORD, order

ANN = "ann@client.example"


@pytest.fixture
def given(shop, as_client):
    """Gives a client a certificate; returns its browser and the certificate's number."""

    def give(email=ANN, name="Ann", names=("example.com", "*.example.com"), days=60):
        browser = as_client(email=email, name=name)
        order(browser)
        drain(shop)
        with shop.work.write() as uow:
            client = uow.session.scalars(select(Client).where(Client.name == name)).one()
            service = uow.session.scalars(select(Service).where(Service.client_id == client.id)).first()
            now = uow.now()
            row = Certificate(
                service_id=service.id, client_id=client.id, names=list(names), authority="acme", state="active",
                operation_key=f"create-{email}", chain_pem="-----BEGIN CERTIFICATE-----\nMIIB", serial="ab12",
                issuer="CN=Test", not_before=now, not_after=now + timedelta(days=days), renew_at=now,
                created_at=now,
            )  # fmt: skip
            uow.session.add(row)
            uow.session.flush()
            row.key_sealed = uow.box.seal(sealed_key(row.id), keys.make_key("ec"))
            return browser, row.id

    return give


def test_a_client_sees_names_expiry_and_takes_the_chain_home(given):
    browser, number = given()
    listed = browser.get("/dashboard/certificates/")
    assert "example.com" in listed.text
    shown = listed.click("example.com")
    assert "*.example.com" in shown.text
    assert "Valid for 60 more days" in shown.text
    chain = browser.get(f"/dashboard/certificates/{number}/chain.pem")
    assert chain.content_type == "application/x-pem-file"
    assert chain.text.startswith("-----BEGIN CERTIFICATE-----")


def test_another_clients_certificate_is_not_there(given):
    _, number = given()
    stranger, _ = given("ben@client.example", "Ben", names=("example.org",))
    for path in ("", "chain.pem"):
        stranger.get(f"/dashboard/certificates/{number}/{path}", status=404)
    form = stranger.get("/dashboard/certificates/").click("example.org").forms
    token = next(one["csrf_token"].value for one in form.values() if "csrf_token" in one.fields)
    for path in ("key", "reissue"):
        answer = {"csrf_token": token, "password": PASSWORD}
        stranger.post(f"/dashboard/certificates/{number}/{path}/", answer, status=404)


def test_the_key_wants_the_password_and_is_shown_once(shop, given):
    browser, number = given()
    with shop.work.write() as uow:
        from ezcore.accounts.models import User
        from ezcore.accounts.passwords import hash_password

        uow.session.scalars(select(User).where(User.email == ANN)).one().password_hash = hash_password(
            PASSWORD
        )
    forms = browser.get(f"/dashboard/certificates/{number}/").forms
    form = next(one for one in forms.values() if "password" in one.fields)
    path = f"/dashboard/certificates/{number}/key/"
    token = form["csrf_token"].value
    wrong = browser.post(path, {"csrf_token": token, "password": "guess"}, status=422)
    assert "PRIVATE KEY" not in wrong.text
    shown = browser.post(path, {"csrf_token": token, "password": PASSWORD}, status=200)
    assert "BEGIN PRIVATE KEY" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    again = browser.post(path, {"csrf_token": token, "password": PASSWORD}, status=303).follow()
    assert "shown once already" in again.text


def test_a_client_has_a_new_one_issued_and_two_clicks_are_one_round(shop, given):
    browser, number = given()
    form = browser.get(f"/dashboard/certificates/{number}/").forms
    page = next(one for one in form.values() if one.action.endswith("/reissue/"))
    page.submit(status=303)
    assert "being issued already" in page.submit(status=303).follow().text
    with shop.work.read() as uow:
        assert len(uow.session.scalars(select(Job).where(Job.kind == "certificates.renew")).all()) == 1


def test_staff_see_the_next_to_expire_first_and_renew_it(shop, given, as_staff):
    _, later = given(days=60)
    _, soon = given("ben@client.example", "Ben", names=("soon.example",), days=3)
    staff = as_staff()
    listed = staff.get("/admin/certificates/").text
    assert listed.index(f"/admin/certificates/{soon}/") < listed.index(f"/admin/certificates/{later}/")
    shown = staff.get(f"/admin/certificates/{soon}/")
    page = next(one for one in shown.forms.values() if one.action.endswith("/renew/"))
    assert "queued" in page.submit(status=303).follow().text
