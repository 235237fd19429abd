"""The server's books: users and what they have, with the checks that every command makes first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ez_hestiacp.sandbox import refusals
from ez_hestiacp.sandbox.seed import ROOT, Settings
from ezcore.plugin_api.sandbox import Document, SandboxClock, Store

USER: Final = re.compile(r"[A-Za-z]([-|._A-Za-z0-9]{0,28}[A-Za-z0-9])?")
DOMAIN: Final = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
KINDS: Final = ("web", "dns", "mail", "database")
LIMITS: Final = {
    "web": "WEB_DOMAINS",
    "dns": "DNS_DOMAINS",
    "mail": "MAIL_DOMAINS",
    "database": "DATABASES",
}
NIGHT: Final = timedelta(hours=2, minutes=15)
"""When the disk is counted; what was used later shows on the next day."""


@dataclass(frozen=True)
class Server:
    """What the commands work on."""

    store: Store
    settings: Settings
    clock: SandboxClock

    def now(self) -> datetime:
        """The server's time."""
        return self.clock.now()

    def user(self, name: str) -> Document:
        """A user. Raises: Refusal 2 or 3."""
        if not USER.fullmatch(name):
            raise refusals.invalid("user", name)
        found = self.store.get("user", name)
        if found is None:
            raise refusals.missing("user", name)
        return self._counted(found)

    def active(self, name: str) -> Document:
        """A user that is not suspended. Raises: Refusal 2, 3 or 5."""
        user = self.user(name)
        if user["suspended"]:
            raise refusals.suspended("user", name)
        return user

    def users(self) -> list[Document]:
        """All of them, oldest first."""
        return [self._counted(user) for user in self.store.all("user")]

    def put(self, user: Document) -> None:
        """Write a user down; what it was before is kept for the fault `stale_read`."""
        before = self.store.get("user", user["user"])
        if before is not None:
            self.store.put("before", user["user"], before)
        self.store.put("user", user["user"], user)

    def remove(self, name: str) -> None:
        """Delete a user with everything it has."""
        for kind in KINDS:
            for item in self.owned(kind, name):
                self.store.delete(kind, item["key"])
        for box in self.store.where("mailbox", user=name):
            self.store.delete("mailbox", box["key"])
        self.store.delete("before", name)
        self.store.delete("user", name)

    def limits(self, user: Document) -> Document:
        """The package of a user."""
        return self.package(user["package"]) or {}

    def package(self, name: str) -> Document | None:
        """The limits of a package."""
        found = self.store.get("package", name)
        return found["limits"] if found else None

    def owned(self, kind: str, user: str) -> list[Document]:
        """What a user has of a kind."""
        return list(self.store.where(kind, user=user))

    def has_room(self, user: Document, kind: str) -> None:
        """Raises: Refusal 8 when the package allows no more."""
        name = LIMITS[kind]
        allowed = self.limits(user).get(name, "unlimited")
        if allowed != "unlimited" and len(self.owned(kind, user["user"])) >= int(allowed):
            raise refusals.limit(name)

    def touch_root(self, name: str) -> bool:
        """Whether a command is about the administrator: it then ends well without doing anything."""
        return name == ROOT

    def stamp(self) -> dict[str, str]:
        """Date and time as Hestia writes them."""
        return {"time": f"{self.now():%H:%M:%S}", "date": f"{self.now():%Y-%m-%d}"}

    def _counted(self, user: Document) -> Document:
        """The user after the nightly count, when there was one since the last look."""
        today = (self.now() - NIGHT).date().isoformat()
        if user["counted_on"] < today:
            user = user | {"counted": dict(user["used"]), "counted_on": today}
            self.store.put("user", user["user"], user)
        return user


def checked_domain(text: str) -> str:
    """A domain name. Raises: Refusal 2."""
    if not DOMAIN.fullmatch(text.lower()):
        raise refusals.invalid("domain", text)
    return text.lower()


def argument(args: Sequence[str], position: int, otherwise: str = "") -> str:
    """An argument by its position from 1, or what counts when it is left out or empty."""
    given = args[position - 1] if len(args) >= position else ""
    return given or otherwise
