"""A new password, by link or by knowing the old one: every other session and every open link is over."""

from __future__ import annotations

from ezcore.accounts import passwords
from ezcore.accounts.countries import language_now
from ezcore.accounts.errors import LinkNotGood, WrongPassword
from ezcore.accounts.events import PasswordChanged
from ezcore.accounts.models import EmailToken, TokenPurpose, User
from ezcore.accounts.operations.links import end_tokens, is_good, take_token
from ezcore.accounts.operations.sessions import end_sessions
from ezcore.accounts.queries import user_of
from ezcore.accounts.rules import digest
from ezcore.audit import operations as audit
from ezcore.kernel.actor import Actor
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.work import UnitOfWork, Work


def reset_password(work: Work, actor: Actor, token: str, password: str) -> None:
    """Choose a password by a link from a mail. Who could read that mail has also confirmed the address.

    Emits: PasswordChanged. Raises: LinkNotGood; WeakPassword, and the link stays good.
    """
    with work.read(actor) as look:
        if not is_good(look, token, TokenPurpose.RESET):
            raise LinkNotGood
        found = look.session.get_one(EmailToken, digest(token))
        user = look.session.get_one(User, found.user_id)
    _check(work, user, password)
    hashed = passwords.hash_password(password)
    with work.write(actor) as uow:
        _found, owner = take_token(uow, token, TokenPurpose.RESET)
        owner.verified_at = owner.verified_at or uow.now()
        _set(uow, owner, hashed, "user.reset_password")


def change_password(work: Work, actor: Actor, current: str, password: str, *, keep: str | None) -> None:
    """Change it, knowing the old one; the session with the token hash `keep` goes on.

    Emits: PasswordChanged. Raises: WrongPassword, WeakPassword, NotAllowed for a visitor.
    """
    with work.read(actor) as look:
        user = user_of(look, actor)
    if not passwords.is_right(user.password_hash, current):
        audit.record_refusal(work, actor, "user.change_password", "user", user.id, "wrong current password")
        raise WrongPassword(field="current")
    _check(work, user, password)
    hashed = passwords.hash_password(password)
    with work.write(actor) as uow:
        _set(uow, uow.session.get_one(User, user.id), hashed, "user.change_password", keep=keep)


def _check(work: Work, user: User, password: str) -> None:
    shortest = passwords.SHORTEST if user.staff_role_id is None else passwords.SHORTEST_FOR_STAFF
    passwords.check_strength(
        password, about=(user.email, user.name, work.settings.shop.name), shortest=shortest
    )


def _set(uow: UnitOfWork, user: User, hashed: str, verb: str, *, keep: str | None = None) -> None:
    user.password_hash, user.password_changed_at = hashed, uow.now()
    end_sessions(uow, user.id, keep=keep)
    end_tokens(uow, user.id)
    audit.record(uow, verb, "user", user.id)
    values: dict[str, Value] = {
        "name": user.name,
        "changed": uow.now(),
        "reset_link": f"{uow.settings.shop.site_url}/accounts/reset/",
    }
    queue_mail(
        uow, "password_changed", user.email, values, key=uow.ids.key("password"), language=language_now()
    )
    uow.emit(PasswordChanged(user.id))
