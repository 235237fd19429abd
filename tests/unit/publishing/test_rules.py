"""Instants in the shop's zone, addresses made from titles, words that are looked for, phases of a report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ezcore.kernel.errors import InvalidInput
from ezcore.publishing.articles.rules import fold, pattern, telling, terms
from ezcore.publishing.incidents.models import Impact, Incident, IncidentKind, IncidentState
from ezcore.publishing.incidents.rules import is_open, phase, worst
from ezcore.publishing.instants import read_instant, write_instant
from ezcore.publishing.slugs import check_slug, slug_from

ZONE = "Europe/Tallinn"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_an_instant_is_read_and_written_in_the_zone_of_the_shop():
    summer, winter = (
        read_instant("2026-07-01 12:00", ZONE, "at"),
        read_instant(" 2026-01-01T12:00 ", ZONE, "at"),
    )
    assert summer == datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert winter == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert write_instant(summer, ZONE) == "2026-07-01 12:00"
    assert (read_instant("  ", ZONE, "at"), write_instant(None, ZONE)) == (None, "")


def test_an_hour_that_comes_twice_is_the_first():
    assert read_instant("2026-10-25 03:30", ZONE, "at") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", ["2026-03-29 03:30", "2026-13-01 10:00", "2026-01-01 24:30", "0001-01-01 00:00", "1"]
)
def test_what_is_no_instant_is_refused_at_its_field(typed):
    with pytest.raises(InvalidInput) as refused:
        read_instant(typed, ZONE, "starts_at")
    assert refused.value.field == "starts_at"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Õhtune hooldus!", "ohtune-hooldus"),
        ("  --A  b_c ", "a-b-c"),
        ("日本", "text"),
        ("x" * 300, "x" * 76),
    ],
)
def test_an_address_is_made_from_a_title(title, slug):
    assert slug_from(title) == slug
    assert check_slug(slug) == slug


def test_words_are_looked_for_without_marks_and_mean_themselves():
    assert fold("  Õhtu\n ÄÖ ") == "ohtu ao"
    assert terms("Õhtu, a 100% e-mail!") == ["ohtu", "100", "e-mail"]
    assert pattern("a%_/") == "%a/%/_//%"
    assert len(terms(" ".join(f"word{n}" for n in range(50)))) == 8
    assert telling("Please help: my server does not work") == ["server"]


def incident(
    kind=IncidentKind.INCIDENT, state=IncidentState.INVESTIGATING, impact=Impact.DEGRADED, hours=(-1, None)
):
    begin, end = hours
    return Incident(
        kind=kind, title="x", impact=impact, state=state, starts_at=NOW + timedelta(hours=begin), solved_at=None,
        ends_at=NOW + timedelta(hours=end) if end is not None else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "found"), [((1, 2), "planned"), ((0, 2), "running"), ((-1, 1), "running"), ((-2, 0), "solved")]
)
def test_planned_work_begins_and_ends_by_the_clock(hours, found):
    work = incident(IncidentKind.MAINTENANCE, IncidentState.PLANNED, hours=hours)
    assert phase(work, NOW) == found
    assert is_open(work, NOW) == (found == "running")
    work.solved_at = NOW
    assert phase(work, NOW) == "solved"


def test_an_incident_is_what_staff_said_last_whatever_its_end():
    assert phase(incident(hours=(-3, -1)), NOW) == "investigating"


def test_a_part_is_as_bad_as_the_worst_that_touches_it():
    work = incident(IncidentKind.MAINTENANCE, IncidentState.PLANNED, Impact.OUTAGE, hours=(-1, 1))
    slow, down = incident(), incident(impact=Impact.OUTAGE)
    assert worst([]) == "working"
    assert worst([work]) == "maintenance"
    assert worst([work, slow]) == "degraded"
    assert worst([slow, down, work]) == "outage"
