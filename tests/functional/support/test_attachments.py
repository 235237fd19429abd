"""Files at tickets: taken when they are what they say, kept under their hash, only ever saved, never shown."""

from __future__ import annotations

import re
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from webtest import Upload

from ezcore.settings.support import ENDINGS
from ezcore.support.attachments.kinds import KINDS
from ezcore.support.attachments.rules import clean_name, disposition, ending_of
from ezcore.web.shared.readable import MAX_UPLOAD
from tests.fixtures_shop import csrf_of
from tests.functional.support.test_ticket_pages import ask, reference_in

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
HUGE_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff\0\0\xff\xff\x08\x02\0\0\0"
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'


def send(browser, reference, *files, area="", verb="reply"):
    token = csrf_of(browser)
    fields = [("csrf_token", token), ("message", "See the file")]
    return browser.post(
        f"{area}/tickets/{reference}/{verb}/", fields,
        upload_files=[("files", name, content) for name, content in files], expect_errors=True,
    )  # fmt: skip


def links_of(browser, path):
    return re.findall(r'href="([^"]+/files/\d+/download/)"', browser.get(path).text)


def test_the_settings_name_exactly_the_kinds_that_can_be_checked():
    assert set(ENDINGS) == set(KINDS)
    assert not {"html", "htm", "svg", "xml", "js", "php", "xhtml", "eml"} & set(ENDINGS)


def test_several_files_go_both_ways_and_are_saved_not_shown(shop, as_client, as_staff):
    ann, kadri = as_client(), as_staff()
    reference = reference_in(ask(ann, files=[Upload("Screen shot 1.PNG", PNG)]))
    assert send(ann, reference, ("a.txt", b"one"), ("b.pdf", b"%PDF-1.7 x")).status_int == 303
    assert send(kadri, reference, ("answer.csv", b"a;b"), area="/admin").status_int == 303
    links = links_of(ann, f"/tickets/{reference}/")
    assert len(links) == 4
    got = ann.get(links[0])
    assert got.body == PNG
    assert got.headers["Content-Disposition"].startswith('attachment; filename="Screen shot 1.PNG"')
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.content_type == "application/octet-stream"
    assert got.headers["Content-Security-Policy"].endswith("sandbox")
    assert "script-src" not in got.headers["Content-Security-Policy"]
    digest = sha256(PNG).hexdigest()
    folder = shop.work.settings.state_dir / "files" / "attachments"
    assert (folder / digest[:2] / digest).read_bytes() == PNG
    assert not [path for path in folder.rglob("*") if "shot" in path.name or "PNG" in path.name]
    assert kadri.get(links_of(kadri, f"/admin/tickets/{reference}/")[3]).body == b"a;b"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.php", b"<?php"), ("x.phtml", b"<?php"), ("x.svg", SVG), ("x.html", HTML), ("x.pdf", HTML),
        ("x.png", SVG), (".htaccess", b"AddType x"), (".png", PNG), ("README", b"no ending"), ("x.xml", ENTITIES),
        ("x.png.php", PNG), ("x.png.", PNG), ("x.txt", b"a\0b"), ("x.zip", b"MZ\x90"),
    ],
)  # fmt: skip
def test_B071_what_a_browser_or_server_would_run_is_refused_and_the_text_stays(as_client, name, content):
    ann = as_client()
    reference = reference_in(ask(ann))
    answer = send(ann, reference, ("fine.txt", b"fine"), (name, content))
    assert answer.status_int == 422
    assert 'id="files-error"' in answer.text
    assert "See the file" in answer.text
    assert links_of(ann, f"/tickets/{reference}/") == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.gif", b"GIF89a/*" + b"\0" * 9 + b"*/=1;alert(1)"), ("page.txt", HTML), ("evil.php.png", PNG),
        ("a; filename=x.html;.txt", b"x"), ("../../etc/cron.d/x.txt", b"x"), ("C:\\x\\y.txt", b"x"),
        ("gepj\u202ephp.txt", b"x"), ("na\u00efve \u2603.txt", b"x"),
    ],
)  # fmt: skip
def test_B071_polyglots_and_odd_names_can_only_be_saved(as_client, name, content):
    ann = as_client()
    reference = reference_in(ask(ann))
    assert send(ann, reference, (name, content)).status_int == 303
    got = ann.get(links_of(ann, f"/tickets/{reference}/")[0])
    assert got.content_type == "application/octet-stream"
    header = got.headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=\"[\w.\- ]+\"; filename\*=UTF-8''[\w.%~-]+", header, re.ASCII)
    assert "/" not in header
    assert "%E2%80%AE" not in header


def test_B073_empty_too_large_and_too_many_are_refused(as_client):
    ann = as_client()
    reference = reference_in(ask(ann))
    limit = 5 * 1024 * 1024
    assert "is empty" in send(ann, reference, ("x.txt", b"")).text
    assert send(ann, reference, ("x.txt", b"x" * (limit + 1))).status_int == 422
    assert "At most 5 files" in send(ann, reference, *[(f"{n}.txt", b"x") for n in range(100)]).text
    assert send(ann, reference, ("x.txt", b"x" * (MAX_UPLOAD + 1))).status_int == 413
    assert links_of(ann, f"/tickets/{reference}/") == []
    assert send(ann, reference, ("x.txt", b"x" * limit)).status_int == 303


def test_B073_bombs_are_bytes_that_nobody_unpacks(as_client):
    ann = as_client()
    reference = reference_in(ask(ann))
    bomb = BytesIO()
    with ZipFile(bomb, "w", ZIP_DEFLATED) as packed:
        packed.writestr("zeros", b"\0" * 50_000_000)
    pages = b"%PDF-1.7\n" + b"1 0 obj<</Type/Page>>endobj\n" * 10_000
    answer = send(ann, reference, ("x.zip", bomb.getvalue()), ("x.png", HUGE_PNG), ("x.pdf", pages))
    assert answer.status_int == 303
    assert ann.get(links_of(ann, f"/tickets/{reference}/")[0]).body == bomb.getvalue()


def test_larger_bodies_are_taken_only_where_files_may_come(browser):
    body = b"x" * (3 * 1024 * 1024)
    kind = "multipart/form-data; boundary=y"
    assert browser.post("/account/login/", body, content_type=kind, expect_errors=True).status_int == 413


def test_B074_files_of_others_of_notes_and_near_numbers_are_404(as_client, as_staff):
    ann, ben, kadri = as_client(), as_client("ben@client.example", "Ben"), as_staff()
    mine, his = reference_in(ask(ann)), reference_in(ask(ben))
    send(ann, mine, ("a.txt", b"Ann's"))
    send(kadri, mine, ("note.txt", b"for staff"), area="/admin", verb="note")
    [file] = links_of(ann, f"/tickets/{mine}/")
    note = links_of(kadri, f"/admin/tickets/{mine}/")[1]
    assert kadri.get(note).body == b"for staff"
    number, note_number = (re.search(r"/files/(\d+)/", path)[1] for path in (file, note))
    for browser, path in (
        (ben, file), (ben, f"/tickets/{his}/files/{number}/download/"),
        (ann, f"/tickets/{mine}/files/{note_number}/download/"),
        (ann, f"/tickets/{mine}/files/99/download/"), (ann, f"/tickets/{mine}/files/0/download/"),
        (ann, f"/tickets/{mine}/files/1e0/download/"),
        (kadri, f"/admin/tickets/{his}/files/{number}/download/"),
    ):  # fmt: skip
        assert browser.get(path, expect_errors=True).status_int == 404, path
    assert ann.get(file).body == b"Ann's"
    assert "note.txt" not in ann.get(f"/tickets/{mine}/").text


def test_a_file_that_the_store_lost_is_404_and_not_a_defect(shop, as_client):
    ann = as_client()
    reference = reference_in(ask(ann, files=[Upload("a.txt", b"gone")]))
    digest = sha256(b"gone").hexdigest()
    (shop.work.settings.state_dir / "files" / "attachments" / digest[:2] / digest).unlink()
    assert ann.get(links_of(ann, f"/tickets/{reference}/")[0], expect_errors=True).status_int == 404


def test_a_shop_may_take_no_files_and_then_none_is_asked_for(shop, as_client, monkeypatch):
    ann = as_client()
    limits = shop.work.settings.support.model_copy(update={"attachment_files": 0})
    monkeypatch.setitem(shop.work.settings.__dict__, "support", limits)
    reference = reference_in(ask(ann))
    assert 'type="file"' not in ann.get(f"/tickets/{reference}/").text
    assert send(ann, reference, ("a.txt", b"x")).status_int == 422


def test_a_ticket_with_many_files_asks_the_database_no_more(as_client, as_staff, shop, count_queries):
    ann = as_client()
    reference = reference_in(ask(ann))
    send(ann, reference, ("a.txt", b"x"))
    with count_queries(shop.engine) as few:
        ann.get(f"/tickets/{reference}/")
    for number in range(4):
        send(ann, reference, *[(f"{number}-{n}.txt", b"x") for n in range(5)])
    with count_queries(shop.engine) as many:
        ann.get(f"/tickets/{reference}/")
    assert len(many) == len(few)
    assert len(many) <= 12


def test_names_keep_their_ending_and_nothing_that_misleads():
    assert clean_name("a" * 300 + ".pdf").endswith(".pdf")
    assert len(clean_name("a" * 300 + ".pdf")) == 120
    assert clean_name("x\r\nSet-Cookie: y.txt") == "xSet-Cookie: y.txt"
    assert ending_of(".htaccess") == ending_of("plain") == ending_of("...png") == ""
    assert '"' not in disposition('a"b.txt').removeprefix('attachment; filename="').partition('"')[0]
