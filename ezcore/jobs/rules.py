"""What counts as an answer to a job's question. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ezcore.kernel.errors import InvalidInput

LONGEST: Final = 2000


def read_answer(fields: Sequence[Mapping[str, Any]], given: str | Mapping[str, str]) -> str:
    """The answer as the step is handed it: the text, or a JSON object where the question has fields.

    Raises: InvalidInput, naming the field ("answer" where there are none).
    """
    if not fields:
        text = given if isinstance(given, str) else given.get("answer", "")
        return _checked(text, "answer", required=True)
    values = _only(fields, given) if isinstance(given, str) else given
    found = {}
    for field in fields:
        name = str(field["name"])
        text = _checked(str(values.get(name, "")), name, required=bool(field.get("required", True)))
        options = field.get("options") or ()
        if field.get("kind") == "choice" and text and text not in options:
            raise InvalidInput(f"choose one of: {', '.join(options)}", field=name)
        if text:
            found[name] = text
    return json.dumps(found, ensure_ascii=False)


def _only(fields: Sequence[Mapping[str, Any]], text: str) -> Mapping[str, str]:
    """One text is enough where there is one field; for more, the JSON object may be typed as it is stored."""
    if len(fields) == 1 and not text.lstrip().startswith("{"):
        return {str(fields[0]["name"]): text}
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        names = ", ".join(str(field["name"]) for field in fields)
        raise InvalidInput(
            f"this question has several fields ({names}): answer with a JSON object", field="answer"
        )
    return {str(name): str(value) for name, value in values.items()}


def _checked(text: str, name: str, *, required: bool) -> str:
    text = text.strip()
    if required and not text:
        raise InvalidInput("write the answer", field=name)
    if len(text) > LONGEST:
        raise InvalidInput(f"at most {LONGEST} characters", field=name)
    if "\x00" in text:
        raise InvalidInput("this text cannot be stored", field=name)
    return text
