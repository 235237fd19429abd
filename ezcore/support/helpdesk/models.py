"""The tables of what another help desk has of our tickets."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey


class DeskTicket(Base):
    """A ticket that is at a help desk too. `external_id` is None until it is open there.

    `state` is the last one that both had (`plugin_api.ports.helpdesk.DeskState`). `job_id` is the exchange that is
    under way; `again`: something happened since it began.
    """

    __tablename__ = "helpdesk_ticket"
    __table_args__ = (UniqueConstraint("helpdesk", "external_id"),)

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True, autoincrement=False)
    helpdesk: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(8), default="open", server_default="open")
    job_id: Mapped[int | None]
    again: Mapped[bool] = mapped_column(default=False, server_default=false())


class DeskMessage(Base):
    """A message that both have: told there, or read from there. `external_id` is the vendor's, where we know it."""

    __tablename__ = "helpdesk_message"
    __table_args__ = (UniqueConstraint("helpdesk", "external_id"),)

    id: Mapped[PrimaryKey]
    message_id: Mapped[int] = mapped_column(ForeignKey("ticket_message.id"), unique=True)
    helpdesk: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str | None] = mapped_column(String(120))
