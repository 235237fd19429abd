"""Reads and writes the marks by which names are known as ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError

from ez_epp.models import Mark
from ezcore.plugin_api import PluginContext, RetryAfter

State = Literal["asked", "made", "failed"]


@dataclass(frozen=True)
class Marked:
    """Whose it is, and how far it got."""

    operation_key: str
    state: str
    cause: str


@dataclass(frozen=True)
class Marks:
    """Marks of one login."""

    context: PluginContext
    account: str

    def of(self, name: str) -> Marked | None:
        """The mark of a name, if an operation of ours asked for it."""
        with self.context.tables() as session:
            mark = session.scalars(self._one(name)).one_or_none()
            return Marked(mark.operation_key, mark.state, mark.cause) if mark else None

    def set(self, name: str, operation_key: str, state: State, cause: str = "") -> None:
        """Write the mark. Raises: RetryAfter when another worker writes the same one this moment."""
        now = self.context.clock.now()
        try:
            with self.context.tables() as session:
                mark = session.scalars(self._one(name)).one_or_none()
                if mark is None:
                    mark = Mark(account=self.account, name=name)
                    session.add(mark)
                mark.operation_key, mark.state, mark.cause = operation_key, state, cause[:300]
                mark.changed_at = now
        except IntegrityError:
            raise RetryAfter(2, f"another job marks {name} this moment") from None

    def drop(self, name: str) -> None:
        """It is ours no longer."""
        with self.context.tables() as session:
            session.execute(delete(Mark).where(Mark.account == self.account, Mark.name == name))

    def _one(self, name: str) -> Select[Mark]:
        return select(Mark).where(Mark.account == self.account, Mark.name == name)
