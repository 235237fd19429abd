"""Pure: reads a buyer's answers to the options of a product; the server decides which questions are asked at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ezcore.catalog.products.models import OptionChoice, OptionKind, ProductOption
from ezcore.kernel.errors import InvalidInput

YES: Final = "yes"
NO: Final = "no"
UNIT: Final = "unit"
MOST: Final = 100_000
"""The largest quantity of an option that has no maximum of its own."""
_WHOLE: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True)
class Answer:
    """An option that is asked, with the answer that counts. `count` is how many times `choice` is charged."""

    option: ProductOption
    text: str
    words: str
    choice: OptionChoice | None
    count: int = 1

    @property
    def is_quantity(self) -> bool:
        """Units of something."""
        return self.option.kind == OptionKind.QUANTITY


def read_answers(options: Sequence[ProductOption], given: Mapping[str, str]) -> list[Answer]:
    """The answers in the operator's order. What is not asked is not read; what was not answered takes its default.

    The default of a choice that is not required is its first answer, of a quantity its minimum, of yes/no no.
    Raises: InvalidInput naming the key of the option.
    """
    answers: dict[str, Answer] = {}
    for option in options:
        if is_asked(option, {key: answer.text for key, answer in answers.items()}):
            found = _READERS[OptionKind(option.kind or OptionKind.CHOICE)](option, given.get(option.key))
            answers[option.key] = found
    return list(answers.values())


def is_asked(option: ProductOption, answered: Mapping[str, str]) -> bool:
    """Is this option shown, given the answers to those before it?"""
    return option.shown_if_option is None or answered.get(option.shown_if_option) == option.shown_if_answer


def default_answer(option: ProductOption) -> str | None:
    """What counts when nothing is said; None when the buyer must say."""
    kind = option.kind or OptionKind.CHOICE
    if kind == OptionKind.QUANTITY:
        return str(option.minimum or 0)
    if kind == OptionKind.YESNO:
        return NO
    return option.choices[0].key if option.choices and not option.required else None


def _read_choice(option: ProductOption, text: str | None) -> Answer:
    answer = text or default_answer(option)
    if answer is None:
        raise InvalidInput(f"{option.title}: choose one", field=option.key)
    for choice in option.choices:
        if choice.key == answer:
            return Answer(option, answer, choice.title, choice)
    raise InvalidInput(f"{option.title}: this choice is not offered", field=option.key)


def _read_yesno(option: ProductOption, text: str | None) -> Answer:
    answer = NO if text is None else text
    if answer not in (YES, NO):
        raise InvalidInput(f"{option.title}: say yes or leave it out", field=option.key)
    if answer == NO:
        if option.required:
            raise InvalidInput(f"{option.title}: this is needed", field=option.key)
        return Answer(option, NO, "No", None)
    return Answer(option, YES, "Yes", next(iter(option.choices), None))


def _read_quantity(option: ProductOption, text: str | None) -> Answer:
    answer = default_answer(option) if text is None else text.strip()
    if answer is None or not _WHOLE.fullmatch(answer):
        raise InvalidInput(f"{option.title}: write a whole number", field=option.key)
    number, least, step = int(answer), option.minimum or 0, option.step or 1
    most = MOST if option.maximum is None else option.maximum
    if not least <= number <= most:
        raise InvalidInput(f"{option.title}: from {least} to {most}", field=option.key)
    if (number - least) % step:
        raise InvalidInput(f"{option.title}: in steps of {step} from {least}", field=option.key)
    words = f"{number} {option.unit}".strip() if option.unit else str(number)
    return Answer(option, str(number), words, next(iter(option.choices), None), number)


_READERS: Final = {
    OptionKind.CHOICE: _read_choice,
    OptionKind.QUANTITY: _read_quantity,
    OptionKind.YESNO: _read_yesno,
}
