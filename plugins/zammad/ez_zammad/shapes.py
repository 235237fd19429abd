"""The parts of Zammad's answers that we read."""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

from pydantic import AwareDatetime, BaseModel, ValidationError

from ez_zammad.api import nonsense

T = TypeVar("T", bound=BaseModel)

VIA: Final = re.compile(r"\s+via(\s.*)?$")
"""What Zammad writes between the name of an agent and that of the group."""


class TicketSeen(BaseModel):
    """A ticket, with `expand=true`."""

    id: int
    title: str
    updated_at: AwareDatetime
    created_by_id: int
    state: str = ""


class FileSeen(BaseModel):
    """A file of an article."""

    filename: str = ""


class ArticleSeen(BaseModel):
    """An article, with `expand=true`. `sender` is Agent, Customer or System."""

    id: int
    subject: str | None = None
    body: str | None = None
    content_type: str | None = None
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
        """The name in `"David Bell via Support" <support@example.com>`, else the address."""
        name, _, address = (self.from_ or "").partition("<")
        name = name.strip().strip('"')
        if self.sender == "Agent":
            name = VIA.sub("", name)
        return name or address.rstrip("> ")


class Me(BaseModel):
    """The agent of the token."""

    id: int
    login: str = ""


def seen(shape: type[T], answer: Any, *, changes: bool = False) -> T:
    """An answer of Zammad's, read. Raises: RetryAfter, or OutcomeUnknown where it was a change."""
    try:
        return shape.model_validate(answer)
    except ValidationError:
        raise nonsense(changes=changes) from None
