"""What the Customer Portal of the imitated Stripe looks like: plain HTML, one form per button."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from ez_stripe.sandbox.cards import TestCard
from ez_stripe.sandbox.pages import choices, whole_page


@dataclass(frozen=True)
class Stored:
    """A stored method."""

    id: str
    label: str
    expires: str
    is_default: bool


@dataclass(frozen=True)
class Plan:
    """A subscription."""

    id: str
    price: str
    status: str
    period_end: int
    ends: bool


@dataclass(frozen=True)
class Bill:
    """An invoice."""

    number: str
    total: str
    status: str
    made: int


def portal_page(
    *,
    name: str,
    methods: Sequence[Stored],
    plans: Sequence[Plan],
    bills: Sequence[Bill],
    cards: Iterable[TestCard],
    return_url: str | None,
    error: str | None,
) -> str:
    """The one page of the portal."""
    alert = f'<p class="alert" role="alert" id="error">{escape(error)}</p>' if error else ""
    back = f'<a class="button quiet" href="{escape(return_url)}">Back to the shop</a>' if return_url else ""
    parts = [
        f"<h1>Billing of {escape(name)}</h1>{alert}",
        _section("Subscriptions", "".join(_plan(plan) for plan in plans) or "<p>None.</p>"),
        _section("Payment methods", "".join(_method(method) for method in methods) or "<p>None.</p>"),
        _section("Add a payment method", _new(cards)),
        _section("Invoices", _bills(bills)),
        back,
    ]
    return whole_page("Customer portal", "".join(parts))


def _plan(plan: Plan) -> str:
    when = f"{'ends' if plan.ends else 'renews'} on {_day(plan.period_end)}"
    text = f"<p>{escape(plan.price)} <small>{escape(plan.status)}, {when}</small></p>"
    if plan.status == "canceled":
        return f"<p>{escape(plan.price)} <small>ended</small></p>"
    button = ("resume", "Don't cancel subscription") if plan.ends else ("cancel", "Cancel subscription")
    return text + _button(*button, plan.id)


def _method(method: Stored) -> str:
    default = " <small>default</small>" if method.is_default else ""
    expires = f" <small>expires {escape(method.expires)}</small>" if method.expires else ""
    text = f"<p>{escape(method.label)}{expires}{default}</p>"
    prefer = "" if method.is_default else _button("prefer", f"Make {method.label} the default", method.id)
    return text + prefer + _button("remove", f"Remove {method.label}", method.id)


def _new(cards: Iterable[TestCard]) -> str:
    return (
        f'<form method="post"><fieldset><legend>Test card</legend>{choices(cards)}</fieldset>'
        '<button type="submit" name="action" value="add">Add and make default</button></form>'
    )


def _bills(bills: Sequence[Bill]) -> str:
    rows = "".join(
        f"<tr><td>{_day(bill.made)}</td><td>{escape(bill.number)}</td><td>{escape(bill.total)}</td>"
        f"<td>{escape(bill.status)}</td></tr>"
        for bill in reversed(bills)
    )
    head = '<tr><th scope="col">Date</th><th scope="col">Number</th><th scope="col">Total</th>'
    return f'<table>{head}<th scope="col">State</th></tr>{rows}</table>' if rows else "<p>None.</p>"


def _button(action: str, text: str, target: str) -> str:
    return (
        f'<form method="post"><input type="hidden" name="target" value="{escape(target)}">'
        f'<button class="quiet" type="submit" name="action" value="{action}">{escape(text)}</button></form>'
    )


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>{body}</section>"


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()
