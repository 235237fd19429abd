"""The balance of each client's credit, kept as a number beside the ledger that explains it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base


class ClientCredit(Base):
    """Equals the client's `client_credit` entries in the ledger (I09, I10) and never goes below zero."""

    __tablename__ = "client_credit"
    __table_args__ = (CheckConstraint("balance_minor >= 0", name="not_negative"),)

    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"), primary_key=True, autoincrement=False)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    balance_minor: Mapped[int] = mapped_column(default=0)
