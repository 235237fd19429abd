"""The plugin's own table: who writes into a zone at present.

PowerDNS replaces whole sets of records and knows no "only if unchanged": two workers that read, merge and write the
same set would lose one another's records. A lease of seconds keeps them apart.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Parent of the plugin's tables; their own metadata, because their history is their own."""


class Lease(Base):
    """A zone and until when (UTC) nobody else writes into it."""

    __tablename__ = "ez_powerdns_lease"
    __table_args__ = (UniqueConstraint("zone", name="uq_ez_powerdns_lease_zone"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    zone: Mapped[str] = mapped_column(String(253))
    holder: Mapped[str] = mapped_column(String(32))
    until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
