"""When the scheduled tasks run, and what stops a run that looks wrong."""

from __future__ import annotations

from datetime import time

from pydantic import field_validator

from ezcore.settings.section import Section, setting


class Automation(Section):
    """Times are of the shop's time zone. Task names are those of `ez run`."""

    times: str = setting("", "Other times of day for tasks, comma separated, such as renewals=02:00")
    windows: str = setting(
        "", "Tasks that run between two times of a day only, such as suspensions=09:00-17:00"
    )
    guard_floor: int = setting(
        200, "A billing run of up to so many services is never refused for its size", ge=1, le=10_000_000
    )
    guard_factor: int = setting(
        3, "Above the floor, a run of more than so many times the usual size is refused", ge=2, le=100
    )
    guard_lines: int = setting(
        15, "A service that got so many lines in a day is billed no further that day", ge=2, le=1000
    )
    unpaid_order_days: int = setting(
        0, "Orders that nobody paid are cancelled after so many days; 0 is never", ge=0, le=365
    )
    gap_hours: int = setting(
        6, "Without its file, a database not seen alive for so long counts as an old backup", ge=1, le=8760
    )

    @field_validator("times")
    @classmethod
    def _times(cls, value: str) -> str:
        _read(value, 1)
        return value

    @field_validator("windows")
    @classmethod
    def _windows(cls, value: str) -> str:
        for name, (begin, end) in _read(value, 2).items():
            if begin >= end:
                raise ValueError(f"the window of {name} ends before it begins")
        return value

    def at(self, task: str, usual: time) -> time:
        """The time of day from which a task runs."""
        found = _read(self.times, 1).get(task)
        return found[0] if found else usual

    def window(self, task: str) -> tuple[time, time] | None:
        """Between which times it may run; None: at any time after its own."""
        found = _read(self.windows, 2).get(task)
        return (found[0], found[1]) if found else None


def _read(value: str, count: int) -> dict[str, list[time]]:
    """Raises: ValueError."""
    found = {}
    for part in filter(None, (one.strip() for one in value.split(","))):
        name, _, text = part.partition("=")
        times = [time.fromisoformat(one.strip()) for one in text.split("-")]
        if not name.strip() or len(times) != count:
            raise ValueError("needs tasks with times, such as renewals=02:00 or suspensions=09:00-17:00")
        found[name.strip()] = times
    return found
