"""Many clients at once: tag them, close and reopen their accounts; each by the rules for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts import queries
from ezcore.accounts.models import Client, ClientStatus
from ezcore.accounts.tags import operations as tags
from ezcore.accounts.tags.queries import known
from ezcore.web.admin.bulk.actions import Act, Named, Noun
from ezcore.web.admin.bulk.answering import answer
from ezcore.web.shared.markup import badge
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

MANAGE: Final = "clients.manage"
OFFERED: Final = 20
Do = Callable[[UnitOfWork, int, str], bool]


@page(
    "admin.bulk.clients", "/admin/bulk/clients/", method="POST", permission=MANAGE, audit="client.close",
    ambient=False,
)  # fmt: skip
def act(request: Any) -> Any:
    """One action for the ticked clients."""
    return answer(request, CLIENTS)


def _close(uow: UnitOfWork, number: int, reason: str) -> bool:
    return _move(uow, number, reason, ClientStatus.CLOSED)


def _reopen(uow: UnitOfWork, number: int, reason: str) -> bool:
    return _move(uow, number, reason, ClientStatus.ACTIVE)


def _move(uow: UnitOfWork, number: int, reason: str, wanted: ClientStatus) -> bool:
    if queries.client(uow, number).status == wanted:
        return False
    (accounts.close_client if wanted == ClientStatus.CLOSED else accounts.reopen_client)(uow, number, reason)
    return True


_MOVES: Final = (
    Act(
        "close", "Close accounts", MANAGE, _close, wants_reason=True, danger=True,
        consequence="They log in to look and to pay, and order nothing more. What runs goes on until it is cancelled.",
    ),
    Act("reopen", "Reopen accounts", MANAGE, _reopen, wants_reason=True, consequence="They order again."),
)  # fmt: skip


def _tagging(name: str) -> Do:
    return lambda uow, number, _reason: tags.add(uow, number, name)


def _untagging(name: str) -> Do:
    return lambda uow, number, _reason: tags.remove(uow, number, name)


def _acts(uow: UnitOfWork) -> Sequence[Act]:
    names = known(uow, OFFERED)
    on = [Act(f"tag:{name}", name, MANAGE, _tagging(name), group="Put the tag on") for name in names]
    off = [Act(f"untag:{name}", name, MANAGE, _untagging(name), group="Take the tag off") for name in names]
    return (*_MOVES, *on, *off)


def _named(request: Any, uow: UnitOfWork, numbers: Sequence[int]) -> list[Named]:
    found = uow.session.scalars(select(Client).where(Client.id.in_(numbers)).order_by(Client.id))
    return [
        Named(
            one.id,
            one.company or one.name,
            request.route_path("admin.client", id=one.id),
            badge(one.status),
            one.email,
        )
        for one in found
    ]


CLIENTS: Final = Noun("admin.bulk.clients", "admin.clients", "Clients", _acts, _named)
