"""The agenda of a simulated world: by time, then by the order of writing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ezcore.simulation.agenda import Agenda, Entry

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


def test_things_happen_in_the_order_of_time_and_of_one_moment_in_the_order_written():
    agenda, done = Agenda(), []
    for name, minutes in (("late", 5), ("first", 0), ("second", 0), ("early", -5)):
        agenda.write(Entry(NOON + timedelta(minutes=minutes), name, lambda: None))
    assert agenda.next_at() == NOON - timedelta(minutes=5)
    while (entry := agenda.take_due(NOON)) is not None:
        done.append(entry.name)
    assert done == ["early", "first", "second"]
    assert agenda.next_at() == NOON + timedelta(minutes=5)


def test_an_empty_agenda_waits_for_nothing():
    assert Agenda().next_at() is None
    assert Agenda().take_due(NOON) is None
