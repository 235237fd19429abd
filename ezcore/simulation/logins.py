"""The logins of the demo; it prints those of a member of staff and of a client's owner."""

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
HELPER = Login(
    "books@client.example.test", "harbour lantern 7", "second person of the client: billing and support"
)
