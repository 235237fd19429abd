"""Tables of the network's state."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import UtcDateTime


class IncidentKind(StrEnum):
    """Something went wrong, or something is going to be worked on."""

    INCIDENT = "incident"
    MAINTENANCE = "maintenance"


class IncidentState(StrEnum):
    """How far we are. Planned work is `planned` until its start and, unless it is called off, over at its end."""

    PLANNED = "planned"
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    WATCHING = "watching"
    SOLVED = "solved"


class Impact(StrEnum):
    """What those who use the part notice."""

    NOTICE = "notice"
    DEGRADED = "degraded"
    OUTAGE = "outage"


class StatusComponent(Base):
    """A part of the network as clients know it; `server_id` says whose services depend on it."""

    __tablename__ = "status_component"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    blurb: Mapped[str] = mapped_column(String(200), default="", server_default="")
    server_id: Mapped[int | None] = mapped_column(ForeignKey("server.id"), index=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    shown: Mapped[bool] = mapped_column(default=True, server_default=true())


class Incident(Base):
    """What happens, or is going to happen, to some parts. Without `published_at` only staff see it."""

    __tablename__ = "incident"

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(160))
    impact: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(14))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    solved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IncidentComponent(Base):
    """A part that an incident touches."""

    __tablename__ = "incident_component"
    __table_args__ = (UniqueConstraint("incident_id", "component_id"),)

    id: Mapped[PrimaryKey]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    component_id: Mapped[int] = mapped_column(ForeignKey("status_component.id"), index=True)


class IncidentUpdate(Base):
    """What we knew at an instant, in CommonMark."""

    __tablename__ = "incident_update"

    id: Mapped[PrimaryKey]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    state: Mapped[str] = mapped_column(String(14))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
