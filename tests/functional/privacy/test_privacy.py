"""A copy of everything for who it belongs to, and to be forgotten: all of it but what the law wants kept."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from ezcore.accounts import operations as accounts
from ezcore.accounts import passwords
from ezcore.accounts.models import Client, User
from ezcore.billing.invoices.models import Invoice
from ezcore.db.base import Base
from ezcore.kernel.actor import Actor
from ezcore.messaging import queries as mails
from ezcore.messaging.mailings.queries import refuses
from ezcore.messaging.models import Mail
from ezcore.privacy import erasing, exports
from ezcore.privacy.models import DataExport, ErasureRequest
from ezcore.support.tickets import operations as desk
from ezcore.support.tickets.models import Ticket
from ezcore.worker import drain
from tests.fixtures_shop import order

ANN = "ann@client.example"
PASSWORD = "quiet lake heron 42"
CANARY = "Pikk 1"


@pytest.fixture
def ann(as_client, shop):
    """Ann's browser; she ordered, and her password is known."""
    browser = as_client(company="Wool and Co", tax_number="")
    order(browser)
    with shop.work.write() as uow:
        uow.session.scalars(
            select(User).where(User.email == ANN)
        ).one().password_hash = passwords.hash_password(PASSWORD)
    return browser


def send(browser, path, status=303, **fields):
    token = browser.get("/account/security/").html.find("input", {"name": "csrf_token"})["value"]
    return browser.post(path, {**fields, "csrf_token": token}, status=status)


def newest(shop, template: str) -> str:
    with shop.work.read() as uow:
        mail = uow.session.scalars(
            select(Mail).where(Mail.template == template).order_by(Mail.id.desc())
        ).first()
        return mails.body_of(uow, mail) if mail else ""


def link(shop) -> str:
    return re.search(r"/account/privacy/copy/[^/\s]+/", newest(shop, "data_export")).group(0)


def test_the_copy_has_everything_and_no_secret(ann, shop, new_browser, as_client):
    send(ann, "/account/privacy/", do="copy", password=PASSWORD)
    drain(shop)
    answer = ann.get(link(shop))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    found = json.loads(answer.body)
    assert found["client"]["line1"] == CANARY
    assert [one["email"] for one in found["people"]] == [ANN]
    assert found["invoices"][0]["number"]
    assert len(found["services"]) == len(found["orders"]) == 1
    assert found["mails"]
    assert found["sessions"]
    assert not re.search(r"argon2|token|csrf|_hash|sealed", answer.text)
    assert (
        new_browser().get(link(shop), status=303).location.startswith("http://shop.example/accounts/login/")
    )
    as_client(email="bob@client.example", name="Bob").get(link(shop), status=404)


def test_the_copy_is_not_readable_on_the_disk_and_is_thrown_away(ann, shop):
    send(ann, "/account/privacy/", do="copy", password=PASSWORD)
    drain(shop)
    with shop.work.read() as uow:
        row = uow.session.scalars(select(DataExport)).one()
    file = shop.settings.state_dir / "files" / row.file
    assert CANARY.encode() not in file.read_bytes()
    with shop.work.write() as uow:
        uow.session.get_one(DataExport, row.id).expires_at = uow.now() - timedelta(seconds=1)
    ann.get(link(shop), status=404)
    exports._empty(type("Due", (), {"work": shop.work, "payload": {"id": row.id}})())
    assert file.read_bytes() == b""


@pytest.mark.parametrize(
    "fields", [{"do": "copy", "password": "wrong"}, {"do": "copy"}, {"do": "all", "password": PASSWORD}]
)
def test_nothing_is_made_without_the_password(ann, shop, fields):
    send(ann, "/account/privacy/", 422, **fields)
    with shop.work.read() as uow:
        assert uow.session.scalars(select(DataExport)).all() == []


def test_copies_are_limited_by_day(ann):
    for _ in range(exports.A_DAY):
        send(ann, "/account/privacy/", do="copy", password=PASSWORD)
    assert "enough for one day" in send(ann, "/account/privacy/", 422, do="copy", password=PASSWORD)


def test_one_without_the_right_asks_for_nothing(ann, shop):
    with shop.work.read() as uow:
        client = uow.session.scalars(select(Client).where(Client.email == ANN)).one()
    helper = Actor(
        "client", user_id=1, client_id=client.id, permissions=frozenset({"client.read", "client.billing"})
    )
    for verb in (
        exports.ask,
        lambda uow: exports.fetch(uow, "x"),
        lambda uow: erasing.ask(uow, ""),
        erasing.withdraw,
    ):
        with shop.work.write(helper) as uow, pytest.raises(Exception, match="may not do this"):
            verb(uow)


@pytest.fixture
def wish(ann, shop):
    """Ann asked to be forgotten, and nothing of hers runs or is owed; the number of the request."""
    send(ann, "/account/privacy/", do="erase", password=PASSWORD, words="I move to the woods")
    with shop.work.write() as uow:
        client = uow.session.scalars(select(Client).where(Client.email == ANN)).one()
        new = desk.NewTicket(client.id, "help", "Where is Ann Wool?", "I live in Pikk 1")
        desk.open_ticket(uow, new)
        return uow.session.scalars(select(ErasureRequest)).one().id, client.id


def clear(shop, client_id: int) -> None:
    """What stands in the way is over: as if it had been cancelled."""
    with shop.work.write() as uow:
        uow.session.execute(
            text("UPDATE service SET state = 'terminated' WHERE client_id = :c"), {"c": client_id}
        )
        uow.session.execute(
            text("UPDATE invoice SET status = 'cancelled' WHERE client_id = :c"), {"c": client_id}
        )


def test_who_asked_twice_is_told_and_may_take_it_back(ann, wish, shop):
    assert "asked already" in send(ann, "/account/privacy/", 422, do="erase", password=PASSWORD)
    send(ann, "/account/privacy/withdraw/")
    send(ann, "/account/privacy/withdraw/", 404)
    send(ann, "/account/privacy/", do="erase", password=PASSWORD)


def test_nobody_is_forgotten_while_something_runs_or_is_owed(ann, wish, shop, as_staff):
    number, client_id = wish
    page = send(as_staff(), f"/admin/erasures/{number}/", 422, do="erase", typed=str(client_id))
    assert "1 unpaid invoices" in page.html.find(class_="summary-error").text
    with shop.work.read() as uow:
        assert uow.session.get_one(Client, client_id).name == "Ann"


def test_the_forgotten_are_gone_everywhere_but_where_the_law_keeps_them(ann, wish, shop, as_staff):
    number, client_id = wish
    clear(shop, client_id)
    with shop.work.read() as uow:
        before = [(one.number, one.buyer, one.content_hash) for one in uow.session.scalars(select(Invoice))]
    staff = as_staff()
    send(staff, f"/admin/erasures/{number}/", 422, do="erase", typed="1234567")
    send(staff, f"/admin/erasures/{number}/", do="erase", typed=str(client_id))
    ann.get("/dashboard/", status=303)
    kept = {"invoice", "audit_row", "outbox_event", "outbox_delivery", "job", "invoice_document"}
    with shop.work.read() as uow:
        assert [
            (one.number, one.buyer, one.content_hash) for one in uow.session.scalars(select(Invoice))
        ] == before
        for table in Base.metadata.sorted_tables:
            if table.name in kept:
                continue
            rows = repr(uow.session.execute(text(f'SELECT * FROM "{table.name}"')).all())
            for canary in (CANARY, "Wool", "woods"):
                assert canary not in rows, (table.name, canary)
            if table.name != "mail":  # the last mail says that it is done
                assert ANN not in rows, table.name
        assert {mail.template for mail in uow.session.scalars(select(Mail).where(Mail.recipient == ANN))} == {
            "erasure_done"
        }
        assert uow.session.scalars(select(Ticket)).one().subject == erasing.GONE


def test_a_refusal_is_mailed_with_its_reason(ann, wish, shop, as_staff):
    number, _client = wish
    staff = as_staff()
    send(staff, f"/admin/erasures/{number}/", 422, do="refuse", reason=" ")
    send(staff, f"/admin/erasures/{number}/", 404, do="nonsense")
    send(staff, f"/admin/erasures/{number}/", do="refuse", reason="A court asked us to wait.")
    assert "A court asked us to wait." in newest(shop, "erasure_refused")
    send(staff, f"/admin/erasures/{number}/", 404, do="refuse", reason="again")


def test_only_those_who_manage_accounts_decide(wish, as_staff):
    as_staff(role="support").get("/admin/erasures/", status=403)


def test_news_are_a_choice(ann, shop):
    with shop.work.read() as uow:
        client_id = uow.session.scalars(select(Client.id).where(Client.email == ANN)).one()
    for field, expected in (({}, True), ({"news": "1"}, False)):
        send(ann, "/account/notifications/", **field)
        with shop.work.read() as uow:
            assert refuses(uow, client_id) is expected


def test_mails_are_listed_with_their_text_but_without_their_keys(ann, shop, as_client):
    with shop.work.write() as uow:
        user = uow.session.scalars(select(User).where(User.email == ANN)).one()
        client_id = uow.session.scalars(select(Client.id).where(Client.email == ANN)).one()
        accounts.request_reset(uow, ANN)
        assert user
    drain(shop)
    page = ann.get("/account/mails/")
    links = re.findall(r'href="(/account/mails/\d+/)"', page.text)
    texts = [ann.get(path).text for path in links]
    assert any("held a key to a login" in one for one in texts)
    shown = next(one for one in texts if "invoice" in one.lower() and "body pre" in one)
    assert not re.search(r"/pay/[A-Za-z0-9_-]{20,}", shown)
    bob = as_client(email="bob@client.example", name="Bob")
    assert {bob.get(path, status=404).status_int for path in links} == {404}
    assert client_id
