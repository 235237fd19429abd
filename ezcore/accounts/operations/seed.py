"""Ready-made accounts for demo, simulation, tests and imports: confirmed at once, no mail."""

from __future__ import annotations

from typing import NamedTuple

from ezcore.accounts import passwords
from ezcore.accounts.models import Client, User
from ezcore.accounts.operations.signup import SignUp, create_client, create_user
from ezcore.accounts.rules import NO_PASSWORD, normal_email
from ezcore.accounts.tax_numbers import checked_tax_number
from ezcore.kernel.errors import InvalidInput
from ezcore.work import UnitOfWork


class Account(NamedTuple):
    """A client and its first user."""

    client: Client
    user: User

    @property
    def client_id(self) -> int:
        """The id of the client."""
        return self.client.id

    @property
    def user_id(self) -> int:
        """The id of the user."""
        return self.user.id


def create_verified(
    uow: UnitOfWork,
    email: str,
    name: str,
    *,
    password: str | None = None,
    country: str = "EE",
    company: str = "",
    language: str = "en",
    tax_number: str = "",
    **address: str,
) -> Account:
    """A client with a confirmed owner. Without a password nobody can log in (and none has to be hashed).

    `address` takes line1, line2, postcode, city, region. Emits: ClientCreated.
    Raises: NotAllowed without ``accounts.manage``; InvalidInput when the address has a login already, or the tax number
    is not one of the country.
    """
    uow.actor.require("accounts.manage")
    known = normal_email(email)
    hashed = passwords.hash_password(password) if password is not None else NO_PASSWORD
    user = create_user(uow, known, name, hashed)
    if user is None:
        raise InvalidInput(f"{known} has a login already", field="email")
    user.verified_at = uow.now()
    number = checked_tax_number(country, tax_number)
    client = create_client(uow, user, SignUp(name, known, hashed, country, company, language, number))
    for field, value in address.items():
        if field not in {"line1", "line2", "postcode", "city", "region"}:
            raise TypeError(f"a client has no {field}")
        setattr(client, field, value)
    uow.session.flush()
    return Account(client, user)
