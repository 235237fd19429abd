"""What happens to those who do not pay."""

from __future__ import annotations

from pydantic import field_validator

from ezcore.settings.billing import read_amounts
from ezcore.settings.section import Section, setting


class Dunning(Section):
    """What happens to those who do not pay. Empty or 0 for terminate means never."""

    reminder_days: str = setting("1,3", "Reminders this many days after the due date, comma separated")
    reminder_days_before: str = setting(
        "", "Reminders this many days before the due date, comma separated; empty: none"
    )
    suspend_after_days: int = setting(5, "Suspend this many days after the due date", ge=1, le=365)
    terminate_after_days: int = setting(
        30, "Terminate this many days after suspension; 0 is never", ge=0, le=3650
    )
    notices_before_termination: int = setting(
        1, "A service is terminated only after this many delivered reminders of its invoice", ge=0, le=20
    )
    terminate_daily_cap: int = setting(20, "At most this many terminations for non-payment a day", ge=0)
    late_fee_percent: str = setting("0", "Late fee in percent of what is open, such as 2.5; 0 is none")
    late_fee_fixed: str = setting(
        "", "Late fee of a fixed amount per currency, such as 5 EUR, 6 USD; added to the percentage"
    )
    late_fee_after_days: int = setting(
        10, "The first late fee, this many days after the due date", ge=1, le=365
    )
    late_fee_every_days: int = setting(0, "Again every so many days; 0 is once", ge=0, le=365)
    late_fee_times: int = setting(3, "At most this many late fees for one invoice", ge=1, le=60)

    @field_validator("terminate_after_days", mode="before")
    @classmethod
    def _never(cls, value: object) -> object:
        """Nothing written is never, not at once (H13)."""
        return 0 if isinstance(value, str) and not value.strip() else value

    @field_validator("late_fee_percent")
    @classmethod
    def _percentage(cls, value: str) -> str:
        whole, _, decimals = value.partition(".")
        digits = whole + decimals
        if not whole or not digits.isascii() or not digits.isdigit() or len(decimals) > 4 or int(whole) > 100:  # noqa: PLR2004 - percent
            raise ValueError("needs a percentage such as 2.5")
        return value

    @field_validator("late_fee_fixed")
    @classmethod
    def _fees(cls, value: str) -> str:
        read_amounts(value)
        return value

    @property
    def late_fee_ppm(self) -> int:
        """The percentage in parts per million."""
        whole, _, decimals = self.late_fee_percent.partition(".")
        return int(whole) * 10_000 + int(decimals.ljust(4, "0") or "0")

    @field_validator("reminder_days", "reminder_days_before")
    @classmethod
    def _numbers(cls, value: str) -> str:
        days = [part.strip() for part in value.split(",")] if value.strip() else []
        if any(not day.isascii() or not day.isdigit() for day in days):
            raise ValueError("needs whole numbers separated by commas, such as 1,3")
        return value

    @property
    def reminders(self) -> tuple[int, ...]:
        """Reminder days after the due date, rising."""
        return tuple(sorted(int(day) for day in self.reminder_days.split(",") if day.strip()))

    @property
    def reminders_before(self) -> tuple[int, ...]:
        """Reminder days before the due date, rising."""
        return tuple(sorted(int(day) for day in self.reminder_days_before.split(",") if day.strip()))
