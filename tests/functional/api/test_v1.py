"""The API: a key opens what its maker may see, as JSON of the declared shape, and nothing of anybody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from ezcore.accounts import passwords
from ezcore.accounts.api_keys import operations as keys
from ezcore.accounts.api_keys.models import ApiKey
from ezcore.accounts.api_keys.rules import READS
from ezcore.accounts.models import Membership, User
from ezcore.accounts.queries import actor_for
from ezcore.kernel.errors import InvalidInput, NotAllowed, Refused
from ezcore.web.api.v1 import shapes
from tests.fixtures_shop import order

LISTS = {"services": shapes.Service, "invoices": shapes.Invoice, "domains": shapes.Domain}
PASSWORD = "quiet lake heron 42"


@pytest.fixture
def ann(as_client):
    """Ann's browser; she has nothing yet."""
    return as_client()


@pytest.fixture
def ordered(ann):
    """Ann ordered twice."""
    for _ in range(2):
        order(ann)


@pytest.fixture
def key(shop, ann):
    """Makes a key of the client with this address."""

    def make(*scopes: str, email: str = "ann@client.example") -> str:
        with shop.work.read() as uow:
            actor = actor_for(uow, uow.session.scalars(select(User).where(User.email == email)).one())
        with shop.work.write(actor) as uow:
            return keys.create(uow, "Books", scopes or ("read",), 90)

    return make


@pytest.fixture
def ask(new_browser):
    """Asks with a key."""

    def get(path: str, key: str | None, status: int = 200):
        headers = {"Authorization": f"Bearer {key}"} if key is not None else {}
        answer = new_browser().get(f"/api/v1/{path}", headers=headers, status=status)
        assert answer.content_type == ("application/json" if status == 200 else "application/problem+json")
        assert answer.headers["Cache-Control"] == "no-store"
        return answer

    return get


def test_a_list_and_one_of_it_have_the_declared_shape_and_are_nobody_elses(ordered, key, ask, as_client):
    as_client(email="bob@client.example", name="Bob")
    mine, theirs = key(), key(email="bob@client.example")
    for name, shape in LISTS.items():
        found = ask(f"{name}/", mine).json
        assert found["next"] is None
        assert bool(found["data"]) is (name != "domains")
        for row in found["data"]:
            assert shape.model_validate(row).model_dump(mode="json") == row
            assert ask(f"{name}/{row['id']}/", mine).json == row
        assert ask(f"{name}/", theirs).json["data"] == []
        foreign = [row["id"] for row in found["data"]][:1] or [1]
        assert len({ask(f"{name}/{number}/", theirs, 404).text for number in (*foreign, 999_999)}) == 1


def test_pages_follow_each_other_without_a_gap(ordered, key, ask):
    mine, seen, path = key(), [], "services/?limit=1"
    while path:
        page = ask(path, mine).json
        seen += [row["id"] for row in page["data"]]
        path = (page["next"] or "").removeprefix("/api/v1/")
    assert seen == [row["id"] for row in ask("services/", mine).json["data"]]
    assert len(seen) == 2


UNREADABLE = (
    "limit=0", "limit=101", "limit=x", "limit=", "limit=1&limit=2", "after=-1", "after=1e9", "after=%F0%9F%99%82",
)  # fmt: skip


def test_a_parameter_that_cannot_be_read_is_said(key, ask):
    mine = key()
    for query in UNREADABLE:
        problem = ask(f"services/?{query}", mine, 422).json
        assert set(problem) == {"type", "title", "status", "detail"}
        assert problem["status"] == 422


def test_without_a_good_key_there_is_nothing(ann, ask):
    for wrong in (None, "", "x", "ez_x_y", "ez_" + "a" * 5000, "\xe9"):
        assert ask("services/", wrong, 401).headers["WWW-Authenticate"] == "Bearer"
    ann.get("/api/v1/services/", status=401)  # a cookie opens nothing here


def test_a_key_opens_no_page(key, new_browser):
    browser = new_browser()
    headers = {"Authorization": f"Bearer {key()}"}
    assert "/accounts/login/" in browser.get("/dashboard/", headers=headers, status=303).location


def test_a_key_whose_time_is_over_opens_nothing(key, ask, shop):
    mine = key()
    ask("services/", mine)
    ask("services/", mine[:-1] + ("A" if mine[-1] != "A" else "B"), 401)

    def over(change: str, back: str) -> None:
        for statement, status in ((change, 401), (back, 200)):
            with shop.work.write() as uow:
                uow.session.execute(text(statement))
            ask("services/", mine, status)

    over("UPDATE api_key SET revoked_at = created_at", "UPDATE api_key SET revoked_at = NULL")
    over("UPDATE user_account SET disabled_at = created_at", "UPDATE user_account SET disabled_at = NULL")
    with shop.work.write() as uow:
        row = uow.session.scalars(select(ApiKey)).one()
        row.expires_at = uow.now() - timedelta(seconds=1)
    ask("services/", mine, 401)
    with shop.work.write() as uow:
        uow.session.scalars(select(ApiKey)).one().expires_at = uow.now() + timedelta(days=1)
        uow.session.execute(text("DELETE FROM membership"))
    ask("services/", mine, 401)


def test_a_key_may_no_more_than_its_scope_and_its_maker(key, ask, shop):
    ask("services/", key("write"), 403)
    mine = key()
    with shop.work.write() as uow:
        member = uow.session.scalars(select(Membership)).one()
        member.role, member.grants = "custom", ["services"]
    ask("services/", mine)
    ask("invoices/", mine, 403)
    assert not {"client.people", "client.order", "client.support"} & READS


def test_too_many_requests_are_told_when_to_come_back(key, ask):
    mine = key()
    for _ in range(120):
        ask("domains/", mine)
    answer = ask("domains/", mine, 429)
    assert int(answer.headers["Retry-After"]) > 0


def test_only_a_hash_is_kept_and_the_use_is_noted(key, ask, shop):
    mine = key()
    ask("services/", mine)
    with shop.work.read() as uow:
        assert mine.rpartition("_")[2] not in repr(uow.session.execute(text("SELECT * FROM api_key")).all())
        assert uow.session.scalars(select(ApiKey)).one().last_used_at is not None


def test_the_description_names_every_address_and_every_schema(new_browser, wsgi):
    found = new_browser().get("/api/v1/openapi.json").json
    assert found["openapi"].startswith("3.1")
    declared = {one.path for one in wsgi.registry["ez.declarations"] if one.path.startswith("/api/v1/")}
    assert set(found["paths"]) == declared - {"/api/v1/openapi.json"}
    refs = set(re.findall(r'"#/components/schemas/(\w+)"', repr(found).replace("'", '"')))
    assert refs == set(found["components"]["schemas"])
    ids = [path["get"]["operationId"] for path in found["paths"].values()]
    assert len(set(ids)) == len(ids)


def test_unknown_addresses_and_methods_are_problems_too(new_browser, ask):
    ask("nothing/", None, 404)
    answer = new_browser().post("/api/v1/services/", status=405)
    assert "GET" in answer.headers["Allow"]


def test_keys_are_made_by_owners_only_and_are_few(key, shop):
    for _ in range(20):
        key()
    with pytest.raises(Refused):
        key()
    with shop.work.read() as uow:
        actor = actor_for(
            uow, uow.session.scalars(select(User).where(User.email == "ann@client.example")).one()
        )
    with shop.work.write(actor) as uow:
        for wrong in (("", ["read"], 90), ("B", [], 90), ("B", ["root"], 90), ("B", ["read"], 1)):
            with pytest.raises(InvalidInput):
                keys.create(uow, *wrong)
        uow.session.scalars(select(Membership)).one().role = "billing"
        helper = actor_for(uow, uow.session.get_one(User, actor.user_id))
    with shop.work.write(helper) as uow, pytest.raises(NotAllowed):
        keys.create(uow, "B", ["read"], 90)


def test_the_page_shows_a_key_once_and_ends_it(ann, shop):
    with shop.work.write() as uow:
        uow.session.scalars(select(User)).one().password_hash = passwords.hash_password(PASSWORD)
    page = ann.get("/account/api-keys/")
    form = next(f for f in page.forms.values() if f.action.endswith("/api-keys/"))
    form["name"], form["password"] = "Books <b>", "wrong"
    again = form.submit(status=422)
    assert again.html.find(class_="summary-error").find("a", href="#password")
    form["password"] = PASSWORD
    shown = form.submit(status=200)
    text_ = shown.html.find(id="key")["value"]
    assert shown.headers["Cache-Control"] == "no-store"
    ann.get("/api/v1/services/", headers={"Authorization": f"Bearer {text_}"}, status=200)
    page = ann.get("/account/api-keys/")
    assert text_ not in page
    assert "Books &lt;b&gt;" in page
    end = next(f for f in page.forms.values() if f.action.endswith("/revoke/"))
    end.submit(status=303)
    end.submit(status=404)
    ann.get("/api/v1/services/", headers={"Authorization": f"Bearer {text_}"}, status=401)
