"""Port of tax number registers: is this number somebody's, today?"""

from __future__ import annotations

from abc import ABC
from typing import Any, ClassVar, Literal

from pydantic import Field

from ezcore.plugin_api.values import Facts


class TaxNumberAnswer(Facts):
    """What a register said. `unavailable` is no answer at all (`cause` says why): ask again later.

    `consultation_number` is the register's own proof that we asked; `raw` is its answer as it came.
    """

    status: Literal["valid", "invalid", "unavailable"]
    name: str = ""
    address: str = ""
    consultation_number: str = ""
    cause: str = ""
    raw: dict[str, Any] = Field(default_factory=dict)


class TaxNumberRegister(ABC):
    """Knows tax numbers. Asked by a job step, never inside a database transaction or a web request."""

    name: ClassVar[str]

    def check(self, number: str, requester: str = "") -> TaxNumberAnswer:
        """Look a number up (with its prefix). `requester` is the seller's own number, for a consultation number.

        Never raises for a register that is down or answers nonsense: that is `unavailable`.
        """
        raise NotImplementedError
