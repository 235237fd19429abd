"""Verbs of promotions: make, change, end; take a use and give it back, once each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.catalog.promotions.models import Promotion, PromotionAmount, PromotionKind, PromotionUse
from ezcore.catalog.promotions.rules import code_key
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.kernel.period import Cycle
from ezcore.work import UnitOfWork

REFUSAL = "This code cannot be used for what is in your cart."
"""The one answer to every code that does not hold, whatever the cause: codes are not to be guessed (B047)."""


@dataclass(frozen=True)
class Terms:
    """Everything that a promotion says, as it is typed. Days are in the shop's zone, `ends_on` is the day after."""

    code: str
    kind: str
    percent_ppm: int = 0
    amounts: tuple[Money, ...] = ()
    on_setup: bool = False
    once_per_order: bool = False
    cycles: tuple[str, ...] = ()
    products: tuple[int, ...] = ()
    requires_product_id: int | None = None
    recurrences: int | None = None
    max_uses: int | None = None
    once_per_client: bool = False
    new_clients_only: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    note: str = field(default="")


def create(uow: UnitOfWork, terms: Terms) -> Promotion:
    """A new promotion. Raises: NotAllowed, InvalidInput naming the field."""
    uow.actor.require("catalog.manage")
    promotion = Promotion(created_at=uow.now(), used=0)
    _write(promotion, terms)
    _free(uow, promotion.code, None)
    uow.session.add(promotion)
    uow.session.flush()
    audit.record(uow, "promotion.create", "promotion", promotion.id, after=_told(promotion))
    return promotion


def change(uow: UnitOfWork, promotion: Promotion, terms: Terms) -> None:
    """New terms for orders from now on. The discount itself stays once somebody has used it: services were promised it.

    Raises: NotAllowed, Refused, InvalidInput naming the field.
    """
    uow.actor.require("catalog.manage")
    wanted = Promotion()
    _write(wanted, terms)
    _free(uow, wanted.code, promotion.id)
    if _promise(wanted) != _promise(promotion) and _was_used(uow, promotion.id):
        raise Refused("Somebody has used this code, so its discount stays. End it and make a new one.")
    if wanted.max_uses is not None and wanted.max_uses < promotion.used:
        raise InvalidInput(f"it was used {promotion.used} times already", field="max_uses")
    before = _told(promotion)
    _write(promotion, terms)
    uow.session.flush()
    audit.record(uow, "promotion.change", "promotion", promotion.id, before=before, after=_told(promotion))


def end(uow: UnitOfWork, promotion: Promotion) -> None:
    """Nobody can use it from now on; services keep what they were promised. Raises: NotAllowed, Refused."""
    uow.actor.require("catalog.manage")
    if promotion.retired_at is not None:
        raise Refused("this promotion has ended")
    promotion.retired_at = uow.now()
    audit.record(uow, "promotion.end", "promotion", promotion.id, after={"code": promotion.code})


def take(uow: UnitOfWork, promotion: Promotion, client_id: int, order_id: int) -> None:
    """Use it for an order: one conditional UPDATE and one unique row, so twenty at once cannot pass the limit (I28).

    Raises: Refused with the neutral sentence when it is used up, or this client had it.
    """
    taken = uow.session.execute(
        update(Promotion)
        .where(
            Promotion.id == promotion.id,
            Promotion.retired_at.is_(None),
            (Promotion.max_uses.is_(None)) | (Promotion.used < Promotion.max_uses),
        )
        .values(used=Promotion.used + 1)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(REFUSAL)
    once = promotion.once_per_client or promotion.new_clients_only
    values = {
        "promotion_id": promotion.id,
        "client_id": client_id,
        "order_id": order_id,
        "client_key": f"{promotion.id}:{client_id}" if once else None,
        "used_at": uow.now(),
    }
    if insert_once(uow.session, PromotionUse, values) is None:
        raise Refused(REFUSAL)
    uow.session.refresh(promotion, ["used"])


def give_back(uow: UnitOfWork, order_id: int) -> bool:
    """An unpaid order was cancelled: its use counts no longer. The second time nothing happens. Says whether it did."""
    row = uow.session.execute(
        update(PromotionUse)
        .where(PromotionUse.order_id == order_id, PromotionUse.given_back_at.is_(None))
        .values(given_back_at=uow.now(), client_key=None)
        .returning(PromotionUse.promotion_id)
    ).scalar_one_or_none()
    if row is None:
        return False
    uow.session.execute(update(Promotion).where(Promotion.id == row).values(used=Promotion.used - 1))
    return True


def _write(promotion: Promotion, terms: Terms) -> None:
    _check(terms)
    promotion.code = code_key(terms.code) or ""
    promotion.kind = terms.kind
    promotion.percent_ppm = terms.percent_ppm if terms.kind == PromotionKind.PERCENT else 0
    for name in (
        "on_setup", "once_per_order", "requires_product_id", "recurrences", "max_uses", "once_per_client",
        "new_clients_only", "starts_on", "ends_on", "note",
    ):  # fmt: skip
        setattr(promotion, name, getattr(terms, name))
    promotion.cycles = [str(Cycle.parse(name)) for name in terms.cycles]
    promotion.products = sorted(set(terms.products))
    standing = {amount.currency: amount for amount in promotion.amounts}
    wanted = _amounts(terms)
    for currency, minor in wanted.items():
        if currency in standing:
            standing[currency].amount_minor = minor
        else:
            promotion.amounts.append(PromotionAmount(currency=currency, amount_minor=minor))
    for currency, amount in standing.items():
        if currency not in wanted:
            promotion.amounts.remove(amount)


def _amounts(terms: Terms) -> dict[str, int]:
    if terms.kind not in (PromotionKind.FIXED, PromotionKind.PRICE_OVERRIDE):
        return {}
    return {amount.currency: amount.minor for amount in terms.amounts}


def _check(terms: Terms) -> None:
    if code_key(terms.code) is None:
        raise InvalidInput("a code has 2 to 40 letters, digits, - or _", field="code")
    if terms.kind not in set(PromotionKind):
        raise InvalidInput("choose what the promotion does", field="kind")
    if terms.kind == PromotionKind.PERCENT and not 0 < terms.percent_ppm <= 1_000_000:  # noqa: PLR2004 - 100 %
        raise InvalidInput("a percentage above 0 and up to 100", field="percent")
    _check_amounts(terms)
    for name in ("recurrences", "max_uses"):
        value = getattr(terms, name)
        if value is not None and not 1 <= value <= 1_000_000:  # noqa: PLR2004 - nobody counts further
            raise InvalidInput("a whole number from 1, or nothing", field=name)
    if terms.starts_on is not None and terms.ends_on is not None and terms.ends_on <= terms.starts_on:
        raise InvalidInput("it ends before it starts", field="ends_on")


def _check_amounts(terms: Terms) -> None:
    amounts = [amount for amount in terms.amounts if not amount.is_negative]
    if len(amounts) != len(terms.amounts):
        raise InvalidInput("an amount cannot be negative", field="amounts")
    if terms.kind == PromotionKind.FIXED and not any(amount.is_positive for amount in amounts):
        raise InvalidInput("say how much is taken off", field="amounts")
    if terms.kind == PromotionKind.PRICE_OVERRIDE and not amounts:
        raise InvalidInput("say what is paid instead", field="amounts")
    if len({amount.currency for amount in amounts}) != len(amounts):
        raise InvalidInput("one amount per currency", field="amounts")


def _free(uow: UnitOfWork, code: str, own_id: int | None) -> None:
    taken = uow.session.scalar(select(Promotion.id).where(Promotion.code == code))
    if taken is not None and taken != own_id:
        raise InvalidInput("there is such a code already", field="code")


def _was_used(uow: UnitOfWork, promotion_id: int) -> bool:
    query = select(PromotionUse.id).where(PromotionUse.promotion_id == promotion_id).limit(1)
    return uow.session.execute(query).first() is not None


def _promise(promotion: Promotion) -> tuple[Any, ...]:
    amounts = sorted((one.currency, one.amount_minor) for one in promotion.amounts)
    return promotion.kind, promotion.percent_ppm, promotion.on_setup, promotion.recurrences, amounts


def _told(promotion: Promotion) -> dict[str, Any]:
    return {
        "code": promotion.code,
        "kind": promotion.kind,
        "percent_ppm": promotion.percent_ppm,
        "amounts": {one.currency: one.amount_minor for one in promotion.amounts},
        "recurrences": promotion.recurrences,
        "max_uses": promotion.max_uses,
        "starts_on": str(promotion.starts_on),
        "ends_on": str(promotion.ends_on),
    }
