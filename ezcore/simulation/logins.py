"""The two logins that the demo prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Login:
    """An address with its password; for the demo only."""

    email: str
    password: str
    role: str


STAFF = Login("staff@example.test", "harbour lantern 7", "staff (owner)")
CLIENT = Login("client@example.test", "harbour lantern 7", "client")
