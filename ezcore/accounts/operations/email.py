"""Another e-mail address: a link to the new one proves it, the old one is told. No answer says whose an address is."""

from __future__ import annotations

from sqlalchemy import select

from ezcore.accounts import throttle
from ezcore.accounts.errors import LinkNotGood
from ezcore.accounts.models import Client, EmailToken, Membership, MembershipRole, TokenPurpose, User
from ezcore.accounts.operations.links import end_tokens, is_good, take_token
from ezcore.accounts.operations.sessions import end_sessions
from ezcore.accounts.queries import user_by_email, user_of
from ezcore.accounts.rules import MAILS_AN_HOUR, VERIFY_FOR, digest, normal_email
from ezcore.audit import operations as audit
from ezcore.kernel.errors import InvalidInput
from ezcore.messaging.operations import queue_mail
from ezcore.messaging.rules import Value
from ezcore.work import UnitOfWork


def ask_for_address(uow: UnitOfWork, email: str) -> None:
    """Mail a link to the new address of the actor; it lives for a day. Whoever calls has asked for the password.

    When the address has a login already its owner is told instead, and the asker reads the same. At most three mails
    an hour. Raises: NotAllowed; InvalidInput for the address that it is already.
    """
    user, address = user_of(uow, uow.actor), normal_email(email)
    if address == user.email:
        raise InvalidInput("This is your address already", field="email")
    audit.record(uow, "user.ask_email_change", "user", user.id)
    if throttle.hit(uow, f"mail:change:{user.id}", limit=MAILS_AN_HOUR, seconds=3600):
        return
    site = uow.settings.shop.site_url
    if user_by_email(uow, address) is not None:
        values: dict[str, Value] = {
            "login_link": f"{site}/accounts/login/", "reset_link": f"{site}/accounts/reset/",
        }  # fmt: skip
        queue_mail(uow, "already_registered", address, values, key=uow.ids.key("change"))
        return
    end_tokens(uow, user.id, TokenPurpose.CHANGE)
    token, now = uow.ids.token(), uow.now()
    uow.session.add(
        EmailToken(
            token_hash=digest(token), purpose=TokenPurpose.CHANGE, user_id=user.id, email=user.email,
            new_email=address, created_at=now, expires_at=now + VERIFY_FOR,
        )
    )  # fmt: skip
    uow.session.flush()
    told: dict[str, Value] = {"link": f"{site}/accounts/email/{token}/", "expires": now + VERIFY_FOR}
    queue_mail(uow, "email_change", address, told, key=f"change:{digest(token)}")


def address_behind(uow: UnitOfWork, token: str) -> str | None:
    """The new address that a link would set now; changes nothing."""
    if not is_good(uow, token, TokenPurpose.CHANGE):
        return None
    return uow.session.get_one(EmailToken, digest(token)).new_email


def change_address(uow: UnitOfWork, token: str) -> None:
    """Use the link: the user logs in with the new address; the old one is told, other sessions and links are over.

    A client that got its mail at the old address, and of which the user is an owner, gets it at the new one.
    Raises: LinkNotGood, also when somebody else has the address by now.
    """
    found, user = take_token(uow, token, TokenPurpose.CHANGE)
    if found.new_email is None or user_by_email(uow, found.new_email) is not None:
        raise LinkNotGood
    old, user.email = user.email, found.new_email
    user.verified_at = user.verified_at or uow.now()
    for client in _addressed_clients(uow, user, old):
        client.email = found.new_email
    uow.session.flush()
    end_sessions(uow, user.id)
    end_tokens(uow, user.id)
    audit.record(uow, "user.change_email", "user", user.id)
    values: dict[str, Value] = {
        "name": user.name,
        "changed": uow.now(),
        "site_link": uow.settings.shop.site_url,
    }
    queue_mail(uow, "email_changed", old, values, key=uow.ids.key("changed"))


def _addressed_clients(uow: UnitOfWork, user: User, old: str) -> list[Client]:
    own = (Membership.user_id == user.id, Membership.role == MembershipRole.OWNER, Client.email == old)
    return list(
        uow.session.scalars(select(Client).join(Membership, Membership.client_id == Client.id).where(*own))
    )
