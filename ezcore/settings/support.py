"""The support desk."""

from __future__ import annotations

from typing import Final

from pydantic import field_validator

from ezcore.settings.section import Section, setting

ENDINGS: Final = (
    "png", "jpg", "jpeg", "gif", "webp", "pdf", "txt", "log", "csv", "zip", "docx", "xlsx", "odt", "ods", "gz",
)  # fmt: skip


class Support(Section):
    """What tickets may carry, and how long they wait."""

    attachment_files: int = setting(5, "Files that may come with one message; 0 is none", ge=0, le=10)
    attachment_mb: int = setting(
        5, "The largest file in MB; all files of a message together: 24", ge=1, le=20
    )
    attachment_types: str = setting(
        " ".join(ENDINGS), "Endings of files that are taken; the content must agree with the ending"
    )
    helpdesk: str = setting(
        "", "Another help desk in which staff answer too, by the name of its plugin (zammad); empty is none",
        pattern=r"^[a-z0-9_]{0,40}$",
    )  # fmt: skip

    mail_mb: int = setting(25, "The largest mail that the desk takes in, in MB", ge=1, le=50)
    mail_per_hour: int = setting(
        20, "Mails that the desk takes in from one sender within an hour; more are a loop", ge=1, le=1000
    )
    close_after_days: int = setting(
        0, "Answered tickets are closed after so many days of silence; 0 is never", ge=0, le=365
    )
    escalate_after_hours: int = setting(
        0, "Tickets that wait for staff so long are raised by one priority; 0 is never", ge=0, le=8760
    )

    @field_validator("attachment_types")
    @classmethod
    def _known(cls, value: str) -> str:
        for ending in value.split():
            if ending not in ENDINGS:
                raise ValueError(f"{ending} is not among {', '.join(ENDINGS)}")
        return value

    @property
    def kinds(self) -> tuple[str, ...]:
        """The endings that are taken."""
        return tuple(self.attachment_types.split())
