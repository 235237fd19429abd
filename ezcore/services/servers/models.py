"""Servers and their settings."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ezcore.db.base import Base, PrimaryKey
from ezcore.db.types import JsonDocument


class Server(Base):
    """A panel or cluster.

    `settings` follow the module's server model; secret fields lie in `sealed`, encrypted and bound to this row. A
    server without settings of its own is the first one: the module's plugin settings describe it.
    """

    __tablename__ = "server"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    module: Mapped[str] = mapped_column(String(40), index=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JsonDocument, default=dict)
    sealed: Mapped[dict[str, str]] = mapped_column(JsonDocument, default=dict)
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
