"""What is left to set up stands on the dashboard until it is done; each member of staff may hide it."""

from __future__ import annotations

from ezcore.accounts.queries import user_of
from ezcore.work import UnitOfWork


def hide_setup(uow: UnitOfWork) -> None:
    """For this member of staff, for good. Safe to repeat. Raises: NotAllowed for a visitor."""
    user_of(uow, uow.actor).setup_hidden = True
