"""A statement that is a transaction of its own goes to the driver and back with the same values as by a session."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from ezcore.db.at_once import AtOnce
from ezcore.jobs.models import Job
from ezcore.work import Work

WHEN = datetime(2027, 3, 1, 12, tzinfo=UTC)
_TABLE = Job.__table__
ADD = (
    insert(_TABLE)
    .values(
        kind="x", key=bindparam("its_key"), subject_kind="", payload=bindparam("its_payload", type_=_TABLE.c.payload.type),
        priority=0, run_at=bindparam("at", type_=_TABLE.c.run_at.type), actor_name="x", created_at=WHEN, state="queued",
        cause=None,
    )
    .returning(*_TABLE.c)
)  # fmt: skip
MARK = update(_TABLE).where(_TABLE.c.kind == bindparam("its_kind")).values(cause="100 % seen")


@pytest.fixture
def at_once(postgresql_work: Work) -> AtOnce:
    return postgresql_work.at_once


def test_values_come_back_as_they_were_given(at_once, postgresql_work):
    added = at_once.first(ADD, {"its_key": "k", "its_payload": {"a": [1, "é"]}, "at": WHEN})
    assert (added["payload"], added["run_at"], added["cause"]) == ({"a": [1, "é"]}, WHEN, None)
    with postgresql_work.read() as uow:
        kept = uow.session.scalars(select(Job)).one()
        assert {name: getattr(kept, name) for name in added} == added


def test_it_says_how_many_rows_were_changed_and_whether_one_came_back(at_once):
    for key in "ab":
        at_once.first(ADD, {"its_key": key, "its_payload": {}, "at": WHEN})
    assert at_once.changed(MARK, {"its_kind": "x"}) == 2
    assert at_once.changed(MARK, {"its_kind": "other"}) == 0
    assert at_once.first(MARK.returning(_TABLE.c.cause), {"its_kind": "x"}) == {"cause": "100 % seen"}
    assert at_once.first(MARK.returning(_TABLE.c.cause), {"its_kind": "other"}) is None


def test_a_database_that_restarts_costs_one_statement(at_once, postgresql_work):
    """Whoever was speaking hears of it; the next statement finds a new connection."""
    assert at_once.changed(MARK, {"its_kind": "x"}) == 0
    with postgresql_work.write() as uow:
        uow.session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    with pytest.raises(DBAPIError):
        at_once.changed(MARK, {"its_kind": "x"})
    assert at_once.changed(MARK, {"its_kind": "x"}) == 0
