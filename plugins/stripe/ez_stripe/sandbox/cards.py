"""Stripe's test cards, and what each of them does when it is stored or charged."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Decline:
    """Why a bank says no: Stripe's code, the bank's own code, and the sentence a payer reads."""

    code: str
    decline_code: str | None
    message: str


DECLINES = {
    "generic_decline": Decline("card_declined", "generic_decline", "Your card was declined."),
    "insufficient_funds": Decline("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    "lost_card": Decline("card_declined", "lost_card", "Your card was declined."),
    "fraudulent": Decline("card_declined", "fraudulent", "Your card was declined."),
    "do_not_honor": Decline("card_declined", "do_not_honor", "Your card was declined."),
    "expired_card": Decline("expired_card", "expired_card", "Your card has expired."),
    "incorrect_cvc": Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": Decline(
        "processing_error",
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "authentication_failure": Decline(
        "payment_intent_authentication_failure",
        None,
        "We are unable to authenticate your payment method. Please choose a different one and try again.",
    ),
    "authentication_required": Decline(
        "authentication_required",
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
}
BEHAVIOURS = frozenset(DECLINES) | {"ok"}
"""What the control endpoint may switch a customer's stored methods to."""


@dataclass(frozen=True)
class TestCard:
    """One choice on the Checkout page.

    `charge` is a key of DECLINES (or ok) for the payment itself, `later` for off-session charges of the
    stored method; `authenticate` asks for 3-D Secure on the page. `bank` is a debit that settles later,
    `refund` and `dispute` say what follows.
    """

    number: str
    title: str
    charge: str = "ok"
    later: str = "ok"
    authenticate: bool = False
    bank: str | None = None
    refund: str = "succeeded"
    dispute: bool = False
    brand: str = "visa"

    __test__ = False  # not a test, whatever its name says

    @property
    def last4(self) -> str:
        """The four digits that are shown."""
        return self.number[-4:]


CARDS = {
    card.number: card
    for card in (
        TestCard("4242424242424242", "Payment succeeds"),
        TestCard("4000002500003155", "Asks for authentication (3-D Secure)", authenticate=True),
        TestCard("4000000000000002", "Is declined", "generic_decline", "generic_decline"),
        TestCard("4000000000009995", "Has insufficient funds", "insufficient_funds", "insufficient_funds"),
        TestCard("4000000000000069", "Has expired", "expired_card", "expired_card"),
        TestCard(
            "4000000000000341",
            "Can be stored, is declined when charged",
            "generic_decline",
            "generic_decline",
        ),
        TestCard(
            "4000002760003184",
            "Asks for authentication every time",
            later="authentication_required",
            authenticate=True,
        ),
        TestCard("4000000000000259", "Succeeds and is disputed", dispute=True),
        TestCard("4000000000007726", "Succeeds, refunds take a while", refund="pending"),
        TestCard("4000000000005126", "Succeeds, refunds fail later", refund="fails"),
        TestCard("5555555555554444", "Mastercard, payment succeeds", brand="mastercard"),
        TestCard("DE89370400440532013000", "Bank debit, settles later", bank="succeeds"),
        TestCard("DE62370400440532013001", "Bank debit, fails later", bank="fails"),
    )
}
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002760003184",
}
"""Names under which test code may use a card without a page."""
