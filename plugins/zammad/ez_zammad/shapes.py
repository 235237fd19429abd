"""The parts of Zammad's answers that we read."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel


class TicketSeen(BaseModel):
    """A ticket, with `expand=true`."""

    id: int
    title: str
    updated_at: AwareDatetime
    state: str = ""


class FileSeen(BaseModel):
    """A file of an article."""

    filename: str = ""


class ArticleSeen(BaseModel):
    """An article, with `expand=true`. `sender` is Agent, Customer or System."""

    id: int
    subject: str | None = None
    body: str = ""
    content_type: str = "text/plain"
    sender: str = ""
    internal: bool = False
    created_by_id: int
    created_at: AwareDatetime
    attachments: list[FileSeen] = []
    from_: str | None = None

    @classmethod
    def read(cls, found: dict[str, Any]) -> ArticleSeen:
        """Of Zammad's answer, in which `from` is a word of Python. Raises: ValidationError."""
        return cls.model_validate({**found, "from_": found.get("from")})

    @property
    def writer(self) -> str:
        """The name in `David Bell <david@example.com>`, else the address."""
        name, _, address = (self.from_ or "").partition("<")
        return name.strip().strip('"') or address.rstrip("> ")


class Me(BaseModel):
    """The agent of the token."""

    id: int
    login: str = ""
