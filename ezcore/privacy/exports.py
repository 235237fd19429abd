"""A copy of everything: asked for by an owner, made by a job, sealed in the store, fetched by a link for three days."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, select, update

from ezcore.accounts.models import User
from ezcore.accounts.queries import client_of, user_of
from ezcore.accounts.rules import digest
from ezcore.audit import operations as audit
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.kernel.errors import NotFound, Refused
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.plugin_api.jobs import MAIL, JobKind
from ezcore.privacy.collecting import collect
from ezcore.privacy.models import DataExport
from ezcore.work import UnitOfWork
from ezcore.work.stored_files import choose_store

MANAGE: Final = "client.people"
KEPT_FOR: Final = timedelta(days=3)
A_DAY: Final = 3


def ask(uow: UnitOfWork) -> DataExport:
    """Have a copy made. Whoever calls has asked for the password. Raises: NotAllowed; Refused after three in a day."""
    uow.actor.require(MANAGE)
    client, user, now = client_of(uow, uow.actor), user_of(uow, uow.actor), uow.now()
    lately = (DataExport.client_id == client.id, DataExport.asked_at > now - timedelta(days=1))
    if (uow.session.scalar(select(func.count()).where(*lately)) or 0) >= A_DAY:
        raise Refused("That is enough for one day; ask again tomorrow")
    made = DataExport(client_id=client.id, user_id=user.id, asked_at=now)
    uow.session.add(made)
    uow.session.flush()
    audit.record(uow, "privacy.export", "data_export", made.id, client_id=client.id)
    jobs.enqueue(
        uow,
        EXPORT,
        f"export:{made.id}",
        {"id": made.id},
        subject=("data_export", made.id),
        client_id=client.id,
    )
    return made


def of_client(uow: UnitOfWork, client_id: int) -> Sequence[DataExport]:
    """The newest copies that were asked for."""
    mine = select(DataExport).where(DataExport.client_id == client_id)
    return uow.session.scalars(mine.order_by(DataExport.id.desc()).limit(5)).all()


def fetch(uow: UnitOfWork, token: str) -> bytes:
    """The copy behind a link, for those of the client who could ask for it themselves.

    Raises: NotAllowed; NotFound, also when it is too old or another client's.
    """
    uow.actor.require(MANAGE)
    mine = (
        DataExport.token_hash == digest(token),
        DataExport.client_id == uow.actor.client_id,
        DataExport.expires_at > uow.now(),
    )
    row = uow.session.scalars(select(DataExport).where(*mine)).first()
    if row is None or row.file is None:
        raise NotFound("There is no such copy (any more)")
    sealed = choose_store(uow.settings).get(row.file).decode()
    return uow.box.open(_sealed_as(row.id), sealed).encode()


def _make(context: StepContext) -> dict[str, Any]:
    """Gather and put away; the file is named by a random key, so a second run leaves no other's copy behind."""
    number = int(context.payload["id"])
    with context.work.read() as uow:
        row = uow.session.get_one(DataExport, number)
        text = json.dumps(collect(uow, row.client_id), ensure_ascii=False, indent=1)
        sealed, key = uow.box.seal(_sealed_as(number), text), f"exports/{uow.ids.key('export')}.sealed"
    choose_store(context.work.settings).put(key, sealed.encode())
    return {"file": key}


def _tell(uow: UnitOfWork, context: StepContext, result: Any) -> None:
    row = uow.session.get_one(DataExport, int(context.payload["id"]))
    user, token, expires = uow.session.get_one(User, row.user_id), uow.ids.token(), uow.now() + KEPT_FOR
    uow.session.execute(
        update(DataExport)
        .where(DataExport.id == row.id)
        .values(file=result["file"], token_hash=digest(token), expires_at=expires)
    )
    link = f"{uow.settings.shop.site_url}/account/privacy/copy/{token}/"
    values: dict[str, Value] = {"name": user.name, "link": link, "expires": expires}
    queue_mail(uow, "data_export", user.email, values, key=f"data_export:{row.id}")
    jobs.enqueue(
        uow, EMPTY, f"export:{row.id}:empty", {"id": row.id}, subject=("data_export", row.id),
        client_id=row.client_id, run_at=expires,
    )  # fmt: skip


def _empty(context: StepContext) -> None:
    with context.work.read() as uow:
        file = uow.session.get_one(DataExport, int(context.payload["id"])).file
    if file is not None:
        choose_store(context.work.settings).put(file, b"")


def _emptied(uow: UnitOfWork, context: StepContext, _result: Any) -> None:
    uow.session.get_one(DataExport, int(context.payload["id"])).emptied_at = uow.now()


def _sealed_as(number: int) -> str:
    return f"data_export:{number}"


EXPORT = JobKind(
    "privacy.export",
    "Make a copy of a client's data",
    MAIL,
    [Settled("make", "Gather and seal", run=_make, settle=_tell)],
    priority=4,
)
EMPTY = JobKind(
    "privacy.empty",
    "Throw a copy of a client's data away",
    MAIL,
    [Settled("empty", "Empty the file", run=_empty, settle=_emptied)],
    priority=4,
)
KINDS: Final = (EXPORT, EMPTY)
