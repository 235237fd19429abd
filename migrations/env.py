"""Runs one linear history (the core's or a plugin's) on the connection that `ezcore.db.migrate` hands over.

Called by that module only: it holds the lock, knows the folders and the version table.
"""

from __future__ import annotations

from alembic import context

handed = context.config.attributes
if "connection" not in handed:
    raise SystemExit("run `ez migrate`: migrations need its lock and its connection")

context.configure(
    connection=handed["connection"],
    target_metadata=handed.get("metadata"),
    version_table=handed["version_table"],
    on_version_apply=handed["on_version_apply"],
    transaction_per_migration=True,
    transactional_ddl=True,  # also on SQLite: our engine emits BEGIN itself, so its DDL is transactional
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
