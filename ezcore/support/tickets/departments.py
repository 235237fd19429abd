"""Verbs of departments."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import func, select

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.kernel.errors import InvalidInput
from ezcore.support.tickets.models import Department
from ezcore.work import UnitOfWork

HELP: Final = "help"
_SLUG: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")


FIRST: Final = (
    (HELP, "Technical help", "Something does not work, or you want to know how it does."),
    ("billing", "Billing", "Invoices, payments, refunds."),
    ("sales", "Sales", "What to order, and quotes."),
)


def ensure_first(uow: UnitOfWork) -> None:
    """The departments every shop begins with; those that are there stay as they are."""
    for position, (slug, name, blurb) in enumerate(FIRST):
        values = {"slug": slug, "name": name, "blurb": blurb, "position": position, "hidden": False}
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


def change(uow: UnitOfWork, department: Department, name: str, blurb: str, *, hidden: bool) -> None:
    """Its name, what it is for, and whether clients are offered it. Raises: NotAllowed."""
    uow.actor.require("settings.manage")
    before = {"name": department.name, "hidden": department.hidden}
    department.name, department.blurb, department.hidden = name, blurb, hidden
    audit.record(
        uow, "department.change", "department", department.id,
        before=before, after={"name": name, "hidden": hidden},
    )  # fmt: skip
