"""Verbs of saved views: save, rename, share, delete, begin a list with one."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, func, select

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, NotAllowed
from ezcore.saved_views.models import FirstView, SavedView
from ezcore.saved_views.rules import MOST_OF_ONE, clean_name, clean_query
from ezcore.work import UnitOfWork

SEES: Final = "staff.read"
TIDIES: Final = "accounts.manage"
"""Who has this may also rename and delete what others shared: they leave, their views stay."""


def save(uow: UnitOfWork, place: str, name: str, query: str, *, shared: bool) -> SavedView:
    """Keep a query of a list under a name; one's own view of this name is replaced, so twice is once.

    Raises: NotAllowed; InvalidInput at `name`.
    """
    user_id = _person(uow)
    wanted, asked = clean_name(name), clean_query(query)
    same = (SavedView.user_id == user_id, SavedView.place == place)
    if (uow.session.scalar(select(func.count()).where(*same)) or 0) >= MOST_OF_ONE:
        known = select(SavedView.id).where(*same, SavedView.name == wanted)
        if uow.session.scalars(known).first() is None:
            raise InvalidInput(f"You keep {MOST_OF_ONE} views of this list; delete one first", field="name")
    row = {"user_id": user_id, "place": place, "name": wanted, "query": asked, "saved_at": uow.now()}
    insert_once(uow.session, SavedView, {**row, "shared": shared})
    view = uow.session.scalars(
        select(SavedView).where(*same, SavedView.name == wanted).with_for_update()
    ).one()
    view.query, view.shared, view.saved_at = asked, shared, uow.now()
    audit.record(
        uow, "view.save", "view", view.id, after={"name": view.name, "query": view.query, "shared": shared}
    )
    return view


def change(uow: UnitOfWork, view: SavedView, name: str, *, shared: bool) -> None:
    """Give it another name, share it or keep it to oneself. Raises: NotAllowed; InvalidInput at `name`."""
    _check_may_change(uow, view)
    wanted = clean_name(name)
    taken = select(SavedView.id).where(
        SavedView.user_id == view.user_id, SavedView.place == view.place, SavedView.name == wanted,
        SavedView.id != view.id,
    )  # fmt: skip
    if uow.session.scalars(taken).first() is not None:
        raise InvalidInput("There is a view of this name already", field="name")
    if (view.name, view.shared) == (wanted, shared):
        return
    before = {"name": view.name, "shared": view.shared}
    view.name, view.shared = wanted, shared
    if not shared:  # others begin with the whole list again
        others = (FirstView.view_id == view.id, FirstView.user_id != view.user_id)
        uow.session.execute(delete(FirstView).where(*others))
    audit.record(uow, "view.change", "view", view.id, before=before, after={"name": wanted, "shared": shared})


def remove(uow: UnitOfWork, view: SavedView) -> None:
    """Delete it; lists that began with it show everything again. Raises: NotAllowed."""
    _check_may_change(uow, view)
    uow.session.execute(delete(FirstView).where(FirstView.view_id == view.id))
    audit.record(uow, "view.delete", "view", view.id, before={"name": view.name, "query": view.query})
    uow.session.delete(view)


def begin_with(uow: UnitOfWork, place: str, view: SavedView | None) -> None:
    """The actor's list begins with this view, or with everything. Raises: NotAllowed."""
    user_id = _person(uow)
    uow.session.execute(delete(FirstView).where(FirstView.user_id == user_id, FirstView.place == place))
    if view is not None:
        insert_once(uow.session, FirstView, {"user_id": user_id, "place": place, "view_id": view.id})


def may_change(uow: UnitOfWork, view: SavedView) -> bool:
    """One's own, or a shared one for whoever manages accounts."""
    return view.user_id == uow.actor.user_id or (view.shared and uow.actor.may(TIDIES))


def _check_may_change(uow: UnitOfWork, view: SavedView) -> None:
    uow.actor.require(SEES)
    if not may_change(uow, view):
        raise NotAllowed("this view belongs to somebody else", permission=TIDIES)


def _person(uow: UnitOfWork) -> int:
    uow.actor.require(SEES)
    if uow.actor.user_id is None:
        raise NotAllowed("views belong to people", permission=SEES)
    return uow.actor.user_id
