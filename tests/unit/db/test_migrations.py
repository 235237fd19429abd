"""Migrations: they give what the models say, one migrator at a time, and a killed one is simply run again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.util import CommandError
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from ezcore.db.autogenerate import differences
from ezcore.db.engine import make_engine
from ezcore.db.histories import BrokenHistory, History, core_history
from ezcore.db.migrate import pending, upgrade
from ezcore.db.migration_lock import MigrationRuns, migration_lock
from ezcore.db.rooms import import_models

ONE_RUN = """
import sys
from ezcore.db.engine import make_engine
from ezcore.db.migrate import upgrade
engine = make_engine(sys.argv[1])
print(len(upgrade(engine)["core"]))
engine.dispose()
"""


@pytest.fixture
def engine(database_url):
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


def _migrator(url: str, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ONE_RUN, url],
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


def test_the_migrated_schema_is_what_the_models_say(engine):
    import_models()
    upgrade(engine)
    with engine.connect() as connection:
        assert [str(found) for found in differences(connection)] == []


def test_a_second_run_has_nothing_to_do(engine):
    assert pending(engine) == {"core": "nothing"}
    assert upgrade(engine)["core"][-1] == core_history().head()
    assert upgrade(engine)["core"] == []
    assert pending(engine) == {}


def test_two_migrators_at_once_apply_everything_once(database_url, engine):
    running = [_migrator(database_url) for _ in range(2)]
    counts = sorted(int(process.communicate(timeout=60)[0]) for process in running)
    assert [process.returncode for process in running] == [0, 0]
    assert counts[0] == 0
    assert counts[1] > 0
    assert pending(engine) == {}


@pytest.mark.parametrize("where", ["migrate.statement:1", "migrate.statement:9", "migrate.applied:3"])
def test_a_migrator_that_was_killed_is_run_again(database_url, engine, where):
    killed = _migrator(database_url, EZ_CRASH=where)
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    upgrade(engine, wait_seconds=5)  # the lock died with its holder
    import_models()
    with engine.connect() as connection:
        assert differences(connection) == []


def test_who_waits_too_long_for_another_migrator_is_told(engine):
    with migration_lock(engine, 1), pytest.raises(MigrationRuns), migration_lock(engine, 0.2):
        pytest.fail("two migrators at once")


PLUGIN_MIGRATION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = {revision!r}, {previous!r}, None, None
def upgrade():
    {body}
"""


def _write(folder: Path, revision: str, previous: str | None, body: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{revision}.py").write_text(
        PLUGIN_MIGRATION.format(revision=revision, previous=previous, body=body)
    )


CREATE = "op.create_table('ez_lamp_bulb', sa.Column('id', sa.Integer, primary_key=True))"


def test_a_plugin_has_a_history_and_a_version_table_of_its_own(engine, tmp_path):
    _write(tmp_path / "lamp", "p1", None, CREATE)
    applied = upgrade(engine, {"lamp": tmp_path / "lamp"})
    assert applied["lamp"] == ["p1"]
    tables = set(inspect(engine).get_table_names())
    assert {"ez_lamp_bulb", "ez_lamp_version", "ez_core_version"} <= tables
    _write(tmp_path / "lamp", "p2", "p1", "op.add_column('ez_lamp_bulb', sa.Column('watts', sa.Integer))")
    assert pending(engine, {"lamp": tmp_path / "lamp"}) == {"lamp": "p1"}
    assert upgrade(engine, {"lamp": tmp_path / "lamp"}) == {"core": [], "lamp": ["p2"]}


def test_a_migration_that_fails_half_way_leaves_nothing_behind(engine, tmp_path):
    _write(tmp_path / "lamp", "p1", None, f"{CREATE}; op.execute('SELECT nonsense FROM nowhere')")
    with pytest.raises(DBAPIError):
        upgrade(engine, {"lamp": tmp_path / "lamp"})
    assert "ez_lamp_bulb" not in inspect(engine).get_table_names()


def test_a_forked_history_is_refused_before_anything_changes(tmp_path, engine):
    _write(tmp_path / "lamp", "p1", None, CREATE)
    _write(tmp_path / "lamp", "p2", "p1", "pass")
    _write(tmp_path / "lamp", "p3", "p1", "pass")
    with pytest.raises(BrokenHistory, match="2 ends"):
        upgrade(engine, {"lamp": tmp_path / "lamp"})
    assert "ez_lamp_bulb" not in inspect(engine).get_table_names()


def test_alembic_alone_is_refused(tmp_path):
    from alembic import command

    with pytest.raises((SystemExit, CommandError)):
        command.upgrade(core_history().config(), "head")


@pytest.mark.parametrize("verb", ["UPDATE audit_row SET verb = 'x'", "DELETE FROM audit_row"])
def test_the_database_itself_keeps_the_trail_from_being_changed(engine, verb):
    upgrade(engine)
    columns = "at, verb, outcome, object_kind, object_id, actor_kind, actor_name"
    values = "'2026-03-02 09:00:00', 'v', 'done', 'o', '1', 'system', ''"
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO audit_row ({columns}) VALUES ({values})"))

    def change() -> None:
        with engine.begin() as connection:
            connection.execute(text(verb))

    with pytest.raises(DBAPIError, match="append-only"):
        change()


def test_core_revisions_are_dates_and_file_names_sort_as_the_history_runs():
    history: History = core_history()
    names = sorted(path.name for path in history.folder.glob("*.py"))
    assert names
    for before, after in zip([None, *names], names, strict=False):
        source = (history.folder / after).read_text()
        assert f'revision = "{after[:13]}"' in source
        assert f"down_revision = {before and before[:13]!r}".replace("'", '"') in source
