"""Engines: transactions begin as we say, and nobody waits for a lock for ever."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ezcore.db.engine import make_engine


@pytest.fixture
def engine(database_url):
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE lamp (id INTEGER PRIMARY KEY, lit INTEGER)"))
        connection.execute(text("INSERT INTO lamp VALUES (1, 0)"))
    yield engine
    engine.dispose()


def test_a_reading_connection_refuses_to_write_and_a_writing_one_does_not(engine):
    change = text("UPDATE lamp SET lit = 1")
    for _ in range(2):  # the same connection, read after it wrote
        with pytest.raises(DBAPIError), engine.execution_options(ez_mode="read").connect() as connection:
            connection.execute(change)
        with engine.execution_options(ez_mode="write").begin() as connection:
            assert connection.execute(change).rowcount == 1


def test_waiting_for_a_lock_has_an_end(engine):
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 15_000
        else:
            assert connection.execute(text("SHOW lock_timeout")).scalar() == "15s"


def test_a_second_writer_waits_for_the_first_instead_of_failing(engine):
    order = []

    def write(name, seconds):
        with engine.begin() as connection:
            connection.execute(text("UPDATE lamp SET lit = lit + 1"))
            time.sleep(seconds)
            order.append(name)

    first = threading.Thread(target=write, args=("first", 0.3))
    first.start()
    time.sleep(0.1)
    write("second", 0)
    first.join()
    assert order == ["first", "second"]


def test_an_sqlite_file_gets_its_folder_and_keeps_references_whole(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/deep/down/shop.sqlite3")
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    engine.dispose()
