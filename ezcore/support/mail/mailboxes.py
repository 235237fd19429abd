"""Verbs of mailboxes: connect a department to one, change it, take it away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ezcore.audit import operations as audit
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.messaging.rules import one_line
from ezcore.support.mail import queries
from ezcore.support.mail.imap import LOOPBACK
from ezcore.support.mail.models import Mailbox, Security, sealed_as
from ezcore.support.tickets.models import Department
from ezcore.work import UnitOfWork

MANAGE = "settings.manage"


@dataclass(frozen=True)
class Facts:
    """How a mailbox is from now on; an empty password keeps the one that is stored."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    done_folder: str = ""
    active: bool = True


def save(uow: UnitOfWork, department: Department, facts: Facts) -> Mailbox:
    """Connect a department to its mailbox, or change how. Raises: NotAllowed; InvalidInput naming the field."""
    uow.actor.require(MANAGE)
    found = queries.mailbox_of(uow, department.id)
    _check(facts, found)
    before = _shown(found) if found else None
    if found is None:
        found = Mailbox(department_id=department.id)
        uow.session.add(found)
    elif not facts.password and facts.host != found.host:
        # Whoever may change the address must not be sent the password that is stored.
        raise InvalidInput("Enter the password again for another server", field="password")
    found.host, found.port, found.security = facts.host.lower(), facts.port, facts.security
    found.user, found.folder, found.done_folder = facts.user, facts.folder, facts.done_folder
    found.active, found.trouble, found.trouble_since = facts.active, "", None
    if facts.password:
        found.password = uow.box.seal(sealed_as(department.id), facts.password)
    uow.session.flush()
    audit.record(uow, "mailbox.save", "support_mailbox", found.id, before=before, after=_shown(found))
    return found


def remove(uow: UnitOfWork, department: Department) -> None:
    """Read it no more; what came stays. Raises: NotAllowed, NotFound."""
    uow.actor.require(MANAGE)
    found = queries.mailbox_of(uow, department.id)
    if found is None:
        raise NotFound("This department has no mailbox")
    audit.record(uow, "mailbox.remove", "support_mailbox", found.id, before=_shown(found))
    uow.session.delete(found)


def _check(facts: Facts, found: Mailbox | None) -> None:
    for name in ("host", "user", "folder"):
        if not getattr(facts, name):
            raise InvalidInput("This is needed", field=name)
    for name in ("host", "user", "folder", "done_folder", "password"):
        value = getattr(facts, name)
        if one_line(value) != value or (name != "password" and not value.isascii()):
            raise InvalidInput("Letters, digits and signs of ASCII, without line breaks", field=name)
    if facts.folder == facts.done_folder:
        raise InvalidInput("Another folder than the one that is read", field="done_folder")
    if facts.security == Security.NONE and facts.host.lower() not in LOOPBACK:
        raise InvalidInput("Without TLS only on this machine (127.0.0.1)", field="security")
    if not facts.password and found is None:
        raise InvalidInput("This is needed", field="password")


def _shown(found: Mailbox) -> dict[str, Any]:
    names = ("host", "port", "security", "user", "folder", "done_folder", "active")
    return {name: getattr(found, name) for name in names}
