"""Verbs of departments."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, func, select

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput
from ezcore.messaging.rules import check_address
from ezcore.support.tickets import queries
from ezcore.support.tickets.models import Department, DepartmentMember, Priority
from ezcore.work import UnitOfWork

HELP: Final = "help"
_SLUG: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")


SALES: Final = "sales"
FIRST: Final = (
    (HELP, "Technical help", "Something does not work, or you want to know how it does."),
    ("billing", "Billing", "Invoices, payments, refunds."),
    (SALES, "Sales", "What to order, and quotes."),
)


def ensure_first(uow: UnitOfWork) -> None:
    """The departments every shop begins with; those that are there stay as they are. Anybody may ask sales."""
    for position, (slug, name, blurb) in enumerate(FIRST):
        values = {
            "slug": slug, "name": name, "blurb": blurb, "position": position, "hidden": False,
            "guests": slug == SALES,
        }  # fmt: skip
        insert_once(uow.session, Department, values)


def add(uow: UnitOfWork, slug: str, name: str, blurb: str = "", *, hidden: bool = False) -> Department:
    """A new department. Raises: NotAllowed, InvalidInput."""
    uow.actor.require("settings.manage")
    if _SLUG.fullmatch(slug) is None:
        raise InvalidInput("Small letters, digits and hyphens, beginning with a letter", field="slug")
    position = uow.session.scalar(select(func.count()).select_from(Department)) or 0
    values = {"slug": slug, "name": name, "blurb": blurb, "position": position, "hidden": hidden}
    made = insert_once(uow.session, Department, values)
    if made is None:
        raise InvalidInput("There is such a department already", field="slug")
    audit.record(uow, "department.add", "department", made, after={"slug": slug, "name": name})
    return uow.session.get_one(Department, made)


@dataclass(frozen=True)
class Facts:
    """How a department is from now on; `members` are numbers of staff, `guests` and `plus` as in the table."""

    name: str
    blurb: str = ""
    email: str = ""
    priority: Priority = Priority.NORMAL
    hidden: bool = False
    members: Collection[int] = ()
    guests: bool = False
    plus: bool = False


def change(uow: UnitOfWork, department: Department, facts: Facts) -> None:
    """Name, mail address, first priority, who works there, and whether clients are offered it.

    Raises: NotAllowed; InvalidInput naming the field.
    """
    uow.actor.require("settings.manage")
    if not facts.name.strip():
        raise InvalidInput("A department has a name", field="name")
    staff = {user.id for user in queries.assignees(uow)}
    if not set(facts.members) <= staff:
        raise InvalidInput("Choose among those offered", field="members")
    before = _shown(department, queries.members(uow, department))
    department.email = _free_address(uow, department, facts.email)
    department.name, department.blurb = facts.name.strip(), facts.blurb.strip()
    department.priority, department.hidden = facts.priority, facts.hidden
    department.guests, department.plus = facts.guests, facts.plus
    uow.session.execute(delete(DepartmentMember).where(DepartmentMember.department_id == department.id))
    uow.session.add_all(
        DepartmentMember(department_id=department.id, user_id=user_id) for user_id in sorted(facts.members)
    )
    audit.record(
        uow, "department.change", "department", department.id,
        before=before, after=_shown(department, facts.members),
    )  # fmt: skip


def _free_address(uow: UnitOfWork, department: Department, email: str) -> str | None:
    if not email.strip():
        return None
    address = check_address(email.strip().lower())
    same = select(Department.id).where(Department.email == address, Department.id != department.id)
    if uow.session.execute(same).first() is not None:
        raise InvalidInput("Another department has this address", field="email")
    return address


def _shown(department: Department, members: Collection[int]) -> dict[str, Any]:
    return {
        "name": department.name, "hidden": department.hidden, "email": department.email,
        "priority": str(department.priority), "members": sorted(members),
        "guests": department.guests, "plus": department.plus,
    }  # fmt: skip
