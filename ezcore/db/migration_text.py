"""Writes a migration as a person would: one short function per table, plain types, no code of ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any, Literal

from alembic.autogenerate import render_op_text
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import _repr_type as render_type
from alembic.migration import MigrationContext
from alembic.operations import ops
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

# The two types that every table has, by a name of their own so that a table reads on one screen.
SHORT = {
    'sa.BigInteger().with_variant(sa.Integer(), "sqlite")': "BIGINT",
    'sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")': "DOCUMENT",
}

HEAD = '''"""{title}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
{imports}

{short}
revision = {revision!r}
down_revision = {previous!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
{calls}
'''


def migration_text(
    title: str, revision: str, previous: str | None, operations: Sequence[ops.MigrateOperation]
) -> str:
    """The source of a migration file."""
    context = _context()
    bodies: dict[str, list[str]] = {}
    for operation in operations:
        table = str(getattr(operation, "table_name", "database"))
        bodies.setdefault(table, []).append(_nested(render_op_text(context, operation)))
    functions = "".join(f"\n\ndef _{table}() -> None:\n{_indent(lines)}\n" for table, lines in bodies.items())
    used = {name: text for text, name in SHORT.items()}
    for text, name in SHORT.items():
        functions = functions.replace(text.replace('"', "'"), name)
    head = HEAD.format(
        title=title.capitalize(),
        short="\n".join(f"{name} = {text}" for name, text in used.items() if name in functions),
        imports="\n".join(sorted(context.imports)),
        revision=revision,
        previous=previous,
        calls="\n".join(f"    _{table}()" for table in bodies),
    )
    return _formatted(head + functions)


def _context() -> AutogenContext:
    migration = MigrationContext.configure(dialect_name="postgresql")
    options = {
        "sqlalchemy_module_prefix": "sa.",
        "alembic_module_prefix": "op.",
        "user_module_prefix": None,
        "render_item": _render_item,
        "render_as_batch": True,
    }
    return AutogenContext(migration, opts=options)


def _render_item(kind: str, thing: Any, context: AutogenContext) -> str | Literal[False]:
    # A migration must mean the same in five years: our own types are written as what they are stored as.
    if kind == "type" and isinstance(thing, TypeDecorator):
        return render_type(thing.impl_instance, context)
    if kind == "type" and isinstance(thing, JSONB):
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return f"postgresql.JSONB(none_as_null={thing.none_as_null})"
    return False


def _nested(text: str) -> str:
    """Alembic renders a `with` block flat and leaves the indentation to its template."""
    first, *rest = text.splitlines()
    return "\n".join([first, *(f"    {line}" for line in rest)]) if first.startswith("with ") else text


def _indent(lines: Sequence[str]) -> str:
    return "\n".join(f"    {line}" for text in lines for line in text.splitlines())


def _formatted(source: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--line-length", "110", "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=True)  # noqa: S603 - fixed words
    return done.stdout
