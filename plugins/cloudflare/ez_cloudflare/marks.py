"""Reads and writes the marks by which zones and names are known as ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError

from ez_cloudflare.models import Mark
from ezcore.plugin_api import PluginContext, RetryAfter

Kind = Literal["zone", "name"]
State = Literal["asked", "made", "failed"]


@dataclass(frozen=True)
class Marked:
    """Whose it is, and how far it got."""

    operation_key: str
    state: str


@dataclass(frozen=True)
class Marks:
    """Marks of one account and kind."""

    context: PluginContext
    account_id: str
    kind: Kind

    def of(self, name: str) -> Marked | None:
        """The mark of a name, if it is ours."""
        with self.context.tables() as session:
            mark = session.scalars(self._one(name)).one_or_none()
            return Marked(mark.operation_key, mark.state) if mark else None

    def set(self, name: str, operation_key: str, state: State) -> None:
        """Write the mark. Raises: RetryAfter when another worker writes the same one this moment."""
        now = self.context.clock.now()
        try:
            with self.context.tables() as session:
                mark = session.scalars(self._one(name)).one_or_none()
                if mark is None:
                    mark = Mark(account_id=self.account_id, kind=self.kind, name=name)
                    session.add(mark)
                mark.operation_key, mark.state, mark.changed_at = operation_key, state, now
        except IntegrityError:
            raise RetryAfter(2, f"another job marks {name} this moment") from None

    def drop(self, name: str) -> None:
        """It is ours no longer."""
        with self.context.tables() as session:
            session.execute(
                delete(Mark).where(
                    Mark.account_id == self.account_id, Mark.kind == self.kind, Mark.name == name
                )
            )

    def _one(self, name: str) -> Select[Mark]:
        return select(Mark).where(
            Mark.account_id == self.account_id, Mark.kind == self.kind, Mark.name == name
        )
