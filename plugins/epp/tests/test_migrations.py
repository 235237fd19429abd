"""The plugin's own history makes the tables its models describe."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from ez_epp.models import Base


def test_the_history_leads_to_the_models(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "ez_epp_version"})
        assert compare_metadata(context, Base.metadata) == []


def test_every_table_carries_the_plugins_name():
    assert all(name.startswith("ez_epp_") for name in Base.metadata.tables)
