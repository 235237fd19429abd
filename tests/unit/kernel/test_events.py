"""An event comes back from the outbox as it went in, and refuses what it cannot carry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ezcore.kernel.currency import CURRENCIES
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.events import EVENTS, Event
from ezcore.kernel.money import Money
from ezcore.kernel.period import Period


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class SampleHappened(Event):
    service_id: int
    name: str
    paid: bool
    amount: Money
    due: date
    at: datetime
    lines: tuple[Money, ...] = ()
    pair: tuple[int, str] = (0, "")
    period: Period | None = None
    note: str | None = None
    colour: Colour = Colour.RED
    how: Literal["card", "cash"] = "card"


moneys = st.builds(Money, st.integers(-(10**15), 10**15), st.sampled_from(sorted(CURRENCIES)))
dates = st.dates(min_value=date(1, 1, 1), max_value=date(9998, 12, 31))
samples = st.builds(
    SampleHappened,
    service_id=st.integers(),
    name=st.text(),
    paid=st.booleans(),
    amount=moneys,
    due=dates,
    at=st.datetimes(
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
        min_value=datetime(1970, 1, 1),
    ),
    lines=st.lists(moneys, max_size=4).map(tuple),
    pair=st.tuples(st.integers(), st.text()),
    period=st.none() | dates.map(lambda day: Period(day, day + timedelta(days=30))),
    note=st.none() | st.text(),
)


def sample(**changes) -> SampleHappened:
    values = {
        "service_id": 1,
        "name": "vps",
        "paid": True,
        "amount": Money(5, "EUR"),
        "due": date(2026, 1, 1),
        "at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return SampleHappened(**(values | changes))


@given(samples)
def test_an_event_survives_json(event):
    text = json.dumps(event.to_json(), allow_nan=False)
    assert EVENTS[event.event_name()].from_json(json.loads(text)) == event


def test_moments_are_stored_in_utc():
    noon = datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert sample(at=noon).to_json()["at"] == "2026-06-01T10:00:00+00:00"


@pytest.mark.parametrize(
    "change",
    [
        {"service_id": 1.5},
        {"service_id": True},
        {"paid": 1},
        {"amount": 500},
        {"at": datetime(2026, 1, 1)},
        {"due": datetime(2026, 1, 1, tzinfo=UTC)},
        {"lines": [Money(1, "EUR")]},
        {"name": None},
        {"how": "gold"},
        {"colour": "red"},
    ],
)
def test_a_value_that_is_not_what_its_hint_says_is_not_written(change):
    with pytest.raises(TypeError):
        sample(**change).to_json()


@pytest.mark.parametrize(
    "change",
    [
        {"service_id": "1"},
        {"service_id": True},
        {"amount": 5},
        {"amount": {"minor": 1}},
        {"due": "soon"},
        {"lines": {}},
        {"pair": [1]},
        {"how": "gold"},
        {"colour": "blue"},
    ],
)
def test_a_row_that_was_tampered_with_is_refused_with_the_name_of_the_field(change):
    with pytest.raises(InvalidInput) as refusal:
        SampleHappened.from_json(sample().to_json() | change)
    assert refusal.value.field == next(iter(change))


def test_a_row_of_an_older_release_can_be_read():
    row = sample(note="kept").to_json() | {"gone_since": 1}
    del row["period"]
    assert SampleHappened.from_json(row) == sample(note="kept")


def test_a_row_that_lacks_a_fact_is_refused():
    row = sample().to_json()
    del row["amount"]
    with pytest.raises(InvalidInput, match="lacks amount"):
        SampleHappened.from_json(row)


def test_two_events_cannot_share_a_name():
    with pytest.raises(TypeError, match="two events are called SampleHappened"):
        type("SampleHappened", (Event,), {"__module__": "elsewhere"})
    assert EVENTS["SampleHappened"] is SampleHappened


def test_a_float_or_a_choice_of_two_types_cannot_be_in_an_event():
    @dataclass(frozen=True)
    class Weighed(Event):
        weight: float

    @dataclass(frozen=True)
    class Vague(Event):
        what: int | str

    for event in (Weighed(1.5), Vague(1)):
        with pytest.raises(TypeError):
            event.to_json()
