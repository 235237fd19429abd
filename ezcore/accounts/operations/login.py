"""Log in: constant work, one sentence for every failure, limits that lock out the attacker and not the owner.

Tries are counted per place (network address), per account and place, and per account. Only tries that pass
the second limit count for the third, so one attacker cannot use up an account's tries; and places from which
the owner logged in lately are let in although an attack from many places uses them up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import select

from ezcore.accounts import passwords, throttle
from ezcore.accounts.errors import TooManyTries, WrongLogin, WrongPassword
from ezcore.accounts.factors.models import LoginStep
from ezcore.accounts.factors.queries import is_on
from ezcore.accounts.factors.rules import STEP_FOR
from ezcore.accounts.models import LoginSession, TokenPurpose, User
from ezcore.accounts.operations.links import end_tokens
from ezcore.accounts.operations.sessions import open_session
from ezcore.accounts.queries import actor_for, user_by_email, user_of
from ezcore.accounts.rules import KNOWN_PLACE_FOR, digest, place
from ezcore.audit import operations as audit
from ezcore.kernel.actor import Actor
from ezcore.messaging.operations import queue_mail
from ezcore.work import UnitOfWork, Work

WINDOW: Final = 600
TRIES_PER_PLACE: Final = 30
TRIES_PER_ACCOUNT_AND_PLACE: Final = 6
TRIES_PER_ACCOUNT: Final = 10


@dataclass(frozen=True)
class Credentials:
    """What was typed."""

    email: str
    password: str


@dataclass(frozen=True)
class Visit:
    """The browser that asks: its place, its name, the session it already has."""

    ip: str | None = None
    agent: str = ""
    session: str | None = None


class Entry(NamedTuple):
    """What a right password opens: a session, or (`is_half`) the page that asks for the second factor."""

    token: str
    is_half: bool


def log_in(work: Work, actor: Actor, typed: Credentials, visit: Visit) -> Entry:
    """Check the credentials and open a new session, or the step to the second factor; gives the cookie's token.

    Raises: TooManyTries; WrongLogin, the same for an unknown address, a wrong password and a disabled user.
    """
    account = digest(typed.email.strip(" ").lower())
    with work.write(actor) as uow:
        user = user_by_email(uow, typed.email)
        wait = _wait(uow, user, account, visit)
    if wait:
        audit.record_refusal(work, actor, "user.log_in", "user", _who(user), "too many tries")
        raise TooManyTries(wait)
    # No transaction is open while the password is hashed.
    right = passwords.is_right(user.password_hash if user else None, typed.password)
    if user is None or not right or user.disabled_at is not None:
        audit.record_refusal(work, actor, "user.log_in", "user", _who(user), "wrong password or no such user")
        raise WrongLogin
    return _enter(work, user, typed, visit, account)


def confirm_password(uow: UnitOfWork, actor: Actor, password: str) -> None:
    """Ask the logged-in person once more, before a secret is shown. Raises: WrongPassword, NotAllowed."""
    if not passwords.is_right(user_of(uow, actor).password_hash, password):
        raise WrongPassword(field="password")


def confirm_own_password(work: Work, actor: Actor, password: str) -> None:
    """As `confirm_password`, before something grave, with no transaction open meanwhile.

    A wrong password is kept in the trail. At most ten tries in ten minutes.
    Raises: WrongPassword, TooManyTries, NotAllowed for a visitor.
    """
    with work.write(actor) as uow:
        user = user_of(uow, actor)
        wait = throttle.hit(uow, f"sudo:{user.id}", limit=TRIES_PER_ACCOUNT, seconds=WINDOW)
    if wait:
        raise TooManyTries(wait)
    if not passwords.is_right(user.password_hash, password):
        audit.record_refusal(work, actor, "user.confirm_password", "user", user.id, "wrong password")
        raise WrongPassword(field="password")


def known_place(uow: UnitOfWork, user: User, ip: str | None) -> bool:
    """Did this user log in from there within the last 30 days?"""
    return _is_known_place(uow, user, place(ip))


def warn(uow: UnitOfWork, user: User) -> None:
    """Tell the owner, once a day, that somebody tries to get in."""
    _alert(uow, user)


def _enter(work: Work, user: User, typed: Credentials, visit: Visit, account: str) -> Entry:
    stronger = passwords.hash_password(typed.password) if passwords.is_outdated(user.password_hash) else None
    with work.read() as look:
        actor = actor_for(look, look.session.get_one(User, user.id), ip=visit.ip)
    with work.write(actor) as uow:
        if stronger:
            uow.session.get_one(User, user.id).password_hash = stronger
        throttle.clear(uow, f"login:account:{account}")
        throttle.clear(uow, f"login:pair:{account}:{place(visit.ip)}")
        if is_on(uow, user.id):
            return Entry(_open_step(uow, user.id), is_half=True)
        end_tokens(uow, user.id, TokenPurpose.RESET)
        token = open_session(uow, user.id, ip=visit.ip, agent=visit.agent, old=visit.session)
        return Entry(token, is_half=False)


def _open_step(uow: UnitOfWork, user_id: int) -> str:
    token, now = uow.ids.token(), uow.now()
    row = LoginStep(token_hash=digest(token), user_id=user_id, created_at=now, expires_at=now + STEP_FOR)
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, "user.password_right", "user", user_id)
    return token


def _wait(uow: UnitOfWork, user: User | None, account: str, visit: Visit) -> int:
    here = place(visit.ip)
    wait = throttle.hit(uow, f"login:place:{here}", limit=TRIES_PER_PLACE, seconds=WINDOW) or throttle.hit(
        uow, f"login:pair:{account}:{here}", limit=TRIES_PER_ACCOUNT_AND_PLACE, seconds=WINDOW
    )
    if wait:
        return wait
    wait = throttle.hit(uow, f"login:account:{account}", limit=TRIES_PER_ACCOUNT, seconds=WINDOW)
    if wait and user is not None:
        _alert(uow, user)
        return 0 if _is_known_place(uow, user, here) else wait
    return wait


def _is_known_place(uow: UnitOfWork, user: User, here: str) -> bool:
    since = uow.now() - KNOWN_PLACE_FOR
    mine = select(LoginSession.ip).where(LoginSession.user_id == user.id, LoginSession.created_at > since)
    return any(place(ip) == here for ip in uow.session.scalars(mine.distinct()))


def _alert(uow: UnitOfWork, user: User) -> None:
    values = {"name": user.name, "reset_link": f"{uow.settings.shop.site_url}/accounts/reset/"}
    queue_mail(uow, "suspicious_logins", user.email, values, key=f"suspicious:{user.id}:{uow.today()}")


def _who(user: User | None) -> object:
    return user.id if user else "unknown"  # what was typed may be a password in the wrong field
