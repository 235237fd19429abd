"""Pure rules of human work: the questions of a product as a form, legal moves, what minutes cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model, model_validator

from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.services.manual.models import WorkState

KINDS: Final = ("text", "textarea", "yesno", "choice")
MOST: Final = 30
_OPEN: Final = frozenset({WorkState.QUEUED, WorkState.RUNNING, WorkState.NEEDS_INFO})
MOVES: Final[dict[WorkState, frozenset[WorkState]]] = {
    WorkState.QUEUED: frozenset({*WorkState} - {WorkState.QUEUED}),
    WorkState.RUNNING: frozenset({WorkState.NEEDS_INFO, WorkState.COMPLETE, WorkState.FAILED}),
    WorkState.NEEDS_INFO: frozenset(
        {WorkState.QUEUED, WorkState.RUNNING, WorkState.COMPLETE, WorkState.FAILED}
    ),
    WorkState.COMPLETE: frozenset(),
    WorkState.FAILED: frozenset(),
    WorkState.CANCELLED: frozenset(),
}


@dataclass(frozen=True)
class Question:
    """One question of the request form."""

    label: str
    kind: str
    required: bool
    hint: str
    choices: tuple[str, ...] = ()


class ManualProduct(BaseModel):
    """What people do for this product, and what they must know before they begin."""

    model_config = ConfigDict(extra="ignore")

    kind: Literal["project", "requests"] = Field(
        default="project",
        title="Sold as",
        description="project: the order is the work. requests: the client asks for work while the service runs",
    )
    questions: list[str] = Field(
        default_factory=list,
        title="Request form",
        description="One per line: label | text, textarea, yesno or choice(a, b) | required or optional | help",
    )
    checklist: list[str] = Field(
        default_factory=list, title="Checklist", description="One step per line; copied into every request"
    )
    requests_per_month: int | None = Field(
        default=None, ge=1, le=1000, title="Requests per calendar month", description="Empty: no limit"
    )
    hourly: Decimal | None = Field(
        default=None,
        ge=0,
        title="Price of an hour",
        description="Of billable time, in the service's currency",
    )

    @model_validator(mode="after")
    def _questions(self) -> Self:
        try:
            questions_of(self.questions)
        except InvalidInput as error:
            raise ValueError(error.message) from error
        return self


def questions_of(lines: Sequence[str]) -> list[Question]:
    """The questions, as staff wrote them. Raises: InvalidInput naming the line."""
    found = [_question(line, number) for number, line in enumerate(lines, 1) if line.strip()]
    if len(found) > MOST:
        raise InvalidInput(f"a form has at most {MOST} questions", field="questions")
    return found


def form_of(lines: Sequence[str]) -> type[BaseModel]:
    """The request form as a model: fields `q1`, `q2` ... with the labels as titles."""
    fields: dict[str, Any] = {f"q{number}": _field(one) for number, one in enumerate(questions_of(lines), 1)}
    made: type[BaseModel] = create_model("WorkForm", **fields)
    return made


def answers_of(lines: Sequence[str], values: Mapping[str, Any]) -> list[list[str]]:
    """What was answered, with the questions as they were asked; questions left open are left out."""
    found = []
    for number, one in enumerate(questions_of(lines), 1):
        value = values.get(f"q{number}")
        text = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        if text not in (None, ""):
            found.append([one.label, str(text)])
    return found


def check_move(old: WorkState, new: WorkState) -> None:
    """Raises: Refused."""
    if new not in MOVES[old]:
        raise Refused(f"work that is {old.replace('_', ' ')} cannot become {new.replace('_', ' ')}")


def is_open(state: str) -> bool:
    """Is there something left to do?"""
    return state in _OPEN


def cost_of(minutes: int, hourly: Decimal, currency: str) -> Money:
    """What these minutes cost, to the nearest smallest unit."""
    unit = Money.parse("0", currency)
    exact = hourly * minutes / 60
    step = Decimal(1).scaleb(-abs(int(unit.decimal.as_tuple().exponent)))
    return Money.parse(f"{exact.quantize(step, ROUND_HALF_UP):f}", currency)


def _question(line: str, number: int) -> Question:
    parts = [part.strip() for part in line.split("|")]
    label, kind, need, hint = (*parts, *[""] * 4)[:4]
    kind = kind or "text"
    choices: tuple[str, ...] = ()
    if kind.startswith("choice(") and kind.endswith(")"):
        choices = tuple(one.strip() for one in kind[7:-1].split(",") if one.strip())
        kind = "choice" if choices else ""
    if not label or len(label) > 120 or len(parts) > 4:  # noqa: PLR2004 - the parts of a line
        raise InvalidInput(
            f"question {number}: label | kind | required or optional | help", field="questions"
        )
    if kind not in KINDS or (kind == "choice" and not choices):
        raise InvalidInput(f"question {number}: text, textarea, yesno or choice(a, b)", field="questions")
    if need not in ("", "required", "optional"):
        raise InvalidInput(f"question {number}: required or optional", field="questions")
    return Question(label, kind, need == "required", hint, choices)


def _field(one: Question) -> tuple[Any, Any]:
    extra = {"ui": {"widget": "textarea"}} if one.kind == "textarea" else None
    facts: dict[str, Any] = {"title": one.label, "description": one.hint or None, "json_schema_extra": extra}
    if one.kind == "yesno":
        return bool, Field(default=False, **facts)
    if one.kind == "choice":
        offered: Any = Literal[one.choices]
        return (offered, Field(**facts)) if one.required else (offered | None, Field(default=None, **facts))
    long = 10_000 if one.kind == "textarea" else 400
    text = Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=int(one.required), max_length=long)
    ]
    return (text, Field(**facts)) if one.required else (text, Field(default="", **facts))
