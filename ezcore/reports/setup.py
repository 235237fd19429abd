"""What a new shop still has to set up: asked with what is asked anyway, whatever its size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import exists, select

from ezcore.accounts.models import User
from ezcore.billing.taxes.models import TaxRule
from ezcore.catalog.products.models import Price, Product
from ezcore.messaging.models import Mail, MailState
from ezcore.services.servers.models import Server
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Ready:
    """What is there. `hidden`: whoever asks wants to hear no more of it."""

    hidden: bool
    product: bool
    server: bool
    tax_rule: bool
    mail: bool


def columns(uow: UnitOfWork) -> list[Any]:
    """What is asked, as columns for a statement that is asked anyway: a product on sale with a price, and so on."""
    priced = exists().where(
        Price.product_id == Product.id, Product.retired_at.is_(None), Product.hidden.is_(False)
    )
    return [
        select(User.setup_hidden).where(User.id == uow.actor.user_id).scalar_subquery().label("hidden"),
        priced.label("product"),
        exists().where(Server.active.is_(True)).label("server"),
        exists().where(TaxRule.id.is_not(None)).label("tax_rule"),
        exists().where(Mail.state == MailState.SENT).label("mail"),
    ]


def ready(facts: Mapping[str, Any]) -> Ready:
    """What the columns said."""
    return Ready(**{one.name: bool(facts[one.name]) for one in fields(Ready)})
