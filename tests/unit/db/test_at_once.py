"""A statement that is a transaction of its own goes to the driver and back with the same values as by a session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from ezcore.db.at_once import AtOnce
from ezcore.jobs.models import Job
from ezcore.work import Work

WHEN = datetime(2027, 3, 1, 12, tzinfo=UTC)
_TABLE = Job.__table__
WRITE = (
    update(_TABLE)
    .where(_TABLE.c.key == bindparam("its_key"))
    .values(
        payload=bindparam("its_payload", type_=_TABLE.c.payload.type),
        run_at=bindparam("at", type_=_TABLE.c.run_at.type),
        owner=None,
    )
    .returning(*_TABLE.c)
)
MARK = update(_TABLE).where(_TABLE.c.kind == bindparam("its_kind")).values(cause="100 % seen")
MARKED = MARK.returning(_TABLE.c.cause)


pytestmark = pytest.mark.parametrize("schema_url", ["postgresql"], indirect=True)


@pytest.fixture
def at_once(each_work: Work) -> AtOnce:
    return each_work.at_once


def _add(work, *keys):
    with work.write() as uow:
        uow.session.add_all(
            Job(kind="x", key=key, payload={}, run_at=WHEN, actor_name="x", owner="x", created_at=WHEN)
            for key in keys
        )


def test_values_come_back_as_they_were_given(at_once, each_work):
    _add(each_work, "k")
    later = WHEN + timedelta(days=1)
    written = at_once.first(WRITE, {"its_key": "k", "its_payload": {"a": [1, "é"]}, "at": later})
    assert (written["payload"], written["run_at"], written["owner"]) == ({"a": [1, "é"]}, later, None)
    with each_work.read() as uow:
        kept = uow.session.scalars(select(Job)).one()
        assert {name: getattr(kept, name) for name in written} == written


def test_it_says_how_many_rows_were_changed_and_whether_one_came_back(at_once, each_work):
    _add(each_work, "a", "b")
    assert at_once.changed(MARK, {"its_kind": "x"}) == 2
    assert at_once.changed(MARK, {"its_kind": "other"}) == 0
    assert at_once.first(MARKED, {"its_kind": "x"}) == {"cause": "100 % seen"}
    assert at_once.first(MARKED, {"its_kind": "other"}) is None


def test_a_statement_that_leaves_values_to_python_is_refused(at_once):
    with pytest.raises(ValueError, match="Python would have to make"):
        at_once.changed(insert(_TABLE).values(kind="x", key="x"), {})


def test_a_database_that_restarts_costs_one_statement(at_once, each_work):
    """Whoever was speaking hears of it; the next statement finds a new connection."""
    assert at_once.changed(MARK, {"its_kind": "x"}) == 0
    with each_work.write() as uow:
        uow.session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    with pytest.raises(DBAPIError):
        at_once.changed(MARK, {"its_kind": "x"})
    assert at_once.changed(MARK, {"its_kind": "x"}) == 0
