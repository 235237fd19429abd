"""Mass mail: once to each client, a chunk a minute, whoever dies or presses a button in between."""

from __future__ import annotations

from datetime import timedelta
from email.parser import BytesParser
from email.policy import default

import pytest
from sqlalchemy import select

from ezcore.jobs.engine import Engine
from ezcore.kernel import crashpoint as crashes
from ezcore.kernel.crashpoint import SimulatedCrash
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.messaging import queries as mails
from ezcore.messaging.jobs import SEND
from ezcore.messaging.mailer import Letter, SmtpMailer
from ezcore.messaging.mailings import operations as mailings
from ezcore.messaging.mailings import queries
from ezcore.messaging.mailings.jobs import SEND_CHUNK
from ezcore.messaging.mailings.models import Mailing, MailingRecipient
from ezcore.messaging.mailings.operations import Addressee, Draft
from ezcore.messaging.models import Mail
from ezcore.messaging.rules import Text
from ezcore.messaging.unsubscribing import client_of, link, token
from ezcore.settings import Mail as MailSettings
from tests.fixtures_jobs import NoPorts

NOTICE = Draft(
    "Move", Text("We move {{ services }}", "Dear {{ client.name }}"), {}, marketing=False, per_minute=2
)


def people(*numbers):
    return [
        Addressee(n, f"c{n}@client.example", "en", {"client.name": f"Client {n}", "services": f"web-{n}"})
        for n in numbers
    ]


def approve(work, draft=NOTICE, whom=(1, 2, 3, 4, 5)):
    with work.write() as uow:
        mailing = mailings.write(uow, draft)
        mailings.approve(uow, mailing, people(*whom))
        return mailing.id


def run(work):
    engine = Engine(
        work, {SEND.name: SEND, SEND_CHUNK.name: SEND_CHUNK}, NoPorts(), owner="test", lease_seconds=60,
        on_end=lambda _u, _j: None,
    )  # fmt: skip
    while engine.run_one():
        pass


def minute(work):
    work.clock.advance(timedelta(minutes=1, seconds=1))
    run(work)


def sent(work):
    with work.read() as uow:
        return [one.recipient.split("@")[0] for one in uow.session.scalars(select(Mail).order_by(Mail.id))]


def state(work):
    with work.read() as uow:
        return uow.session.get_one(Mailing, 1).state


def press(work, act):
    with work.write() as uow:
        act(uow, uow.session.get_one(Mailing, 1))


def test_a_chunk_goes_out_each_minute_and_each_client_gets_one(each_work):
    approve(each_work)
    run(each_work)
    assert sent(each_work) == ["c1", "c2"]
    run(each_work)
    assert sent(each_work) == ["c1", "c2"]
    minute(each_work)
    minute(each_work)
    minute(each_work)
    assert sent(each_work) == ["c1", "c2", "c3", "c4", "c5"]
    assert state(each_work) == "done"
    with each_work.read() as uow:
        assert queries.counts(uow, 1) == {"sent": 5}
        first = uow.session.get_one(Mail, 1)
        assert (first.subject, mails.body_of(uow, first)) == ("We move web-1", "Dear Client 1\n")


@pytest.mark.parametrize(
    "point", ["mailing.written", "mailing.written:2", "messaging.mailing.send.settled", "work.committed:3"]
)
def test_a_process_that_dies_in_the_middle_leaves_the_rest_to_the_next_one(each_work, monkeypatch, point):
    def die(name):
        raise SimulatedCrash(name)

    monkeypatch.setattr(crashes, "on_crash", die)
    monkeypatch.setattr(crashes, "_passed", crashes.Counter())
    approve(each_work)
    monkeypatch.setenv("EZ_CRASH", point)
    with pytest.raises(SimulatedCrash):
        run(each_work)
    monkeypatch.delenv("EZ_CRASH")
    for _ in range(6):
        minute(each_work)
    assert sent(each_work) == ["c1", "c2", "c3", "c4", "c5"]
    assert state(each_work) == "done"


def test_held_it_sends_nothing_and_goes_on_with_the_rest_not_faster(work):
    approve(work)
    run(work)
    press(work, mailings.pause)
    minute(work)
    assert sent(work) == ["c1", "c2"]
    press(work, mailings.go_on)
    run(work)
    assert sent(work) == ["c1", "c2", "c3", "c4"]
    press(work, mailings.pause)
    press(work, mailings.go_on)
    run(work)
    assert sent(work) == ["c1", "c2", "c3", "c4"]
    minute(work)
    assert sent(work) == ["c1", "c2", "c3", "c4", "c5"]


def test_stopped_it_is_over_for_good(work):
    approve(work)
    run(work)
    press(work, mailings.stop)
    minute(work)
    assert (sent(work), state(work)) == (["c1", "c2"], "stopped")
    with pytest.raises(Refused):
        press(work, mailings.go_on)
    with work.read() as uow:
        assert queries.counts(uow, 1) == {"sent": 2, "waiting": 3}


def test_it_is_approved_once_and_then_fixed(work):
    approve(work)
    with pytest.raises(Refused):
        press(work, lambda uow, mailing: mailings.approve(uow, mailing, people(9)))
    with pytest.raises(Refused):
        press(work, lambda uow, mailing: mailings.write(uow, NOTICE, mailing))
    with pytest.raises(Refused), work.write() as uow:
        mailings.approve(uow, mailings.write(uow, NOTICE), [])


def test_marketing_respects_a_refusal_and_a_service_notice_does_not(work):
    with work.write() as uow:
        mailings.refuse(uow, 2)
        mailings.refuse(uow, 2)
    approve(work, Draft("Offer", Text("Offer", "Buy", "<p>Buy</p>"), {}, marketing=True), (1, 2))
    run(work)
    assert sent(work) == ["c1"]
    approve(work, NOTICE, (2,))
    run(work)
    assert sent(work) == ["c1", "c2"]
    with work.read() as uow:
        assert queries.counts(uow, 1) == {"sent": 1, "refused": 1}
        offer, notice = uow.session.get_one(Mail, 1), uow.session.get_one(Mail, 2)
        way_out = link(uow, 1)
        assert way_out in mails.body_of(uow, offer)
        assert way_out in mails.html_of(uow, offer)
        assert (offer.marketing, notice.marketing) == (True, False)
        assert "unsubscribe" not in mails.body_of(uow, notice)


def test_an_address_that_is_none_is_noted_and_the_others_go_out(work):
    with work.write() as uow:
        mailing = mailings.write(uow, NOTICE)
        broken = Addressee(9, "nobody", "en", {})
        mailings.approve(uow, mailing, [broken, *people(1)])
    run(work)
    assert sent(work) == ["c1"]
    with work.read() as uow:
        assert "complete e-mail address" in uow.session.get_one(MailingRecipient, 1).cause


def test_only_marketing_can_name_the_way_out(work):
    text = Text("x", "{{ unsubscribe }}")
    with work.write() as uow:
        assert mailings.write(uow, Draft("Offer", text, {}, marketing=True))
    with pytest.raises(InvalidInput) as refused, work.write() as uow:
        mailings.write(uow, Draft("Move", text, {}, marketing=False))
    assert refused.value.field == "body"


def test_a_link_is_good_for_its_client_only(work):
    with work.read() as uow:
        good = token(uow.box, 7)
        assert client_of(uow.box, good) == 7
        for wrong in (good.replace("7.", "8.", 1), "7.", "7", "", "x.y", "٧." + good[2:], f"{'9' * 30}.x"):
            assert client_of(uow.box, wrong) is None


def test_the_way_out_stands_in_the_header_as_it_is_however_long(work):
    address = "https://billing.a-shop-with-a-long-name.example.com/unsubscribe/123456.0123456789abcdef0123456789abcdef/"
    letter = Letter(
        "a@b.example", "Offer ☂", "Buy", "<m@b>", work.clock.now(), html="<p>Buy</p>", unsubscribe=address
    )
    raw = SmtpMailer(MailSettings(), "Shop")._message(letter).as_bytes()
    assert f"List-Unsubscribe: <{address}>\r\n".encode() in raw
    read = BytesParser(policy=default).parsebytes(raw)
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in read.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    plain = SmtpMailer(MailSettings(), "Shop")._message(
        Letter("a@b.example", "x", "y", "<m@b>", work.clock.now())
    )
    assert "List-Unsubscribe" not in plain
