"""Verbs of the second factor: set it up, prove that it works, use it, turn it off, let staff reset it."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from ezcore.accounts.errors import WrongCode
from ezcore.accounts.factors.models import RecoveryCode, SecondFactor, sealed_as
from ezcore.accounts.factors.queries import is_on
from ezcore.accounts.factors.rules import (
    RECOVERY_CODES,
    bare,
    is_one_time_code,
    recovery_code_from,
    secret_from,
    step_of,
)
from ezcore.accounts.models import Membership, User
from ezcore.accounts.operations.sessions import end_sessions
from ezcore.accounts.queries import user_of
from ezcore.accounts.rules import digest
from ezcore.audit import operations as audit
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value, one_line
from ezcore.work import UnitOfWork

SHORTEST_REASON = 3


def begin(uow: UnitOfWork) -> None:
    """Give the actor a new secret for an app; nothing changes for log-ins until `confirm`.

    Raises: NotAllowed for a visitor; Refused while a second factor is on.
    """
    user = user_of(uow, uow.actor)
    if is_on(uow, user.id):
        raise Refused("Two-factor is on already; turn it off first")
    uow.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    secret = secret_from(uow.ids.token())
    uow.session.add(
        SecondFactor(
            user_id=user.id,
            secret=uow.box.seal(sealed_as(user.id), secret),
            last_step=0,
            created_at=uow.now(),
        )
    )
    uow.session.flush()
    audit.record(uow, "user.second_factor_begin", "user", user.id)


def confirm(uow: UnitOfWork, code: str, *, keep: str | None = None) -> list[str]:
    """Turn it on: a code of the app proves that it was set up. Gives the recovery codes, this one time.

    Every session but that with the token hash `keep` is over. Raises: WrongCode; NotAllowed; Refused when nothing is
    begun or it is on.
    """
    user = user_of(uow, uow.actor)
    row = uow.session.get(SecondFactor, user.id)
    if row is None or row.confirmed_at is not None:
        raise Refused("There is nothing to confirm; begin anew")
    if not _take_one_time_code(uow, user.id, bare(code), confirmed=False):
        raise WrongCode(field="code")
    row.confirmed_at = uow.now()
    uow.session.flush()
    end_sessions(uow, user.id, keep=keep)
    audit.record(uow, "user.second_factor_on", "user", user.id)
    _tell(uow, user, "second_factor_on")
    return _new_codes(uow, user.id)


def new_recovery_codes(uow: UnitOfWork) -> list[str]:
    """Ten new recovery codes; the old ones are void. Raises: NotAllowed; Refused while no second factor is on."""
    user = user_of(uow, uow.actor)
    if not is_on(uow, user.id):
        raise Refused("Two-factor is not on")
    audit.record(uow, "user.new_recovery_codes", "user", user.id)
    return _new_codes(uow, user.id)


def turn_off(uow: UnitOfWork) -> None:
    """The actor logs in with the password alone from now on. Whoever calls has asked for the password.

    Raises: NotAllowed; Refused when it is not on, and for staff where the shop asks a second factor of them.
    """
    user = user_of(uow, uow.actor)
    if not is_on(uow, user.id):
        raise Refused("Two-factor is not on")
    if user.staff_role_id is not None and uow.settings.security.staff_two_factor == "required":
        raise Refused("Staff of this shop log in with a second factor; ask a colleague to reset it")
    _remove(uow, user)
    audit.record(uow, "user.second_factor_off", "user", user.id)
    _tell(uow, user, "second_factor_off")


def reset(uow: UnitOfWork, user_id: int, reason: str) -> None:
    """Staff take away the second factor of one who lost it; every session of theirs is over and they are told by mail.

    Raises: NotAllowed without ``clients.manage`` (for staff: ``accounts.manage``); NotFound; InvalidInput naming
    `reason`; Refused for oneself and when it is not on.
    """
    user, words = uow.session.get(User, user_id), one_line(reason)
    if user is None:
        raise NotFound("There is no such user")
    uow.actor.require("accounts.manage" if user.staff_role_id is not None else "clients.manage")
    if len(words) < SHORTEST_REASON:
        raise InvalidInput("Say why: it is kept in the audit log", field="reason")
    if uow.actor.user_id == user.id:
        raise Refused("This is your own login; somebody else must do it")
    if not is_on(uow, user.id):
        raise Refused("This login has no second factor")
    _remove(uow, user)
    end_sessions(uow, user.id)
    client_id = uow.session.scalars(select(Membership.client_id).where(Membership.user_id == user.id)).first()
    audit.record(uow, "user.second_factor_reset", "user", user.id, client_id=client_id, reason=words[:400])
    _tell(uow, user, "second_factor_reset")


def use_code(uow: UnitOfWork, user_id: int, typed: str) -> bool:
    """Take a code of the app or a recovery code up; each works once, also when two browsers send it at once."""
    code = bare(typed)
    if is_one_time_code(code):
        return _take_one_time_code(uow, user_id, code, confirmed=True)
    return _take_recovery_code(uow, user_id, code)


def _take_one_time_code(uow: UnitOfWork, user_id: int, code: str, *, confirmed: bool) -> bool:
    row = uow.session.get(SecondFactor, user_id)
    if row is None or (row.confirmed_at is not None) is not confirmed or not is_one_time_code(code):
        return False
    step = step_of(uow.box.open(row.sealed_as, row.secret), code, uow.now(), after=row.last_step)
    if step is None:
        return False
    taken = uow.session.execute(
        update(SecondFactor)
        .where(SecondFactor.user_id == user_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.user_id)
    ).all()
    return bool(taken)


def _take_recovery_code(uow: UnitOfWork, user_id: int, code: str) -> bool:
    mine = (RecoveryCode.user_id == user_id, RecoveryCode.code_hash == digest(code))
    taken = uow.session.execute(
        update(RecoveryCode)
        .where(*mine, RecoveryCode.used_at.is_(None))
        .values(used_at=uow.now())
        .returning(RecoveryCode.id)
    ).all()
    if taken:
        audit.record(uow, "user.use_recovery_code", "user", user_id)
    return bool(taken)


def _new_codes(uow: UnitOfWork, user_id: int) -> list[str]:
    uow.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = [recovery_code_from(uow.ids.token()) for _ in range(RECOVERY_CODES)]
    now = uow.now()
    uow.session.add_all(
        RecoveryCode(user_id=user_id, code_hash=digest(bare(code)), created_at=now) for code in codes
    )
    uow.session.flush()
    return codes


def _remove(uow: UnitOfWork, user: User) -> None:
    uow.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    uow.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))


def _tell(uow: UnitOfWork, user: User, template: str) -> None:
    values: dict[str, Value] = {
        "name": user.name,
        "changed": uow.now(),
        "reset_link": f"{uow.settings.shop.site_url}/accounts/reset/",
    }
    queue_mail(uow, template, user.email, values, key=uow.ids.key("factor"))
