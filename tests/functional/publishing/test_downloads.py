"""Files are saved by those whom they are for, and are never shown."""

from __future__ import annotations

from hashlib import sha256

import pytest
from sqlalchemy import select
from webtest import Upload

from ezcore.catalog.products.models import Product
from ezcore.publishing.downloads.models import Download
from ezcore.services.services.models import Service
from tests.fixtures_shop import order
from tests.functional.publishing.conftest import form_to

NEW = "/admin/content/downloads/new/"
HTML = b"<script>alert(1)</script>"


def put(
    staff, audience="everybody", name="page.html", content=HTML, title="A file", *, publish=True, **fields
):
    form = form_to(staff.get(NEW), NEW)
    form["title"], form["audience"], form["file"] = title, audience, Upload(name, content)
    for field, value in fields.items():
        form[field] = value
    answer = form.submit("do", value="save", status="*")
    if publish and answer.status_int == 303:
        form_to(answer.follow(), "/publish/").submit(status=303)
    return answer


def test_a_file_is_saved_and_never_shown(shop, browser, as_staff):
    put(as_staff(role="support"), name="..\\a;b\u202e.html")
    got = browser.get("/downloads/1/download/", status=200)
    assert got.body == HTML
    assert got.content_type == "application/octet-stream"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Disposition"].startswith('attachment; filename="a_b.html"')
    assert got.headers["Content-Security-Policy"].endswith("sandbox")
    digest = sha256(HTML).hexdigest()
    assert (shop.work.settings.state_dir / "files" / "downloads" / digest[:2] / digest).read_bytes() == HTML
    with shop.work.read() as uow:
        assert uow.session.get_one(Download, 1).saved == 1


def test_each_audience_finds_its_own(shop, browser, as_client, as_staff):
    staff, ann, ben = as_staff(), as_client(), as_client("ben@client.example", "Ben")
    order(ann)
    with shop.work.write() as uow:
        product = uow.session.scalars(select(Product).where(Product.slug == "web-pro")).one().id
        uow.session.scalars(select(Service)).one().state = "active"
    put(staff, title="For all")
    put(staff, "clients", title="For clients")
    put(staff, "owners", title="For owners", product_id=str(product))
    put(staff, title="Not yet", publish=False)
    for reader, allowed in ((browser, {1}), (ben, {1, 2}), (ann, {1, 2, 3}), (staff, {1, 2, 3, 4})):
        got = {
            n for n in range(1, 6) if reader.get(f"/downloads/{n}/download/", status="*").status_int == 200
        }
        assert got == allowed
    assert "For clients" not in browser.get("/downloads/")
    assert "For owners" not in ben.get("/downloads/")
    assert "For owners" in ann.get("/downloads/")
    assert "Not yet" not in ann.get("/downloads/")
    with shop.work.write() as uow:
        uow.session.scalars(select(Service)).one().state = "terminated"
    assert ann.get("/downloads/3/download/", expect_errors=True).status_int == 404


def test_withdrawn_is_gone(browser, as_staff):
    staff = as_staff()
    put(staff)
    form_to(staff.get("/admin/content/downloads/1/"), "/withdraw/").submit(status=303)
    assert browser.get("/downloads/1/download/", expect_errors=True).status_int == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"content": b""}, "is empty"), ({"title": ""}, "Write a title"), ({"audience": "owners"}, "Choose the product")],
    ids=["empty", "title", "product"],
)  # fmt: skip
def test_what_is_wrong_is_said(as_staff, fields, words):
    answer = put(as_staff(), **fields)
    assert answer.status_int == 422
    assert words in answer


def test_a_file_is_chosen_once_and_may_be_replaced(browser, as_staff):
    staff = as_staff()
    form = form_to(staff.get(NEW), NEW)
    form["title"] = "A file"
    assert "Choose a file" in form.submit("do", value="save", status=422)
    put(staff)
    form = form_to(staff.get("/admin/content/downloads/1/"), "/downloads/1/")
    form["title"] = "Another title"
    form.submit("do", value="save", status=303)
    assert browser.get("/downloads/1/download/").body == HTML
    form = form_to(staff.get("/admin/content/downloads/1/"), "/downloads/1/")
    form["file"] = Upload("new.txt", b"new")
    form.submit("do", value="save", status=303)
    assert browser.get("/downloads/1/download/").body == b"new"


def test_the_list_asks_no_more_when_there_is_more(shop, browser, as_staff, count_queries):
    staff = as_staff()
    put(staff)

    def asked():
        counts = []
        for reader, path in ((browser, "/downloads/"), (staff, "/admin/content/downloads/")):
            reader.get(path)
            with count_queries(shop.engine) as seen:
                reader.get(path)
            counts.append(len(seen))
        return counts

    few = asked()
    for number in range(3):
        put(staff, title=f"File {number}")
    assert asked() == few
