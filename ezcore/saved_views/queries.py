"""Reads of saved views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from ezcore.kernel.errors import NotFound
from ezcore.saved_views.models import FirstView, SavedView
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Kept:
    """A view as its reader sees it: is it theirs, and does the list begin with it for them?"""

    id: int
    name: str
    query: str
    shared: bool
    mine: bool
    first: bool


def of_list(uow: UnitOfWork, place: str) -> Sequence[Kept]:
    """The actor's own views of a list and those that are shared, by name."""
    me = uow.actor.user_id
    query = (
        select(SavedView, FirstView.id)
        .outerjoin(FirstView, and_(FirstView.view_id == SavedView.id, FirstView.user_id == me))
        .where(SavedView.place == place, or_(SavedView.user_id == me, SavedView.shared))
        .order_by(func.lower(SavedView.name), SavedView.id)
    )
    return [
        Kept(view.id, view.name, view.query, view.shared, view.user_id == me, first is not None)
        for view, first in uow.session.execute(query)
    ]


def by_id(uow: UnitOfWork, view_id: int) -> SavedView:
    """A view that the actor may see. Raises: NotFound, also for another's private one."""
    found = uow.session.get(SavedView, view_id)
    if found is None or not (found.shared or found.user_id == uow.actor.user_id):
        raise NotFound("There is no such view")
    return found
