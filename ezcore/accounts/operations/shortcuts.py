"""Single keys that do something in the admin area: each member of staff switches them on and off (WCAG 2.1.4)."""

from __future__ import annotations

from ezcore.accounts.queries import user_of
from ezcore.work import UnitOfWork


def use_shortcuts(uow: UnitOfWork, wanted: bool) -> None:  # noqa: FBT001 - the value of a box
    """From the next page on. Raises: NotAllowed for a visitor."""
    user_of(uow, uow.actor).shortcuts = wanted
