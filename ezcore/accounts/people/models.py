"""The table of invitations to act for a client."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonList, UtcDateTime


class ClientInvitation(Base):
    """Somebody is asked to act for a client; the link in the mail makes the membership, once.

    `grants` as in `Membership`, or ``["everything"]`` for an owner. `ended_at`: accepted, withdrawn, or asked anew.
    """

    __tablename__ = "client_invitation"

    id: Mapped[PrimaryKey]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    grants: Mapped[JsonList]
    invited_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
