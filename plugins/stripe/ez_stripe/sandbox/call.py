"""One API call as a handler of the imitated Stripe sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ez_stripe.sandbox.refusals import missing, unknown
from ezcore.plugin_api.sandbox import Document


@dataclass(frozen=True)
class Call:
    """Parameters of query and form as a tree, named parts of the path, and where the sandbox is reached."""

    params: dict[str, Any]
    args: Mapping[str, str]
    base_url: str

    @property
    def id(self) -> str:
        """The id in the address."""
        return self.args["id"]

    def need(self, name: str) -> Any:
        """A parameter that must be there. Raises: StripeRefusal."""
        value = self.params.get(name)
        if value in (None, ""):
            raise missing(name)
        return value

    def only(self, allowed: frozenset[str]) -> None:
        """Refuse what this call does not have. Raises: StripeRefusal."""
        for name in self.params:
            if name not in allowed and name != "expand":
                raise unknown(name)

    def flag(self, name: str) -> bool:
        """A boolean; not there is false."""
        return str(self.params.get(name, "false")).lower() == "true"

    def text(self, name: str) -> str | None:
        """A text, or None when it is not there or empty."""
        return self.params.get(name) or None

    def metadata(self) -> dict[str, str]:
        """The caller's own fields."""
        return dict(self.params.get("metadata") or {})


CallHandler = Callable[[Call], Document]
