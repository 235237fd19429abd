"""What the hosted pages of the imitated Stripe look like: Checkout, 3-D Secure, and the end of a session.

Plain HTML that works without JavaScript; another origin than the shop, so with a small style of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib import resources

from ez_stripe.sandbox.cards import TestCard

_STYLE = resources.files("ez_stripe.sandbox").joinpath("pages.css").read_text()


def checkout_page(
    *,
    title: str,
    price: str | None,
    cards: Iterable[TestCard],
    cancel_url: str | None,
    error: str | None,
    email: str,
) -> str:
    """The page on which a client chooses one of the test cards. `price` None means: only store the card."""
    alert = f'<p class="alert" role="alert" id="error">{escape(error)}</p>' if error else ""
    amount = f'<p class="amount">{escape(price)}</p>' if price else '<p class="amount">Save a card</p>'
    verb = f"Pay {escape(price)}" if price else "Save card"
    back = f'<a class="button quiet" href="{escape(cancel_url)}">Back to the shop</a>' if cancel_url else ""
    mail = f"<p>{escape(email)}</p>" if email else ""
    form = (
        f'<form method="post"><fieldset><legend>Test card</legend>{choices(cards)}</fieldset>'
        f'<button type="submit" name="action" value="pay">{verb}</button></form>'
    )
    return whole_page(f"Checkout: {title}", f"<h1>{escape(title)}</h1>{amount}{mail}{alert}{form}{back}")


def authentication_page(*, title: str, price: str | None) -> str:
    """The bank's page: the client proves who they are, or does not."""
    amount = f'<p class="amount">{escape(price)}</p>' if price else ""
    form = (
        '<form method="post">'
        '<button type="submit" name="outcome" value="complete">Complete authentication</button>'
        '<button class="quiet" type="submit" name="outcome" value="fail">Fail authentication</button></form>'
    )
    text = "<p>Your bank wants to know that it is you. In this sandbox you decide how that ends.</p>"
    return whole_page("3-D Secure", f"<h1>3-D Secure: {escape(title)}</h1>{amount}{text}{form}")


def ended_page(*, headline: str, text: str, link: str | None) -> str:
    """A session that cannot be paid any more."""
    back = f'<a class="button quiet" href="{escape(link)}">Back to the shop</a>' if link else ""
    return whole_page(headline, f"<h1>{escape(headline)}</h1><p>{escape(text)}</p>{back}")


def choices(cards: Iterable[TestCard]) -> str:
    """The test cards as radio buttons."""
    return "".join(_choice(card, first=place == 0) for place, card in enumerate(cards))


def _choice(card: TestCard, *, first: bool) -> str:
    checked = " checked" if first else ""
    number = " ".join(card.number[at : at + 4] for at in range(0, len(card.number), 4))
    radio = f'<input type="radio" name="card" id="card-{card.last4}" value="{card.number}"{checked} required>'
    return f"<label>{radio}<span>{escape(card.title)} <small>{number}</small></span></label>"


def whole_page(title: str, body: str) -> str:
    """A page around its content."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        '<p class="note">Sandbox. Not Stripe, no real money: every card below is a test card.</p>'
        f"<main>{body}</main></body></html>"
    )
