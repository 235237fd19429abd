"""Sign up: the same answer and the same work whether the address is known or not.

The owner of a known address hears of it by mail instead. Nobody is logged in by signing up: the link in the
mail does that, and it brings the password of the very sign-up that asked for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ezcore.accounts import passwords, throttle
from ezcore.accounts.countries import language_now
from ezcore.accounts.events import ClientCreated
from ezcore.accounts.inputs import SignUpInput
from ezcore.accounts.models import Client, Membership, MembershipRole, User
from ezcore.accounts.operations.links import send_verify_link
from ezcore.accounts.operations.tax import number_changed
from ezcore.accounts.rules import MAILS_AN_HOUR, digest, local_path
from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.kernel.actor import Actor
from ezcore.messaging.operations import queue_mail
from ezcore.work import UnitOfWork, Work


@dataclass(frozen=True)
class SignUp:
    """A checked sign-up whose password is hashed already (hashing is slow: never inside a transaction)."""

    name: str
    email: str
    password_hash: str
    country: str
    company: str = ""
    language: str = "en"
    tax_number: str = ""


def register(work: Work, actor: Actor, typed: SignUpInput, next_url: str) -> None:
    """Judge and hash the password, then sign up in a unit of work of its own. For pages and the checkout.

    `next_url` is where the link in the mail leads after it confirmed the address; only local paths are kept.
    Raises: WeakPassword.
    """
    password = typed.password.get_secret_value()
    about = (typed.email, typed.name, typed.company, work.settings.shop.name)
    passwords.check_strength(password, about=about)
    new = SignUp(
        name=typed.name,
        email=typed.email,
        password_hash=passwords.hash_password(password),
        country=typed.country,
        company=typed.company,
        tax_number=typed.tax_number,
        language=language_now(),
    )
    with work.write(actor) as uow:
        sign_up(uow, new, next_url)


def sign_up(uow: UnitOfWork, new: SignUp, next_url: str) -> None:
    """Create a client with its first user and mail them a link, or tell the owner of a known address.

    At most three mails an hour to one address; the answer is the same. Emits: ClientCreated.
    """
    target = local_path(next_url)
    user = uow.session.scalars(select(User).where(User.email == new.email)).first() or _create(uow, new)
    if throttle.hit(uow, f"mail:sign_up:{digest(new.email)}", limit=MAILS_AN_HOUR, seconds=3600):
        return
    if user.verified_at is None and user.disabled_at is None:
        send_verify_link(uow, user, password_hash=new.password_hash, next_url=target)
    else:
        _tell_owner(uow, user)


def _create(uow: UnitOfWork, new: SignUp) -> User:
    user = create_user(uow, new.email, new.name, new.password_hash)
    if user is None:  # another process signed the same address up a moment ago
        return uow.session.scalars(select(User).where(User.email == new.email)).one()
    create_client(uow, user, new)
    return user


def create_user(uow: UnitOfWork, email: str, name: str, password_hash: str) -> User | None:
    """A new login; None when the address has one, also when another process was faster."""
    now = uow.now()
    facts = {
        "email": email,
        "name": name,
        "password_hash": password_hash,
        "password_changed_at": now,
        "created_at": now,
    }
    user_id = insert_once(uow.session, User, facts)
    if user_id is None:
        return None
    audit.record(uow, "user.create", "user", user_id)
    return uow.session.get_one(User, user_id)


def create_client(uow: UnitOfWork, user: User, new: SignUp) -> Client:
    """The client of a new user, billed in the shop's currency.

    Emits: ClientCreated; TaxNumberChanged when it has a tax number.
    """
    client = Client(
        name=new.name,
        company=new.company,
        email=new.email,
        country=new.country,
        currency=uow.settings.shop.currency,
        language=new.language,
        tax_number=new.tax_number,
        created_at=uow.now(),
    )
    uow.session.add(client)
    uow.session.flush()
    uow.session.add(Membership(user_id=user.id, client_id=client.id, role=MembershipRole.OWNER))
    uow.session.flush()
    audit.record(uow, "client.create", "client", client.id, client_id=client.id)
    uow.emit(ClientCreated(client.id, user.id))
    number_changed(uow, client)
    return client


def _tell_owner(uow: UnitOfWork, user: User) -> None:
    site = uow.settings.shop.site_url
    queue_mail(
        uow,
        "already_registered",
        user.email,
        {"login_link": f"{site}/accounts/login/", "reset_link": f"{site}/accounts/reset/"},
        language=language_now(),
        key=uow.ids.key("sign_up"),
    )
    audit.record(uow, "user.sign_up_again", "user", user.id)
