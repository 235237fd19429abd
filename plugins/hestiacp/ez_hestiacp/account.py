"""A hosting account as the server describes it, read with suspicion: answers are input like any other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ez_hestiacp.errors import HestiaError, Kind

USER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._|-]{0,29}")
UNLIMITED: Final = "unlimited"


@dataclass(frozen=True)
class Account:
    """One user of the server, as just read."""

    name: str
    values: Mapping[str, Any]

    def text(self, key: str) -> str:
        """A value as text; empty when it is not there."""
        value = self.values.get(key, "")
        return value if isinstance(value, str) else ""

    @property
    def package(self) -> str:
        """Its package."""
        return self.text("PACKAGE")

    @property
    def suspended(self) -> bool:
        """Whether it is switched off. Raises: HestiaError when the answer says neither yes nor no."""
        said = self.text("SUSPENDED")
        if said not in ("yes", "no"):
            raise HestiaError(Kind.UNREACHABLE, f"the state of user {self.name} cannot be read")
        return said == "yes"

    @property
    def nameservers(self) -> tuple[str, ...]:
        """The name servers of its zones."""
        return tuple(part.strip() for part in self.text("NS").split(",") if part.strip())

    def used(self, key: str) -> Decimal | None:
        """A counter, such as U_DISK (MiB); None when the answer holds no number."""
        return _number(self.text(key))

    def limit(self, key: str) -> Decimal | None:
        """What the package allows; None without a limit. Raises: HestiaError when it cannot be read."""
        said = self.text(key)
        if said == UNLIMITED:
            return None
        number = _number(said)
        if number is None:
            raise HestiaError(Kind.UNREACHABLE, f"the limit {key} of user {self.name} cannot be read")
        return number


def account_of(name: str, values: object) -> Account:
    """One entry of a list of users. Raises: HestiaError when it is something else."""
    if not USER.fullmatch(name) or not isinstance(values, dict) or "SUSPENDED" not in values:
        raise HestiaError(Kind.UNREACHABLE, "the answer is no list of users")
    return Account(name, values)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,6})?", text) else None
