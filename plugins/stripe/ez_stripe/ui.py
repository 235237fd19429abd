"""What staff see of an invoice's payments at Stripe: from what the core has booked, Stripe is not asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final, cast

from ez_stripe.settings import StripeSettings
from ezcore.plugin_api import PluginContext
from ezcore.plugin_api.ui import Contribution, Contributor, Notice, Panel, Row, SlotContext

GATEWAY: Final = "stripe"
SILENCE: Final = timedelta(minutes=30)
"""A payment that nobody said a word about for so long is a sign that webhooks do not arrive."""


def contributors(context: PluginContext) -> Sequence[Contributor]:
    """A panel and, when something is odd, a notice beside an invoice."""
    return [Contributor("admin.invoice.side", partial(payments, context), only=GATEWAY)]


def payments(context: PluginContext, about: SlotContext) -> Sequence[Contribution]:
    """The tries at Stripe, each linked to its page there; a notice when one is open for too long."""
    if about.invoice is None:
        return []
    mine = [one for one in about.invoice.payments if one.gateway == GATEWAY]
    known = [one for one in mine if one.external_id]
    found: list[Contribution] = []
    if any(one.status == "pending" and about.now - one.created_at > SILENCE for one in mine):
        found.append(
            Notice(
                "silent",
                "Stripe has not told how a payment ended",
                "warn",
                "It was begun more than half an hour ago. Perhaps the client left; if several look like this, "
                "look whether webhooks arrive.",
            )
        )
    if known:
        live = cast("StripeSettings", context.settings()).livemode
        where = f"https://dashboard.stripe.com/{'' if live else 'test/'}payments/"
        rows = tuple(
            Row(one.status.capitalize(), one.external_id or "", f"{where}{one.external_id}")
            for one in known[:20]
        )
        found.append(Panel("payments", "At Stripe", rows))
    return found
