"""What pydantic found wrong, in words for the person who typed it."""

from __future__ import annotations

from typing import Any, Final

from pydantic import ValidationError

from ezcore.languages import say

PLAIN_WORDS: Final = {
    "missing": "Fill this in",
    "string_too_short": "Write at least {min_length} characters",
    "string_too_long": "Write at most {max_length} characters",
    "string_pattern_mismatch": "This is not in the expected form",
    "too_short": "Give at least {min_length}",
    "too_long": "Give at most {max_length}",
    "greater_than": "This must be more than {gt}",
    "greater_than_equal": "This must be {ge} or more",
    "less_than": "This must be less than {lt}",
    "less_than_equal": "This must be {le} or less",
    "int_parsing": "Write a whole number",
    "int_from_float": "Write a whole number",
    "int_type": "Write a whole number",
    "decimal_parsing": "Write a number such as 12.50",
    "decimal_max_places": "Write at most {decimal_places} decimals",
    "float_parsing": "Write a number such as 12.50",
    "finite_number": "Write a number such as 12.50",
    "date_from_datetime_parsing": "Write a date such as 2026-03-31",
    "date_parsing": "Write a date such as 2026-03-31",
    "url_parsing": "Write an address such as https://example.com",
    "url_scheme": "Write an address such as https://example.com",
    "literal_error": "Choose one of those offered",
    "enum": "Choose one of those offered",
    "bool_parsing": "Choose yes or no",
    "bool_type": "Choose yes or no",
    "extra_forbidden": "This field is not known here",
}


def explain(error: ValidationError) -> dict[str, str]:
    """The first thing wrong with each field; what is wrong with the whole stands under `form`."""
    found: dict[str, str] = {}
    for line in error.errors():
        name = str(line["loc"][0]) if line["loc"] else "form"
        found.setdefault(name, sentence(_words(line)))
    return found


def sentence(text: str) -> str:
    """In the language that is spoken, with a capital letter."""
    spoken = say(text)
    return spoken[:1].upper() + spoken[1:]


def _words(line: Any) -> str:
    if line["type"] == "string_too_short" and line["ctx"].get("min_length") == 1:
        return PLAIN_WORDS["missing"]
    template = PLAIN_WORDS.get(line["type"])
    if template is None:
        return str(line["msg"]).removeprefix("Value error, ")
    return template.format_map({key: str(value) for key, value in line.get("ctx", {}).items()})
