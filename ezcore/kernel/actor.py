"""Who is doing this: the one thing that authorisation and the audit trail ask about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from ezcore.kernel.errors import NotAllowed

ActorKind = Literal["visitor", "client", "staff", "system", "plugin"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a plugin or the system itself, with what it may do.

    ``user_id`` is the login, ``client_id`` the billed party it acts for, ``name`` what the audit trail says
    (a plugin's own for a plugin), ``behalf_of`` the user as whom a member of staff is looking around.
    Permissions are closed: what is not listed is not allowed. Only the system may do everything.
    """

    kind: ActorKind
    user_id: int | None = None
    client_id: int | None = None
    permissions: frozenset[str] = frozenset()
    name: str = ""
    ip: str | None = None
    behalf_of: int | None = None

    def may(self, permission: str) -> bool:
        """True when this actor has the permission."""
        return self.kind == "system" or permission in self.permissions

    def require(self, permission: str) -> None:
        """Go on only with the permission. Raises: NotAllowed."""
        if not self.may(permission):
            raise NotAllowed(f"{self.name or self.kind} may not do this: {permission}", permission=permission)


SYSTEM: Final = Actor("system", name="system")
"""ezcore itself: the scheduler, a sweep, a migration."""

VISITOR: Final = Actor("visitor", name="visitor")
"""Anybody who has not logged in."""
