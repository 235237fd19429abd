"""What is not permitted is forbidden, for everybody but the system itself."""

from __future__ import annotations

import pytest

from ezcore.kernel.actor import SYSTEM, VISITOR, Actor
from ezcore.kernel.errors import NotAllowed


def test_staff_may_do_what_is_listed_and_nothing_else():
    clerk = Actor("staff", user_id=1, name="Ada", permissions=frozenset({"invoice.read"}))
    clerk.require("invoice.read")
    assert not clerk.may("invoice.cancel")
    with pytest.raises(NotAllowed) as refusal:
        clerk.require("invoice.cancel")
    assert refusal.value.permission == "invoice.cancel"
    assert "Ada" in refusal.value.message


@pytest.mark.parametrize("kind", ["visitor", "client", "staff", "plugin"])
def test_nobody_has_a_permission_by_being_who_they_are(kind):
    assert not Actor(kind).may("anything")


def test_the_system_may_do_everything_and_a_visitor_nothing():
    SYSTEM.require("anything")
    with pytest.raises(NotAllowed):
        VISITOR.require("anything")
