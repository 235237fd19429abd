"""The form of a job's question: its fields as the form macro prints them, and the answer read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job
from ezcore.kernel.errors import InvalidInput
from ezcore.web.shared.form_fields import Field
from ezcore.web.shared.form_words import sentence
from ezcore.web.shared.readable import storable

KINDS = {"text": "text", "long": "textarea", "choice": "select"}
MAX_ECHO = 2000


def question_fields(job: Job, typed: Mapping[str, str], errors: Mapping[str, str]) -> list[Field]:
    """One field per field of the question; none where it is answered by one text."""
    return [
        Field(
            name=one["name"],
            label=one["label"],
            kind=KINDS.get(one.get("kind", "text"), "text"),
            value=typed.get(one["name"], ""),
            hint=one.get("hint") or None,
            error=errors.get(one["name"]),
            required=bool(one.get("required", True)),
            choices=(("", "Choose"), *((option, option) for option in one.get("options") or ())),
        )
        for one in job.ask_fields
    ]


def answer_fields(request: Any, job: Job) -> tuple[dict[str, str], dict[str, str]]:
    """Answer the question with what was sent; gives the errors by field (none: it is answered) and what was typed."""
    names = [str(one["name"]) for one in job.ask_fields] or ["answer"]
    sent = {name: request.POST.get(name, "") for name in names}
    typed = {name: value if isinstance(value, str) else "" for name, value in sent.items()}
    for name, value in typed.items():
        if not storable(value):
            return {name: "This text cannot be stored"}, {}
    try:
        jobs.answer(request.uow, job, typed if job.ask_fields else typed["answer"])
    except InvalidInput as error:
        shown = {name: value[:MAX_ECHO] for name, value in typed.items()}
        return {error.field or "answer": sentence(error.message)}, shown
    return {}, typed
