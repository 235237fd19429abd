"""People for tests: a signed-up client, staff, and what their mails say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from ezcore.accounts import operations as accounts
from ezcore.accounts.inputs import SignUpInput
from ezcore.kernel.actor import VISITOR, Actor
from ezcore.messaging import queries as mails
from ezcore.messaging.models import Mail
from ezcore.work import Work

PASSWORD = "quiet lake heron 42"
ANN = "ann@client.example"


@dataclass
class Letterbox:
    """The mails of a shop, unsealed."""

    work: Work

    def to(self, address: str) -> list[tuple[str, str]]:
        """Template and text of every mail to an address, oldest first."""
        with self.work.read() as uow:
            found = uow.session.scalars(select(Mail).where(Mail.recipient == address).order_by(Mail.id))
            return [(mail.template, mails.body_of(uow, mail)) for mail in found]

    def token(self, address: str, template: str) -> str:
        """The token of the link in the newest mail of this template."""
        texts = [text for name, text in self.to(address) if name == template]
        found = re.search(r"/accounts/(?:verify|reset|email)/([^/\s]+)/", texts[-1])
        assert found, texts[-1]
        return found.group(1)


@pytest.fixture
def letterbox(work: Work) -> Letterbox:
    """What was mailed."""
    return Letterbox(work)


@pytest.fixture
def typed() -> Callable[..., SignUpInput]:
    """A filled-in sign-up form; keywords change fields."""

    def fill(**changes: str) -> SignUpInput:
        values = {"name": "Ann", "email": ANN, "password": PASSWORD, "country": "EE", "terms": "yes"}
        return SignUpInput.model_validate({**values, **changes})

    return fill


@pytest.fixture
def ann(work: Work) -> accounts.Account:
    """A client whose owner confirmed the address and has PASSWORD."""
    with work.write() as uow:
        return accounts.create_verified(uow, ANN, "Ann", password=PASSWORD, line1="Pikk 1", city="Tallinn")


@pytest.fixture
def log_in(work: Work) -> Callable[..., str]:
    """Log in; gives the session's token."""

    def enter(email: str = ANN, password: str = PASSWORD, ip: str = "192.0.2.7", **visit: str) -> str:
        actor = Actor("visitor", name=VISITOR.name, ip=ip)
        return accounts.log_in(
            work, actor, accounts.Credentials(email, password), accounts.Visit(ip=ip, **visit)
        ).token

    return enter
