"""An option as pages ask it: the same when a product is configured and when a service is changed."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.catalog.products.models import OptionChoice, ProductOption
from ezcore.kernel.money import Money


@dataclass(frozen=True)
class Asked:
    """An option on the page: each choice with what it adds per cycle and once, and the answer as it stands."""

    option: ProductOption
    choices: list[tuple[OptionChoice, Money, Money]]
    answer: str

    @property
    def least(self) -> int:
        """The smallest quantity."""
        return self.option.minimum

    @property
    def words(self) -> str:
        """What may be typed: "from 0 to 10, in steps of 2"."""
        option = self.option
        most = f" to {option.maximum}" if option.maximum is not None else ""
        steps = f", in steps of {option.step}" if option.step > 1 else ""
        return f"From {option.minimum}{most}{' ' + option.unit if option.unit else ''}{steps}"
