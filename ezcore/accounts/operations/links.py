"""Links in mails: confirm an address, ask for a new password. Good once, stored as a hash, short-lived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update

from ezcore.accounts import throttle
from ezcore.accounts.countries import language_now
from ezcore.accounts.errors import LinkNotGood
from ezcore.accounts.events import EmailConfirmed
from ezcore.accounts.models import EmailToken, TokenPurpose, User
from ezcore.accounts.operations.sessions import end_sessions
from ezcore.accounts.queries import client_id_of, user_by_email, user_of
from ezcore.accounts.rules import MAILS_AN_HOUR, RESET_FOR, VERIFY_FOR, digest
from ezcore.audit import operations as audit
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Confirmed:
    """An address was confirmed: whose, and where the link leads."""

    user_id: int
    next_url: str


def send_verify_link(uow: UnitOfWork, user: User, *, password_hash: str | None, next_url: str) -> None:
    """Mail a link that confirms the address; it lives for a day."""
    token, expires = _new_token(
        uow, user, TokenPurpose.VERIFY, VERIFY_FOR, password_hash=password_hash, next_url=next_url
    )
    link = f"{uow.settings.shop.site_url}/accounts/verify/{token}/"
    key = f"verify:{digest(token)}"
    queue_mail(
        uow, "verify_email", user.email, {"link": link, "expires": expires}, key=key, language=language_now()
    )


def send_verify_link_again(uow: UnitOfWork) -> None:
    """For a logged-in user whose first link is lost: at most three an hour. Raises: NotAllowed."""
    user = user_of(uow, uow.actor)
    if user.verified_at is not None:
        return
    if not throttle.hit(uow, f"mail:sign_up:{digest(user.email)}", limit=MAILS_AN_HOUR, seconds=3600):
        send_verify_link(uow, user, password_hash=None, next_url="/dashboard/")
        audit.record(uow, "user.ask_verify_link", "user", user.id)


def verify(uow: UnitOfWork, token: str) -> Confirmed:
    """Use a link: the address is confirmed, and the password of the sign-up that asked for the link holds.

    Sessions that were open before are over: a stranger may have signed up with this address first.
    Emits: EmailConfirmed. Raises: LinkNotGood.
    """
    found, user = take_token(uow, token, TokenPurpose.VERIFY)
    if user.verified_at is not None:
        raise LinkNotGood
    user.verified_at = uow.now()
    if found.password_hash:
        user.password_hash, user.password_changed_at = found.password_hash, uow.now()
    end_sessions(uow, user.id)
    end_tokens(uow, user.id)
    client_id = client_id_of(uow, user.id)
    audit.record(uow, "user.verify", "user", user.id, client_id=client_id)
    uow.emit(EmailConfirmed(user.id, client_id))
    return Confirmed(user.id, found.next_url)


def request_reset(uow: UnitOfWork, email: str) -> None:
    """Mail a link to choose a new password, if the address is known: at most three an hour."""
    user = user_by_email(uow, email)
    if throttle.hit(uow, f"mail:reset:{digest(email.lower())}", limit=MAILS_AN_HOUR, seconds=3600):
        return
    if user is None or user.disabled_at is not None:
        _pretend(uow, email)
        audit.record(uow, "user.request_reset", "user", "unknown")
        return
    token, expires = _new_token(uow, user, TokenPurpose.RESET, RESET_FOR)
    link = f"{uow.settings.shop.site_url}/accounts/reset/{token}/"
    values: dict[str, Value] = {"name": user.name, "link": link, "expires": expires}
    queue_mail(
        uow, "reset_password", user.email, values, key=f"reset:{digest(token)}", language=language_now()
    )
    audit.record(uow, "user.request_reset", "user", user.id)


def is_good(uow: UnitOfWork, token: str, purpose: TokenPurpose) -> bool:
    """True when the link would work now; changes nothing."""
    found = uow.session.get(EmailToken, digest(token))
    if found is None or found.purpose != purpose or found.used_at is not None:
        return False
    user = uow.session.get_one(User, found.user_id)
    return found.expires_at > uow.now() and user.email == found.email and user.disabled_at is None


def take_token(uow: UnitOfWork, token: str, purpose: TokenPurpose) -> tuple[EmailToken, User]:
    """Use a link up; of two who try at once, one succeeds. Raises: LinkNotGood."""
    usable = (
        EmailToken.token_hash == digest(token),
        EmailToken.purpose == purpose,
        EmailToken.used_at.is_(None),
        EmailToken.expires_at > uow.now(),
    )
    taken = uow.session.execute(
        update(EmailToken).where(*usable).values(used_at=uow.now()).returning(EmailToken.token_hash)
    ).scalar_one_or_none()
    if taken is None:
        raise LinkNotGood
    found = uow.session.get_one(EmailToken, taken, populate_existing=True)
    user = uow.session.get_one(User, found.user_id)
    if user.email != found.email or user.disabled_at is not None:
        raise LinkNotGood
    return found, user


def end_tokens(uow: UnitOfWork, user_id: int, purpose: TokenPurpose | None = None) -> None:
    """Make every open link of a user useless: they logged in, or changed password or address."""
    open_links = update(EmailToken).where(EmailToken.user_id == user_id, EmailToken.used_at.is_(None))
    if purpose is not None:
        open_links = open_links.where(EmailToken.purpose == purpose)
    uow.session.execute(open_links.values(used_at=uow.now()))


def _new_token(
    uow: UnitOfWork,
    user: User,
    purpose: TokenPurpose,
    life: timedelta,
    *,
    password_hash: str | None = None,
    next_url: str = "/",
) -> tuple[str, datetime]:
    token = uow.ids.token()
    row = EmailToken(
        token_hash=digest(token),
        purpose=purpose,
        user_id=user.id,
        email=user.email,
        password_hash=password_hash,
        next_url=next_url,
        created_at=uow.now(),
        expires_at=uow.now() + life,
    )
    uow.session.add(row)
    uow.session.flush()
    return token, row.expires_at


def _pretend(uow: UnitOfWork, email: str) -> None:
    """Do the work of a mail and take it back, so that time does not tell who has an account."""
    values: dict[str, Value] = {"name": "nobody", "link": uow.ids.token(), "expires": uow.now()}
    savepoint = uow.session.begin_nested()
    queue_mail(uow, "reset_password", email, values, key=uow.ids.key("nobody"), language=language_now())
    savepoint.rollback()
