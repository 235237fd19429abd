"""Every ticket and every message stands at Zammad once, whatever gets lost; what people write there is read as text."""

from __future__ import annotations

import time
from datetime import timedelta, timezone

import pytest
from ez_zammad.sandbox import TOKEN
from ez_zammad.settings import ZammadSettings
from ez_zammad.words import plain
from pydantic import ValidationError

from ezcore.plugin_api import NeedsInfo, OutcomeUnknown, PermanentFailure, RetryAfter, StillRunning
from ezcore.plugin_api.sandbox import Fault
from plugins.zammad.tests.conftest import TICKET, message

LOST = ["lose_answer", "lose_request"]


def test_a_ticket_is_opened_for_its_customer_and_leads_back_to_us(house):
    number = house.opened()
    [ticket], [article] = house.tickets(), house.articles()
    assert (str(ticket["id"]), ticket["title"]) == (number, "[T-2026-048213] My site")
    assert (ticket["customer"], ticket["priority"], ticket["group"]) == (
        "ann@client.example",
        "3 high",
        "Users",
    )
    assert ticket["note"] == TICKET.address
    assert (article["sender"], article["body"]) == ("Customer", "Ann:\n\nIt is slow")
    assert house.desk.page(number) == f"{house.context.values['api_url']}/#ticket/zoom/{number}"
    assert house.opened() == number, "asked again it is found"


def lose(house, kind, **facts):
    house.app.faults.script(Fault("tickets.create", kind))
    with pytest.raises(OutcomeUnknown):
        house.desk.open_ticket(house.call(**facts), TICKET, message())


def test_a_ticket_whose_answer_was_lost_is_found(house):
    lose(house, "lose_answer")
    number = house.desk.open_ticket(house.call(attempt=2), TICKET, message())
    assert [str(one["id"]) for one in house.tickets()] == [number]
    assert len(house.articles()) == 1


def test_a_ticket_that_never_arrived_is_opened_after_a_while(house):
    lose(house, "lose_request")
    with pytest.raises(StillRunning) as waits:
        house.desk.open_ticket(house.call(attempt=2), TICKET, message())
    assert waits.value.check_after == house.desk.settings().search_seconds
    house.desk.open_ticket(house.call(attempt=3, handle=waits.value.handle), TICKET, message())
    assert (len(house.tickets()), len(house.articles())) == (1, 1)


def test_a_request_that_arrives_while_we_wait_is_the_only_one(house):
    lose(house, "lose_request")
    with pytest.raises(StillRunning) as waits:
        house.desk.open_ticket(house.call(attempt=2), TICKET, message())
    late = house.opened()
    third = house.call(attempt=3, handle=waits.value.handle)
    assert house.desk.open_ticket(third, TICKET, message()) == late
    assert len(house.tickets()) == 1


def test_a_second_lost_request_is_waited_for_again(house):
    lose(house, "lose_request", attempt=3, handle={"after": 2})
    with pytest.raises(StillRunning):
        house.desk.open_ticket(house.call(attempt=4, handle={"after": 2}), TICKET, message())


def test_a_ticket_that_somebody_else_opened_with_our_title_is_not_ours(house):
    number = house.opened()
    [ticket] = house.tickets()
    house.app.store.put("ticket", number, ticket | {"created_by_id": 10})
    assert house.opened() != number


def test_a_department_may_have_a_group_of_its_own(house):
    house.context.values = house.context.values | {"department_groups": "help = Sales;\nAbuse = Users"}
    house.opened()
    assert [one["group"] for one in house.tickets()] == ["Sales"]
    assert house.desk.settings().group_of("Billing") == "Users"


@pytest.mark.parametrize("kind", LOST)
def test_a_message_whose_answer_was_lost_is_written_once(house, kind):
    number = house.opened()
    house.app.faults.script(Fault("articles.create", kind))
    with pytest.raises(OutcomeUnknown):
        house.desk.post(house.call(), number, message(2, "Since noon"))
    first = house.desk.post(house.call(attempt=2), number, message(2, "Since noon"))
    assert house.desk.post(house.call(attempt=3), number, message(2, "Since noon")) == first
    assert [one["subject"] for one in house.articles()] == ["ez-1", "ez-2"]


def test_another_tickets_reference_within_a_title_is_not_ours(house):
    house.opened()
    [ticket] = house.tickets()
    house.app.store.put("ticket", "1", ticket | {"title": f"Fwd: {ticket['title']}"})
    house.opened()
    assert len(house.tickets()) == 2


def test_what_people_write_there_is_read_as_text_and_ours_is_not(house):
    number = house.opened()
    house.desk.post(house.call(), number, message(2, "A note", author="staff", internal=True))
    house.control("answer", {
        "ticket": number, "body": '<p>Try <a href="https://x.example/a">this</a></p><script>alert(1)</script>',
        "attachments": [{"filename": "log.txt"}],
    })  # fmt: skip
    house.control("answer", {"ticket": number, "body": "He owes us money", "internal": True})
    house.control("answer", {"ticket": number, "body": "Better", "sender": "Customer"})
    assert [one["internal"] for one in house.articles()] == [False, True, False, True, False]
    talk = house.desk.talk(number)
    assert [(one.author, one.body, one.internal, one.files) for one in talk.replies] == [
        ("staff", "Try https://x.example/a this", False, ("log.txt",)),
        ("staff", "He owes us money", True, ()),
        ("client", "Better", False, ()),
    ]
    assert [one.author_name for one in talk.replies] == ["Jane Doe", "Jane Doe", "ann@client.example"]


def test_an_answer_with_the_subject_of_our_message_is_theirs(house):
    number = house.opened()
    house.control("answer", {"ticket": number, "body": "Please try again", "subject": "ez-1"})
    assert [one.body for one in house.desk.talk(number).replies] == ["Please try again"]


@pytest.mark.parametrize(
    ("told", "there"), [("open", "open"), ("on_hold", "pending reminder"), ("closed", "closed")]
)
def test_states_are_told_and_read_back(house, told, there):
    number = house.opened()
    house.desk.set_state(house.call(), number, told)
    assert house.tickets()[0]["state"] == there
    assert house.desk.talk(number).state == told


@pytest.mark.parametrize(
    ("there", "read"), [("merged", "closed"), ("pending close", "on_hold"), ("new", "open")]
)
def test_states_that_only_zammad_has(house, there, read):
    number = house.opened()
    house.control("move", {"ticket": number, "state": there})
    assert house.desk.talk(number).state == read


def test_what_changed_since_is_listed_page_by_page(house, monkeypatch):
    monkeypatch.setattr("ez_zammad.search.PAGE", 2)
    for number in range(5):
        other = TICKET.model_copy(update={"reference": f"T-2026-00000{number}"})
        house.desk.open_ticket(house.call(), other, message(number))
    house.context.clock.advance(timedelta(hours=1))
    since = (house.context.clock.now() - timedelta(minutes=30)).astimezone(timezone(timedelta(hours=9)))
    assert house.desk.changed(since) == []
    for number in (2, 4, 5):
        house.control("answer", {"ticket": number, "body": "Done"})
    assert sorted(house.desk.changed(since)) == ["2", "4", "5"]


def test_an_article_without_words_or_sender_is_no_reason_to_read_nothing(house):
    number = house.opened()
    [ours] = house.articles()
    empty = ours | {
        "id": 8,
        "sender": "Agent",
        "created_by_id": 4,
        "from": None,
        "body": None,
        "content_type": None,
    }
    system = ours | {"id": 9, "sender": "System", "created_by_id": 1, "subject": "RE: [Ticket#22001]"}
    house.app.store.put("article", "8", empty)
    house.app.store.put("article", "9", system)
    assert [(one.body, one.author_name) for one in house.desk.talk(number).replies] == [("", "")]


@pytest.mark.parametrize("body", [{"articles": []}, [{"id": "x"}], "<html>", [1]], ids=str)
def test_a_talk_that_makes_no_sense_is_asked_for_again(house, body):
    number = house.opened()
    house.app.faults.script(Fault("articles.list", "hostile", args={"body": body}))
    with pytest.raises(RetryAfter):
        house.desk.talk(number)


def test_who_writes_is_named_without_the_group(house):
    number = house.opened()
    house.control("answer", {"ticket": number, "body": "Hello"})
    assert house.articles()[-1]["from"] == '"Jane Doe via Users" <desk@desk.example>'
    assert [one.author_name for one in house.desk.talk(number).replies] == ["Jane Doe"]


@pytest.mark.parametrize("piece", ["<a ", "<!--", "<!", "</a ", "<a b='", "<a b='>", "<script>", "&#", "<?"])
def test_html_that_hurts_the_standard_parser_is_read_at_once(piece):
    began = time.process_time()
    plain(piece * (1_000_000 // len(piece)), "text/html")
    assert time.process_time() - began < 3


def test_a_ticket_that_is_gone_is_gone(house):
    assert house.desk.talk("99") is None


def test_a_wrong_token_is_a_question_to_staff(house):
    house.context.values = house.context.values | {"token": "another"}
    with pytest.raises(NeedsInfo):
        house.opened()
    with pytest.raises(PermanentFailure):
        house.desk.test_connection()
    assert "another" not in "".join(house.logged)


def test_the_log_has_what_was_sent_and_never_the_token(house):
    house.desk.set_state(house.call(), house.opened(), "closed")
    assert len(house.logged) == 2
    assert "It is slow" in house.logged[0]
    assert TOKEN not in "".join(house.logged)


def test_the_connection_says_who_we_are(house):
    assert house.desk.test_connection() == "Zammad answers; we are shop@desk.example."


def test_what_zammad_refuses_is_told_in_its_words(house):
    house.context.values = house.context.values | {"group": "Nowhere"}
    with pytest.raises(PermanentFailure, match="Nowhere"):
        house.opened()


@pytest.mark.parametrize(
    ("fault", "signal"),
    [
        (Fault("tickets.create", "error", args={"status": 502, "body": "<html>"}), OutcomeUnknown),
        (Fault("tickets.create", "error", args={"status": 403, "body": {"error": "no"}}), NeedsInfo),
        (Fault("tickets.create", "hostile", args={"body": "<html>a proxy</html>"}), OutcomeUnknown),
        (Fault("tickets.create", "hostile", args={"body": {"id": "x"}}), OutcomeUnknown),
        (Fault("tickets.search", "hostile", args={"body": {"tickets": None}}), RetryAfter),
        (Fault("tickets.search", "error", args={"status": 302, "body": ""}), RetryAfter),
        (Fault("tickets.search", "hostile", args={"body": "[" * 100_000}), RetryAfter),
    ],
    ids=str,
)
def test_answers_that_make_no_sense_are_signals(house, fault, signal):
    house.app.faults.script(fault)
    with pytest.raises(signal):
        house.opened()


def test_an_answer_without_end_is_not_read_to_its_end(house):
    house.app.faults.script(Fault("tickets.create", "hostile", args={"body": "a" * 1000, "repeat": 20_000}))
    with pytest.raises(OutcomeUnknown, match="too large"):
        house.opened()


def test_nothing_is_sent_where_a_redirect_leads(house):
    there = {"Location": f"{house.context.values['api_url']}/api/v1/users/me"}
    house.app.faults.script(
        Fault("tickets.search", "error", args={"status": 302, "body": "", "headers": there})
    )
    with pytest.raises(RetryAfter, match="leads elsewhere"):
        house.opened()


def test_a_limit_is_told_with_the_time_to_wait(house):
    house.app.faults.script(Fault("tickets.create", "rate_limit", args={"retry_after": 7}))
    with pytest.raises(RetryAfter) as waits:
        house.opened()
    assert waits.value.seconds == 7


def test_a_search_that_answers_with_assets_is_read_too(house):
    number = house.opened()
    [ticket] = house.tickets()
    body = {"tickets": [1], "assets": {"Ticket": {"1": ticket}}}
    house.app.faults.script(Fault("tickets.search", "hostile", args={"body": body}))
    assert house.opened() == number


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Hi,<br>\n<br>\n<u>please send me:</u><br>\n1 x Caf&eacute;", "Hi,\n\nplease send me:\n1 x Café"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n\n- two"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ("<style>p {}</style><p>a</p><p>b", "a\n\nb"),
        ("<<<>>>", "<<<>>>"),
        ("<p>5 < 6 & 7 > 3 <!-- <b>said</b> in secret --><b>bold</b>", "5 < 6 & 7 > 3 bold"),
        ("a<!-- no end", "a"),
    ],
)
def test_html_becomes_text(body, text):
    assert plain(body, "text/html") == text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("api_url", "http://desk.example.com"), ("api_url", "ftp://desk.example.com"), ("token", "a b"),
        ("api_url", "https://me:pw@desk.example.com"), ("webhook_secret", "short"), ("group", ""),
        ("department_groups", "Sales"), ("department_groups", "Sales ="), ("department_groups", "= Sales desk"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused_by_name(field, value):
    with pytest.raises(ValidationError) as refused:
        ZammadSettings.model_validate({field: value})
    assert refused.value.errors()[0]["loc"] == (field,)
