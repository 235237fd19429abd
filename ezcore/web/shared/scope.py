"""The request's own unit of work: opened by whoever needs it first, closed by the tween around the view."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Final

from ezcore.work import UnitOfWork

SAFE: Final = ("GET", "HEAD", "OPTIONS")


class Scope:
    """Reads for safe methods and writes for unsafe ones."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self._stack = ExitStack()
        self._uow: UnitOfWork | None = None
        self._over = False

    def open(self) -> UnitOfWork:
        """The unit of work. Raises: RuntimeError for a view that has none, and after the answer."""
        if self._uow is None:
            self._refuse()
            work = self._request.registry["ez.work"]
            # `actor` first: identifying the visitor uses a unit of work of its own.
            actor = self._request.actor
            opened = work.read(actor) if self._request.method in SAFE else work.write(actor)
            self._uow = self._stack.enter_context(opened)
        return self._uow

    def leave(self, *, commit: bool) -> None:
        """Close; roll back when the answer was a refusal."""
        uow, self._uow, self._over = self._uow, None, True
        if uow is not None and not commit:
            uow.session.rollback()
            uow.wants_ring = False
        self._stack.close()

    def _refuse(self) -> None:
        if self._over:
            raise RuntimeError("the view has answered; its unit of work is closed")
        page = getattr(self._request, "ez_page", None)
        if page is not None and not page.ambient:
            raise RuntimeError(f"{page.route} calls a vendor and has no ambient unit of work")
