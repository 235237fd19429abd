"""What the people of a simulated shop do: one file each, all of them in this table.

A new behaviour is a new file with a `BEHAVIOUR` and a line here. It draws from `world.chance.of("<its name>", ...)`
only, so that it changes nothing for anybody who does not have it.
"""

from __future__ import annotations

from ezcore.simulation.behaviours import (
    add_funds,
    card_goes_bad,
    change_plan,
    declined,
    dispute,
    leave,
    money_back,
    order,
    order_again,
    pay_twice,
    renewal,
    spend_credit,
    suspended,
)
from ezcore.simulation.behaviours.behaviour import Behaviour

BEHAVIOURS: tuple[Behaviour, ...] = (
    order.BEHAVIOUR,
    renewal.BEHAVIOUR,
    declined.BEHAVIOUR,
    card_goes_bad.BEHAVIOUR,
    suspended.BEHAVIOUR,
    leave.BEHAVIOUR,
    order_again.BEHAVIOUR,
    pay_twice.BEHAVIOUR,
    change_plan.BEHAVIOUR,
    spend_credit.BEHAVIOUR,
    add_funds.BEHAVIOUR,
    money_back.BEHAVIOUR,
    dispute.BEHAVIOUR,
)
