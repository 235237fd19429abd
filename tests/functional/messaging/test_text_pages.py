"""Staff's own words for mails through the browser: written, looked at, compared, taken back; the log and its resend."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.messaging import queries
from ezcore.messaging.models import Mail
from ezcore.messaging.operations import queue_mail
from ezcore.worker import drain
from tests.functional.messaging.conftest import form_of, pressed

PAGE = "/admin/mail-texts/service_active/en/"


def write(browser, **words):
    form = form_of(browser.get(PAGE), PAGE)
    for name, value in words.items():
        form[name] = value
    return form


def mail(shop, key="k1", **more):
    values = {"name": "Ann", "service": "web-1", "product": "Web Pro", "link": "http://shop.example/x/"}
    with shop.work.write() as uow:
        sent = queue_mail(uow, "service_active", "ann@client.example", values, key=key, **more)
        return sent.id, sent.subject, queries.body_of(uow, sent), queries.html_of(uow, sent)


def test_every_mail_is_listed_and_staffs_words_stand_before_the_themes(shop, kadri):
    listed = kadri.get("/admin/mail-texts/")
    assert listed.text.count('/en/">') > 30
    write(kadri, subject="{{ service }} runs", body="Hi {{ name }}!", html="<b>{{ name }}</b>").submit(
        status=303
    )
    assert mail(shop)[1:] == ("web-1 runs", "Hi Ann!\n", "<b>Ann</b>\n")
    assert "Yours, version 1" in kadri.get("/admin/mail-texts/").text
    form_of(kadri.get(PAGE), "/theme/").submit(status=303)
    assert "Hi Ann!" not in mail(shop, key="k2")[2]


def test_a_place_that_the_mail_does_not_have_is_named_with_its_line_before_saving(shop, kadri):
    wrong = write(kadri, body="Hi\n{{ invoice.number }}").submit(status=422)
    assert "Line 2: the text asks for invoice.number" in wrong.text
    assert "{{ invoice.number }}" in form_of(wrong, PAGE)["body"].value
    assert "has no {{/if}}" in write(kadri, body="{{#if name}}").submit(status=422).text
    assert mail(shop)[2].startswith("Hello Ann")


def test_the_preview_shows_samples_and_the_html_is_shut_in_a_sandbox(kadri):
    form = write(
        kadri, subject="For {{ name }}", body="{{#if link}}See {{ link }}{{/if}}", html="<i>{{ name }}</i>"
    )
    seen = pressed(form, "preview/")
    assert "For Ann Tamm" in seen.text
    assert "See http://shop.example/sample/" in seen.text
    html = pressed(write(kadri, html="<script>x</script><i>{{ name }}</i>"), "html/")
    assert html.text.startswith("<script>x</script><i>Ann Tamm</i>")
    policy = html.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert pressed(write(kadri, body="{{ x }}"), "preview/", status=422)


def test_a_test_goes_to_whoever_writes_the_text_and_to_nobody_else(shop, kadri):
    pressed(write(kadri, subject="For {{ name }}"), "test/")
    with shop.work.read() as uow:
        sent = uow.session.scalars(select(Mail)).one()
        assert (sent.recipient, sent.subject) == ("kadri@staff.example", "[Test] For Ann Tamm")


def test_versions_are_compared_and_restored(shop, kadri):
    write(kadri, body="First\nsame").submit(status=303)
    write(kadri, body="Second\nsame").submit(status=303)
    old = kadri.get(f"{PAGE}versions/1/")
    assert "-First" in old.text
    assert "+Second" in old.text
    form_of(old, "/restore/").submit(status=303)
    assert mail(shop)[2] == "First\nsame\n"
    assert "version 1 again" in kadri.get(PAGE).text


def test_two_writers_do_not_overwrite_each_other(shop, kadri, as_staff):
    jonas = as_staff("jonas@staff.example")
    mine, theirs = write(kadri, body="Mine"), write(jonas, body="Theirs")
    theirs.submit(status=303)
    late = mine.submit(status=422)
    assert "Somebody saved another version meanwhile" in late.text
    assert mail(shop)[2] == "Theirs\n"


def test_the_log_is_filtered_and_a_mail_is_said_again_word_by_word(shop, kadri, as_client):
    as_client()
    number, subject, body, _ = mail(shop, client_id=1)
    mail(shop, key="other")
    drain(shop)
    assert "2</span>" in kadri.get("/admin/mails/?template=service_active").text
    only = kadri.get("/admin/mails/?client=1&state=sent&template=service_active")
    assert f"/admin/mails/{number}/" in only.text
    assert only.text.count('<th scope="row">') == 1
    assert "No mail is here" in kadri.get("/admin/mails/?template=invoice_issued").text
    assert f"/admin/mails/{number}/" in kadri.get("/admin/clients/1/mails/").text
    page = kadri.get(f"/admin/mails/{number}/")
    assert body not in page.text
    again = form_of(page, "/resend/").submit(status=303).follow()
    assert f"Mail {number}" in again.text
    drain(shop)
    with shop.work.read() as uow:
        newest = queries.newest(uow)[0]
        assert (newest.resent_from_id, newest.subject, newest.state) == (number, subject, "sent")
        assert queries.body_of(uow, newest) == body
    assert "mail.resend" in kadri.get("/admin/audit/").text
