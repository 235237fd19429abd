"""From the bytes of a mail to what a ticket needs: nothing that stands in a mail can break the reading of it."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from ezcore.support.mail.parsing import parse
from ezcore.support.mail.words import text_of_html, without_history
from tests.unit.support.mail.letters import letter


def raw(*lines: str | bytes, body: bytes = b"Hello\n") -> bytes:
    head = b"\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    return head + b"\n\n" + body


def test_a_plain_mail_is_read():
    found = parse(letter(In_Reply_To="<a@x>", References="<r@x> <a@x>"))
    assert (found.sender, found.sender_name, found.subject) == ("ann@client.example", "Ann", "It is slow")
    assert (found.text, found.machine) == ("Since noon.", "")
    assert found.answers == ("<a@x>", "<r@x>", "<a@x>")
    assert found.readers == ("help@shop.example",)
    assert "Subject: It is slow" in found.headers


def test_html_alone_becomes_text():
    message = EmailMessage()
    message["From"] = "ann@client.example"
    message.set_content(
        "<style>p{}</style><p>Dear&nbsp;desk,</p><p>it is <b>slow</b>.<br>See <a href='https://x.example/1'>this</a></p>"
        "<script>alert(1)</script><ul><li>one<li>two</ul>",
        subtype="html",
    )
    assert parse(message.as_bytes()).text == (
        "Dear desk,\n\nit is slow.\nSee this (https://x.example/1)\n\n- one\n- two"
    )


def test_plain_text_is_preferred_and_files_are_taken_apart():
    message = EmailMessage()
    message["From"] = "ann@client.example"
    message.set_content("See the log.")
    message.add_alternative("<p>See the <b>log</b>.</p>", subtype="html")
    message.add_attachment(b"GET /\n", maintype="text", subtype="plain", filename="../../etc/access.log")
    found = parse(message.as_bytes())
    assert found.text == "See the log."
    assert [(one.name, one.content) for one in found.files] == [("../../etc/access.log", b"GET /\n")]


@pytest.mark.parametrize(
    "text",
    [
        "It works.\n\nOn Mon, 2 Mar 2026 at 09:00, EZ <help@shop.example> wrote:\n> We restarted it.\n> Does it?",
        "It works.\n\nOn Mon, 2 Mar 2026 at 09:00, EZ Solutions\n<help@shop.example> wrote:\n\n> We restarted it.\n",
        "It works.\n\nAm 02.03.2026 um 09:00 schrieb EZ Solutions:\n> We restarted it.",
        "It works.\n\n-----Original Message-----\nFrom: EZ Solutions\nWe restarted it.",
        "It works.\n\nFrom: EZ Solutions <help@shop.example>\nSent: Monday, 2 March 2026\nTo: Ann\n\nWe restarted it.",
        "It works.\r\n\r\n> We restarted it.\r\n",
    ],
)
def test_the_history_below_an_answer_is_cut(text):
    assert without_history(text) == "It works."


def test_quotes_between_the_lines_stay_and_a_mail_of_quotes_alone_stays_whole():
    between = "> Does it work?\nYes.\n> And mail?\nNo."
    assert without_history(between) == between
    assert without_history("> only this") == "> only this"


def test_the_history_of_html_is_cut_as_well():
    html = (
        '<div>It works.</div><div class="gmail_quote"><div>On Mon, 2 Mar 2026, EZ wrote:<br></div>'
        "<blockquote><p>We restarted</p><p>it.</p></blockquote></div>"
    )
    assert without_history(text_of_html(html)) == "It works."


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("utf-8", b"na\xefve caf\xe9", "naïve café"),
        ("no-such-charset", "naïve".encode(), "naïve"),
        ('"', b"hello", "hello"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("iso-8859-1", b"Gr\xfc\xdfe", "Grüße"),
        ("utf-16", b"odd", "odd"),
        ("utf-8", b"nul \x00 here", "nul  here"),
    ],
)
def test_a_broken_charset_costs_some_characters_and_never_the_mail(charset, body, text):
    found = parse(raw("From: ann@client.example", f"Content-Type: text/plain; charset={charset}", body=body))
    assert found.text == text


@pytest.mark.parametrize(
    "head",
    [
        b"From: =?utf-8?b?/////?= <ann@client.example>",
        b"From: ann@client.example\nSubject: \xff\xfe raw bytes",
        b"From: ann@client.example\nSubject: =?nope?q?x?=",
        b"From: ann@client.example\nContent-Type: ;;;=\nContent-Disposition: attachment; filename*=x''%ZZ",
        b"From: ann@client.example\nContent-Type: multipart/mixed",
        b'From: ann@client.example\nContent-Type: multipart/mixed; boundary="x"\nContent-Transfer-Encoding: nope',
        b"From: ann@client.example\nContent-Transfer-Encoding: base64",
        b"From: ann@client.example\nDate: yesterday\nMessage-ID: <\nReferences: <<<>>>",
        b"From: ann@client.example\nTo: " + b",".join(b"x%d@x.example" % n for n in range(1000)),
        b'From: ann@client.example\nContent-Type: text/plain; charset*0="ut"; charset*=f',
    ],
)
def test_headers_that_nobody_would_write_are_read_as_far_as_they_go(head):
    found = parse(raw(head))
    assert found.sender == "ann@client.example"
    assert found.message_id
    for text in (found.subject, found.text, found.headers, found.sender_name):
        text.encode("utf-8")
        assert "\0" not in text


@pytest.mark.parametrize(
    "junk", [b"", b"\n", b"\xff" * 2000, b"no headers at all", b"From:\n\n", b": :\n:\n"]
)
def test_what_is_no_mail_has_no_sender_and_breaks_nothing(junk):
    assert parse(junk).sender == ""


def test_many_levels_and_many_parts_are_bounded():
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(1500))
    assert parse(b"From: ann@client.example\n" + deep).sender == "ann@client.example"
    wide = b"--x\nContent-Type: application/zip\n\nPK\n" * 5000 + b"--x--\n"
    head = b'From: ann@client.example\nContent-Type: multipart/mixed; boundary="x"\n\n'
    assert len(parse(head + wide).files) < 300


def test_two_authors_are_none():
    assert parse(raw("From: ann@client.example, ben@client.example")).sender == ""
    assert parse(raw('From: "ann@client.example" <ben@client.example>')).sender == "ben@client.example"


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated (vacation)", "Precedence: bulk",
        "Precedence: Auto_Reply", "X-Auto-Response-Suppress: All", "Return-Path: <>", "List-Id: <x.example>",
        "X-Autoreply: yes", 'Content-Type: multipart/report; boundary="x"',
    ],
)  # fmt: skip
def test_what_a_machine_wrote_is_known_by_its_signs(header):
    assert parse(raw("From: ann@client.example", header)).machine
    assert not parse(raw("From: ann@client.example", "Auto-Submitted: no", "Return-Path: <a@x>")).machine


def test_a_mail_without_an_id_is_named_by_its_content():
    first, second = raw("From: a@x.example"), raw("From: b@x.example")
    assert parse(first).message_id == parse(first).message_id != parse(second).message_id
