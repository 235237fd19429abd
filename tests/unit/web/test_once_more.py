"""Two that wait for each other: PostgreSQL ends one, which is answered anew, with its effect once (F15)."""

from __future__ import annotations

from threading import Event, Thread

import psycopg.errors
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from webtest import TestApp

from ezcore.db.engine import make_engine
from ezcore.testkit.quiet import quiet_work
from ezcore.web.shared import once_more
from tests.unit.web.conftest import HOST, compose

ADD = text("UPDATE purse SET cents = cents + 1 WHERE name = :name")
PURSES = "CREATE TABLE purse (name TEXT PRIMARY KEY, cents INTEGER NOT NULL)"


@pytest.fixture
def shop(postgresql_server, postgresql_template):
    """A shop on PostgreSQL with two purses; the request is always the one that PostgreSQL ends."""
    url = postgresql_server.create(postgresql_template)
    work = quiet_work(make_engine(url))
    with work.engine.begin() as connection:
        connection.execute(text(PURSES))
        connection.execute(text("INSERT INTO purse VALUES ('a', 0), ('b', 0)"))
    yield compose(work)
    work.engine.dispose()
    postgresql_server.drop(url)


def ask(shop, address="/plugins/demo/contest/", **options):
    app = TestApp(shop, extra_environ={"HTTP_HOST": HOST, "REMOTE_ADDR": "192.0.2.9"})
    token = app.get("/plugins/demo/box/").form["csrf_token"].value
    return app.post(address, {"csrf_token": token}, **options)


def purses(shop):
    with shop.registry["ez.work"].engine.connect() as connection:
        return {row.name: row.cents for row in connection.execute(text("SELECT name, cents FROM purse"))}


@pytest.mark.postgresql
def test_F15_two_that_wait_for_each_other_both_have_their_effect_once(shop):
    tries, first_has_a, other_has_b = [], Event(), Event()

    def other():
        with shop.registry["ez.work"].engine.begin() as connection:
            connection.execute(text("SET LOCAL deadlock_timeout = '60s'"))
            connection.execute(ADD, {"name": "b"})
            other_has_b.set()
            assert first_has_a.wait(30)
            connection.execute(ADD, {"name": "a"})

    def view(request):
        tries.append(1)
        session = request.uow.session
        session.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
        session.execute(ADD, {"name": "a"})
        first_has_a.set()
        assert other_has_b.wait(30)
        session.execute(ADD, {"name": "b"})

    shop.registry["tests.contest"] = view
    thread = Thread(target=other)
    thread.start()
    ask(shop, status=200)
    thread.join(30)

    assert len(tries) == 2
    assert purses(shop) == {"a": 2, "b": 2}


def losing(times, tries):
    """A view that writes and then loses so many times."""

    def view(request):
        tries.append(request.POST["csrf_token"] != "")
        if request.ez_page.ambient:
            request.uow.session.execute(ADD, {"name": "a"})
        if len(tries) <= times:
            raise OperationalError("UPDATE", {}, psycopg.errors.SerializationFailure("could not serialize"))

    return view


@pytest.mark.postgresql
@pytest.mark.parametrize(("times", "status", "cents", "ran"), [(3, 200, 1, 4), (9, 503, 0, 4)])
def test_F15_after_three_more_tries_the_visitor_hears_that_nothing_was_kept(shop, times, status, cents, ran):
    tries = []
    shop.registry["tests.contest"] = losing(times, tries)

    ask(shop, status=status)

    assert tries == [True] * ran  # each with the whole form
    assert purses(shop)["a"] == cents


@pytest.mark.postgresql
def test_F15_a_page_that_calls_a_vendor_is_not_sent_again(shop):
    tries = []
    shop.registry["tests.contest"] = losing(9, tries)

    ask(shop, "/plugins/demo/heard/", status=503)

    assert len(tries) == 1


def test_a_database_that_is_away_is_not_asked_again_at_once():
    assert not once_more.is_lost(OperationalError("SELECT", {}, psycopg.OperationalError("no connection")))
    assert not once_more.is_lost(ValueError("40P01"))
    assert once_more.is_lost(
        OperationalError("SELECT", {}, psycopg.errors.DeadlockDetected("deadlock detected"))
    )
